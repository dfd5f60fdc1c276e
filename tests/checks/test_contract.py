"""A contract's text: what is in it, that it comes back whole, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from handmade_runs import call, nested, run, transformer

from inspector.checks.contract import contract_of, contract_text, read_contract, run_of
from inspector.errors import OpenError
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
    numbered = tuple(replace(one, number=number) for number, one in enumerate(runs))
    return Trace("/home/somebody/model.py", Engine("numpy", "cpu", "-"), models, runs=numbered)


def the_model(*runs):
    return contract_of(trace_of(*runs)).models[0]


def test_contract_comes_back_from_its_text_as_it_was():
    weights = (Weight("a/kernel", (4, 8), "float32", False, True),)
    runs = run([replace(call("m/ä\ud800", outputs=[(None, 4), None]), weights=weights)], [])
    contract = contract_of(trace_of(transformer(2), runs))

    text = contract_text(contract).encode("utf-8", "backslashreplace").decode()

    assert read_contract(text, "c.json") == contract


def test_contract_holds_no_value_no_line_and_no_path_of_a_machine():
    loss = Loss("m", "compiled", 0.123456, 2.0, file="/home/somebody/model.py", line=7, name="mse")
    one = replace(nested(), losses=(loss,), total_loss=0.123456)
    slower = tuple(replace(c, line=99, elapsed_s=5.0, layer_id=77) for c in one.calls)
    other = replace(one, seed=9, calls=slower, losses=(replace(loss, value=8.0, line=1),))

    text = contract_text(contract_of(trace_of(one)))

    assert text == contract_text(contract_of(trace_of(other)))
    assert "/home" not in text
    assert "0.1234" not in text


def test_text_is_json_with_what_fits_on_a_line_on_one():
    text = contract_text(contract_of(trace_of(nested())))

    assert all(len(row) <= 100 for row in text.splitlines())
    assert json.loads(text)["models"][0]["calls"][0]["call"] == "outer"
    assert '"outputs": ["float32[8,4]"]' in text


def test_batch_is_named_where_it_is_known():
    at = TensorRef(5, (8, 16, 9), "float32")
    named = run(
        [call("m", outputs=[at, (8, 4)])], [], axes=(TensorAxes(5, ("batch", "", "batch + 1")),)
    )

    found = the_model(named)

    assert found.names_batch
    assert found.calls[0].outputs == ("float32[batch,16,batch + 1]", "float32[8,4]")
    assert not the_model(replace(named, axes=())).names_batch


def test_unknown_sizes_dtypes_and_masks_are_told():
    tensors = [TensorRef(None, None, "int32"), TensorRef(None, (None, 4), None, mask=1)]

    found = the_model(run([call("m", outputs=tensors)], []))

    assert found.calls[0].outputs == ("int32[...]", "?[?,4] masked")


def test_what_happens_to_masks_is_told_at_its_call():
    events = (MaskEvent("a#0", None, "born"), MaskEvent("b#0", "mul", "used"))
    masks = (Mask(1, (8, 4), "a#0", (*events, MaskEvent("b#0", None, "dropped"))),)

    found = the_model(run([call("a"), call("b"), call("c")], [], masks=masks))

    assert [one.masks for one in found.calls] == [("born",), ("used", "dropped"), ()]


def test_weights_that_do_not_learn_say_so():
    weights = (
        Weight("bn/gamma", (4,), "float32", True, True),
        Weight("bn/moving_mean", (4,), "float32", False, True),
    )

    found = the_model(run([replace(call("bn"), weights=weights)], []))

    assert found.calls[0].weights == ("gamma float32[4]", "moving_mean float32[4] not trainable")


def test_run_of_prefers_a_whole_pass_forward_that_went_through():
    failed = replace(nested(), failure=Failure("a#0", "ValueError", "no"))
    small, build = run([call("m")], []), replace(nested(), kind="build")
    what_if = replace(nested(), changes=("a.kernel=zeros",))

    trace = trace_of(build, failed, small, nested(), what_if, small)

    assert run_of(trace, "m").number == 3
    assert run_of(trace, "m", latest=True).number == 5
    assert run_of(trace_of(failed), "m") is None


def test_losses_are_those_of_the_first_training_step():
    loss = Loss("m", "compiled", 1.0, 1.0, name="mse")
    step = replace(nested(), kind="train_step", losses=(loss,))

    found = the_model(nested(), step)

    assert (found.run, [one.name for one in found.losses]) == ("forward", ["mse"])


def test_only_the_model_that_was_asked_for_is_in_it():
    trace = trace_of(nested(), models=(MODEL, replace(MODEL, name="other")))

    assert [model.name for model in contract_of(trace, only="m").models] == ["m"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1",
        "[]",
        "3",
        '{"schema": "inspector-trace/1"}',
        '{"schema": "inspector-contract/2", "models": []}',
        '{"schema": "inspector-contract/1"}',
        '{"schema": "inspector-contract/1", "models": [{"name": 3}]}',
        '{"schema": "inspector-contract/1", "models": 3}',
        "[" * 100_000,
    ],
)
def test_what_is_no_contract_is_refused_with_the_way_out(text):
    with pytest.raises(OpenError, match=r"c\.json is not a contract") as caught:
        read_contract(text, "c.json")

    assert "--write-contract" in caught.value.fix
