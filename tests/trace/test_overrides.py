"""Overrides: their text, the value they mean, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import ExpressionError
from inspector.trace import Call, Run, TensorRef, Weight
from inspector.trace.overrides import Override, changed, parse_override, tensor_of


def call(path, *, weights=(), inputs=1, outputs=1):
    name = path.rpartition("/")[2]
    return Call(
        f"{path}#0", 1, path, name, "Dense", 0, None, 0, None, None, 0.0,
        tuple(TensorRef(10 + i, (2,), "float32") for i in range(inputs)),
        tuple(TensorRef(20 + i, (2,), "float32") for i in range(outputs)),
        weights,
    )  # fmt: skip


@pytest.fixture
def run():
    kernel = Weight("net/dense/kernel", (2, 2), "float32", True, True, 30)
    calls = (
        call("net/dense", weights=(kernel,)),
        call("net/split", outputs=2),
        call("other/split"),
    )
    return Run("net", "forward", False, 0, calls)


@pytest.mark.parametrize(
    ("text", "tensor"),
    [
        ("net/dense.kernel=zeros", 30),
        ("dense.kernel=zeros", 30),
        ("net/dense#0.input=noise:0.1", 10),
        ("net/split.output[1]=scale:2", 21),
    ],
)
def test_override_means_one_tensor_of_the_run(run, text, tensor):
    assert tensor == tensor_of(run, parse_override(text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dense.gamma=zeros", "kernel; or change"),
        ("split.output=zeros", "may be net/split, other/split"),
        ("gone.output=zeros", "net/dense, net/split"),
        ("dense.output[2]=zeros", "Count outputs from 0"),
    ],
)
def test_override_that_fits_nothing_says_what_there_is(run, text, says):
    with pytest.raises(ExpressionError) as caught:
        tensor_of(run, parse_override(text))

    assert says in f"{caught.value.message} {caught.value.fix}"


@pytest.mark.parametrize(
    "text",
    ["", "dense", "dense=zeros", ".kernel=zeros", "dense.kernel=", "dense.kernel=clamp:2..1",
     "dense.kernel=clamp:1", "dense.kernel=noise", "dense.kernel=constant:nan",
     "dense.kernel=scale:1e999", "dense.kernel=zeros:1", "drop.training=maybe"],
)  # fmt: skip
def test_override_that_makes_no_sense_says_what_to_write(text):
    with pytest.raises(ExpressionError) as caught:
        parse_override(text)

    assert caught.value.fix


NUMBER = st.floats(-1e6, 1e6).map(lambda number: float(f"{number:g}"))
HOWS = st.one_of(
    st.just(("zeros", ())),
    st.tuples(st.sampled_from(["constant", "scale", "noise"]), st.tuples(NUMBER)),
    st.tuples(st.just("clamp"), st.tuples(NUMBER, NUMBER).map(sorted).map(tuple)),
)


@given(HOWS, st.sampled_from(["kernel", "input", "output"]), st.integers(0, 3))
def test_override_and_its_text_are_the_same_thing(how, part, index):
    made = Override("a/b#1", part, how[0], 0 if part == "kernel" else index, how[1])

    assert made == parse_override(str(made))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("zeros", [0, 0, 0]),
        ("constant:2", [2, 2, 2]),
        ("clamp:-1..1", [-1, 0.5, 1]),
        ("scale:2", [-4, 1, 6]),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
def test_value_is_changed_and_keeps_shape_and_dtype(how, expected, dtype):
    before = np.array([-2.0, 0.5, 3.0], dtype)

    after = changed(before, parse_override(f"d.output={how}"))

    assert expected == after.tolist()
    assert (before.dtype, before.tolist()) == (after.dtype, [-2.0, 0.5, 3.0])


def test_noise_is_the_same_each_time_and_as_wide_as_it_says():
    override = parse_override("d.output=noise:0.5")
    made = changed(np.zeros(10_000), override)

    np.testing.assert_array_equal(made, changed(np.zeros(10_000), override))
    assert pytest.approx(0.5, rel=0.05) == made.std()


def test_file_has_to_hold_numbers_of_that_shape(tmp_path: Path):
    np.save(tmp_path / "good.npy", np.arange(3))
    np.save(tmp_path / "wide.npy", np.zeros((3, 3)))
    np.save(tmp_path / "text.npy", np.array(["a", "b", "c"]))
    (tmp_path / "broken.npy").write_bytes(b"\x93NUMPY broken")

    assert [0, 1, 2] == changed(
        np.ones(3, "float32"), parse_override(f"d.w={tmp_path}/good.npy")
    ).tolist()
    for name in ("wide", "text", "broken", "missing"):
        with pytest.raises(ExpressionError):
            changed(np.ones(3), parse_override(f"d.w={tmp_path}/{name}.npy"))


def test_values_that_are_no_numbers_cannot_be_changed():
    with pytest.raises(ExpressionError, match="not real numbers"):
        changed(np.array(["a"]), parse_override("d.output=zeros"))
