"""Which calls of two runs belong together, and in what they differ."""

import math
from dataclasses import replace

import pytest
from handmade_runs import call, nested, run

from inspector.trace import Call, Failure, Op, Run, TensorRef, Weight
from inspector.trace.difference import (
    ValueDifference,
    compare,
    total_loss_aspect,
    with_values,
)

FLOAT = "float32"


def flat(*calls: Call, **fields) -> Run:
    """A model `m` with these calls in it."""
    root = call("m", class_="Functional")
    inside = [replace(c, parent="m#0", depth=1) for c in calls]
    return run([root, *inside], [], **fields)


def dense(name: str, units: int = 4, class_: str = "Dense", **fields) -> Call:
    made = call(f"m/{name}", class_=class_, outputs=[(8, units)])
    return replace(made, **fields)


def names(difference):
    return [
        (p.a.name if p.a else None, p.b.name if p.b else None) for p in difference.pairs if p.depth
    ]


def test_compare_finds_nothing_when_the_runs_are_equal():
    difference = compare(nested(), nested())

    assert len(difference.pairs) == 7
    assert difference.are_the_same(0.0)
    assert difference.count("identical", 0.0) == 7


def test_compare_names_the_innermost_call_first_when_a_shape_differs():
    other = nested()
    calls = [
        replace(c, outputs=(TensorRef(None, (8, 5), FLOAT),)) if c.name in ("b", "inner") else c
        for c in other.calls
    ]

    difference = compare(nested(), replace(other, calls=tuple(calls)))

    first = difference.pairs[difference.first(0.0)]
    assert first.call.path == "outer/inner/b"
    assert [str(a) for a in first.aspects] == ["output (8, 4) against (8, 5)"]
    assert difference.count("differs", 0.0) == 2


def test_compare_matches_models_of_other_names():
    other = replace(
        flat(dense("a"), dense("b")),
        calls=tuple(
            replace(c, path=c.path.replace("m", "n", 1), name="n" if c.name == "m" else c.name)
            for c in flat(dense("a"), dense("b")).calls
        ),
    )

    difference = compare(flat(dense("a"), dense("b")), other)

    assert names(difference) == [("a", "a"), ("b", "b")]
    assert difference.are_the_same(0.0)


def test_compare_sees_one_more_layer_when_it_renames_those_after_it():
    one = flat(dense("dense", 16), dense("dense_1", 3))
    other = flat(dense("dense", 16), dense("dense_1", 16), dense("dense_2", 3))

    difference = compare(one, other)

    assert names(difference) == [("dense", "dense"), (None, "dense_1"), ("dense_1", "dense_2")]
    assert difference.count("only in B", 0.0) == 1


def test_compare_goes_by_the_users_names_before_shapes():
    one = flat(dense("first", 16), dense("second", 3))
    other = flat(dense("first", 3), dense("second", 16))

    difference = compare(one, other)

    assert names(difference) == [("first", "first"), ("second", "second")]
    assert difference.count("differs", 0.0) == 2


def test_compare_says_that_a_call_runs_at_another_place():
    one = flat(dense("a"), dense("b"), dense("c"))
    other = flat(dense("b"), dense("c"), dense("a"))

    difference = compare(one, other)

    moved = [p for p in difference.pairs if p.aspects]
    assert [(p.call.name, str(p.aspects[0])) for p in moved] == [
        ("a", "order place 1 against place 3")
    ]


def test_compare_matches_each_call_of_a_shared_layer_in_turn():
    twice = [dense("shared"), replace(dense("shared"), id="m/shared#1", call_index=1)]

    difference = compare(flat(*twice), flat(twice[0]))

    assert names(difference) == [("shared", "shared"), ("shared", None)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"class_": "Conv1D"}, "class Dense against Conv1D"),
        ({"outputs": (TensorRef(1, (8, 4), "float16"),)}, "dtype float32 against float16"),
        ({"outputs": (TensorRef(1, (8, 4), FLOAT, mask=2),)}, "mask no against yes"),
        ({"inputs": (TensorRef(1, (8, 2), FLOAT),)}, "input none against (8, 2)"),
        (
            {"weights": (Weight("m/d/bias", (4,), FLOAT, True, True),)},
            "parameters bias[4] only in B",
        ),
        ({"training": False}, "training True against False"),
        ({"ops": (Op("tanh", (), ()),), "op_count": 1}, "ops relu against tanh"),
    ],
)
def test_compare_says_in_words_what_differs(change, words):
    own = dense("d", training=True, ops=(Op("relu", (), ()),), op_count=1)

    difference = compare(flat(own), flat(replace(own, **change)))

    assert [str(a) for a in difference.pairs[1].aspects] == [words]
    assert difference.first(0.0) == 1


