"""What a training step did to each weight: norms, and the steps that are only counted."""

from __future__ import annotations

import gc

import ml_dtypes
import numpy as np
import pytest

from inspector.engine import OpRecord, Tensor
from inspector.keras_backend import hook

hook.install("numpy")

from inspector.capture import Recorder, updates  # noqa: E402

SHAPE = (130, 257)  # more than one block, the last one not full


def drawn(seed, dtype, scale):
    return (np.random.default_rng(seed).normal(size=SHAPE) * scale).astype(dtype)


@pytest.mark.parametrize("scale", [1.0, 1e-18, 1e15])
@pytest.mark.parametrize("dtype", ["float32", "float64", ml_dtypes.bfloat16, "complex64"])
def test_norm_is_that_of_float64(dtype, scale):
    values = drawn(0, dtype, scale)
    wide = values.astype(np.complex128 if dtype == "complex64" else np.float64)

    assert updates.norm(Tensor(values)) == pytest.approx(np.linalg.norm(wide), rel=1e-6)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], 0.0), ([0.0, 0.0], 0.0), ([3.0, 4.0], 5.0), ([np.inf, 1.0], np.inf)],
)
def test_norm_of_special_values(values, expected):
    assert updates.norm(np.asarray(values, "float32")) == expected


def test_norm_of_nan_is_nan():
    assert np.isnan(updates.norm(np.asarray([np.nan, 1.0], "float32")))


def test_steps_that_are_not_kept_leave_no_records():
    import keras

    x, y = np.ones((4, 3), "float32"), np.ones((4, 2), "float32")
    recorder = Recorder(lambda _: False, lambda *_: None, lambda *_: None, keep_runs=1)
    recorder.install()
    try:
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        model.compile("sgd", "mse")
        for _ in range(3):
            model.train_on_batch(x, y)
        before = backward_records()
        for _ in range(5):
            model.train_on_batch(x, y)
        assert backward_records() == before > 0
        recorder.settle()
    finally:
        recorder.uninstall()
    assert recorder.models()[0].runs_not_kept >= 7


def backward_records():
    gc.collect()
    return sum(isinstance(o, OpRecord) and o.is_backward for o in gc.get_objects())
