"""A contract that is not kept: what is found, expected against found, and what is no breach."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade_runs import call, nested, run, transformer

from inspector.checks.contract import contract_of
from inspector.checks.contract_breaches import breaches
from inspector.trace import (
    Engine,
    Failure,
    Loss,
    Mask,
    MaskEvent,
    Model,
    TensorRef,
    Trace,
    Weight,
)
from inspector.trace.axes import TensorAxes

MODEL = Model("m", "Sequential", "sequential", 40, 32)


def trace_of(*runs, models=(MODEL,)):
    return Trace("model.py", Engine("numpy", "cpu", "-"), models, runs=runs)


def told(before, now):
    """What a run breaks of the contract of another."""
    traces = [one if isinstance(one, Trace) else trace_of(one) for one in (before, now)]
    return [finding.message for finding in breaches(contract_of(traces[0]), traces[1])]


def changed(one, path, **fields):
    calls = [replace(c, **fields) if c.path == path else c for c in one.calls]
    assert calls != list(one.calls)
    return replace(one, calls=tuple(calls))


@pytest.mark.parametrize("same", [nested(), transformer(2)])
def test_contract_is_kept_by_the_run_that_it_was_written_of(same):
    assert told(same, same) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"class_": "Conv1D"}, "expected class Dense, found Conv1D."),
        (
            {"outputs": (TensorRef(None, (8, 5), "float32"),)},
            "expected output float32[8,4], found float32[8,5].",
        ),
        (
            {"outputs": (TensorRef(None, (8, 4), "float16"),)},
            "expected output float32[8,4], found float16[8,4].",
        ),
        (
            {"outputs": (TensorRef(5, (8, 4), "float32", mask=3),)},
            "expected output float32[8,4], found float32[8,4] masked.",
        ),
        (
            {"inputs": (TensorRef(None, (8, 4), "int32"),)},
            "expected input none, found int32[8,4].",
        ),
        (
            {"weights": (Weight("b/kernel", (4, 4), "float32", True, True),)},
            "expected weights none, found kernel float32[4,4].",
        ),
    ],
)
def test_change_of_a_call_is_told_at_the_call(fields, message):
    after = changed(nested(), "outer/inner/b", **fields)

    found = breaches(contract_of(trace_of(nested())), trace_of(after))

    assert [finding.message for finding in found] == [f"outer/inner/b: {message}"]
    assert [(f.call, f.file, f.line) for f in found] == [("outer/inner/b#0", "model.py", 3)]
    assert [(f.rule, f.severity) for f in found] == [("contract", "error")]


def test_change_inside_a_frame_comes_before_what_follows_from_it():
    shape = (TensorRef(None, (8, 9), "float32"),)
    after = changed(changed(nested(), "outer/inner/b", outputs=shape), "outer", outputs=shape)

    first, second = told(nested(), after)

    assert first.startswith("outer/inner/b: ")
    assert second.startswith("outer: ")


def test_call_that_is_gone_and_call_that_is_new_are_told():
    without = replace(nested(), calls=tuple(c for c in nested().calls if c.name != "last"))

    assert told(nested(), without) == ["outer/last: expected a call of Add, found none."]
    assert told(without, nested()) == [
        "outer/last: found a call of Add that the contract does not have."
    ]


def test_call_in_another_place_is_told():
    calls = [call("m", class_="Model"), *(call(f"m/{n}", "m#0", depth=1) for n in "abc")]
    turned = [calls[0], calls[2], calls[3], calls[1]]

    assert told(run(calls, []), run(turned, [])) == ["m/a: expected place 1, found 3."]


@pytest.mark.parametrize("around", ["m/", ""])
def test_layers_that_keras_numbers_otherwise_break_nothing(around):
    def two(first, second, **fields):
        return run([call(f"m/{first}"), call(f"m/{second}", outputs=[(8, 2)])], [], **fields)

    losses = [(Loss(f"{around}dense_{n}/kernel", "l2_regularizer", 1.0, 1.0),) for n in (1, 8)]

    one, other = two("dense", "dense_1", losses=losses[0]), two("dense_7", "dense_8")

    assert told(one, replace(other, losses=losses[1])) == []


def test_life_of_a_mask_is_kept():
    born = MaskEvent("outer/first#0", None, "born")
    used, dropped = (MaskEvent("outer/last#0", None, what) for what in ("used", "dropped"))
    one, other = (
        replace(nested(), masks=(Mask(1, (8, 4), "outer/first#0", (born, event)),))
        for event in (used, dropped)
    )

    assert told(one, other) == ["outer/last: expected mask used, found dropped."]


def test_losses_are_kept_with_their_weights():
    def trained(*losses):
        return replace(nested(), kind="train_step", losses=losses)

    mse = Loss("m/head", "compiled", 1.0, 1.0, name="mse")
    kl = Loss("m", "add_loss", 0.5, 1.0)

    found = told(
        trained(mse, kl), trained(replace(mse, value=7.0, weight=0.5), replace(kl, owner="x"))
    )

    assert found == [
        "m: expected loss compiled mse of m/head weight 1, found weight 0.5.",
        "m: expected loss add_loss of m weight 1, found no such loss.",
        "m: expected loss add_loss of x no such loss, found weight 1.",
    ]


def test_parameters_class_and_kind_of_the_model_are_kept():
    other = replace(MODEL, class_="Functional", kind="functional", parameters=4000)

    found = told(trace_of(nested()), trace_of(nested(), models=(other,)))

    assert found == [
        "m: expected class Sequential, found Functional.",
        "m: expected kind sequential, found functional.",
        "m: expected parameters 40, found 4,000.",
    ]


def test_model_that_no_longer_runs_is_told_once():
    failed = replace(nested(), failure=Failure("a#0", "ValueError", "no"))

    assert told(nested(), failed) == ["m: expected run a forward pass, found none."]


def test_model_that_is_gone_is_an_error_and_a_new_one_a_warning():
    other = replace(MODEL, name="judge", class_="Functional")
    both = trace_of(nested(), models=(MODEL, other))

    gone = breaches(contract_of(both), trace_of(nested()))
    new = breaches(contract_of(trace_of(nested())), both)

    assert [(f.message, f.severity) for f in gone] == [
        ("judge: expected a model of class Functional, found none.", "error")
    ]
    assert [(f.message, f.severity) for f in new] == [
        ("judge (Functional) is a model that the contract does not have.", "warning")
    ]
    assert breaches(contract_of(both), trace_of(nested()), only="m") == ()


def _sized(size, labels):
    axes = (TensorAxes(5, labels),) if labels else ()
    return run([call("m", outputs=[TensorRef(5, (size, 4), "float32")])], [], axes=axes)


def test_size_of_the_batch_is_free_where_it_is_named():
    named = ("batch", "")

    assert told(_sized(8, named), _sized(3, named)) == []
    assert told(_sized(8, named), _sized(3, ())) == []
    assert told(_sized(8, ()), _sized(8, named)) == []
    assert told(_sized(8, ()), _sized(3, named)) == [
        "m: expected output float32[8,4], found float32[3,4]."
    ]
    assert told(_sized(8, named), _sized(3, ("", "batch"))) == [
        "m: expected output float32[batch,4], found float32[3,batch]."
    ]