def test_compare_says_nothing_of_ops_when_one_side_did_not_keep_them():
    own = dense("d", ops=(Op("relu", (), ()),), op_count=1)

    difference = compare(flat(own), flat(replace(own, ops=())))

    assert difference.are_the_same(0.0)


def test_compare_expects_other_modes_when_the_runs_differ_in_theirs():
    one = flat(dense("drop", training=False))
    other = flat(dense("drop", training=True), training=True)

    assert compare(one, other).are_the_same(0.0)


def test_pair_is_close_when_values_are_within_the_tolerance():
    pair = compare(flat(dense("d")), flat(dense("d"))).pairs[1]
    pair = with_values(pair, (ValueDifference("output 0", 1e-6, 1e-6, 1, 32),))

    assert pair.state(1e-5) == "close"
    assert pair.state(1e-7) == "differs"


@pytest.mark.parametrize("relative", [math.inf, math.nan])
def test_pair_differs_when_values_are_not_finite(relative):
    pair = compare(flat(dense("d")), flat(dense("d"))).pairs[1]

    far = with_values(pair, (ValueDifference("output 0", math.inf, relative, 1, 32),))

    assert far.state(1e9) == "differs"


def test_pair_with_equal_values_is_identical_though_other_ops_made_them():
    own = dense("d", ops=(Op("square", (), ()),), op_count=1)
    other = dense("d", ops=(Op("multiply", (), ()),), op_count=1)

    pair = compare(flat(own), flat(other)).pairs[1]

    assert pair.state(0.0) == "differs"
    read = with_values(pair, (ValueDifference("output 0", 0.0, 0.0, 0, 32),))
    assert read.state(0.0) == "identical"


def test_compare_tells_that_only_one_run_failed():
    failed = flat(dense("d"), failure=Failure("m/d#0", "ValueError", "no"))

    difference = compare(flat(dense("d")), failed)

    assert [str(a) for a in difference.aspects] == ["failure none against ValueError in m/d#0"]
    assert not difference.are_the_same(0.0)


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [(1.0, 1.0, False), (1.0, 1.0 + 1e-7, False), (1.0, 1.1, True), (1.0, math.nan, True),
     (math.nan, math.nan, False), (math.inf, 1.0, True), (None, 1.0, False)],
)  # fmt: skip
def test_total_loss_aspect_goes_by_the_tolerance(one, other, differs):
    runs = [flat(dense("d"), total_loss=value) for value in (one, other)]

    assert (total_loss_aspect(*runs, 1e-5) is not None) == differs


def test_compare_matches_ten_thousand_calls():
    one = flat(*(dense(f"dense_{i}", 1 + i % 7) for i in range(10_000)))
    other = flat(*(dense(f"dense_{i}", 1 + (i + 1) % 7) for i in range(10_000)))

    difference = compare(one, other)

    assert difference.count("only in A", 0.0) <= 7
    assert difference.count("identical", 0.0) >= 9_990


def test_layers_whose_numbers_are_shifted_belong_together():
    one = run([call("dense"), call("dense_1"), call("dense_2", outputs=[(8, 2)])], [])
    other = run([call("dense_1"), call("dense_2"), call("dense_3", outputs=[(8, 2)])], [])

    pairs = compare(one, other).pairs

    assert [(pair.a.name, pair.b.name) for pair in pairs] == [
        ("dense", "dense_1"),
        ("dense_1", "dense_2"),
        ("dense_2", "dense_3"),
    ]
    assert not any(pair.aspects for pair in pairs)


def test_layer_that_is_gone_shifts_no_number():
    one = run([call("dense_1"), call("dense_2"), call("head", class_="Own")], [])
    other = run([call("dense_2"), call("head", class_="Own")], [])

    pairs = compare(one, other).pairs

    assert [pair.b and pair.b.name for pair in pairs] == [None, "dense_2", "head"]
