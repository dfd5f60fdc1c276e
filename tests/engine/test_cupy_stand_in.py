"""The stand-in itself: what CuPy refuses or does differently, it must refuse or do."""

from __future__ import annotations

import cupy
import ml_dtypes
import numpy as np
import pytest
from cupy_stand_in import namespace, syncs

xp = namespace.xp
HOST = np.arange(6, dtype="float32").reshape(2, 3)


@pytest.fixture
def x():
    return xp.asarray(HOST)


REFUSED = {
    "a NumPy array beside a device array": lambda x: x + HOST,
    "a device array in NumPy's function": lambda x: np.concatenate([x, x]),
    "a device array in NumPy's ufunc": lambda x: np.exp(x),
    "an implicit copy to the host": lambda x: np.asarray(x),
    "a NumPy array in a function": lambda x: xp.concatenate([x, HOST]),
    "a NumPy array in a ufunc": lambda x: xp.maximum(x, HOST),
    "a list in a ufunc": lambda x: xp.exp([1.0, 2.0]),
    "a list for an array": lambda x: xp.sum([1.0, 2.0]),
    "an argument that only NumPy's has": lambda x: xp.quantile(x, 0.5, weights=x),
    "an argument that only NumPy's method has": lambda x: x.sum(where=x > 2),
    "an argument that only NumPy's ufunc has": lambda x: xp.add(x, x, order="C"),
    "take with a mode": lambda x: xp.take(x, xp.asarray([1]), axis=1, mode="wrap"),
    "repeats on the device": lambda x: xp.repeat(x, xp.asarray([1, 2]), axis=0),
    "float16 in linalg": lambda x: xp.linalg.inv(xp.eye(3, dtype="float16")),
    "sums at indices of an int16 array": lambda x: xp.add.at(x.astype("int16"), xp.asarray([0]), 1),
    "an assignment from NumPy": lambda x: x.__setitem__(0, HOST[0]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_stand_in_refuses(what, x):
    with pytest.raises(TypeError):
        REFUSED[what](x)


def test_stand_in_has_no_names_that_cupy_lacks(x):
    lacking = [name for name in dir(np) if name[0] != "_" and not hasattr(cupy, name)]

    assert "geomspace" in lacking
    for name in lacking:
        with pytest.raises(AttributeError):
            getattr(xp, name)
    with pytest.raises(AttributeError):
        x.setflags(write=False)


def test_stand_in_refuses_what_is_not_implemented_in_cupy(x):
    with pytest.raises(NotImplementedError):
        xp.multiply.at(x, (xp.asarray([0]),), 2.0)
    with pytest.raises(NotImplementedError):
        xp.maximum.reduce(x)


@pytest.mark.parametrize("dtype", [ml_dtypes.float8_e4m3fn, "U3", object])
def test_stand_in_refuses_dtypes(dtype):
    with pytest.raises(ValueError, match="Unsupported dtype"):
        xp.empty(3, dtype=dtype)


def test_stand_in_answers_reductions_with_arrays(x):
    assert type(x.sum()) is xp.ndarray
    assert type(x[0, 0]) is xp.ndarray
    assert x.sum().shape == ()


def test_stand_in_wraps_wrong_indices(x):
    far = xp.asarray(np.array([4]))

    assert x[:, far].get().tolist() == [[1.0], [4.0]]
    assert xp.take(x, far, axis=1).get().tolist() == [[1.0], [4.0]]


def test_stand_in_lets_a_random_write_win():
    winners = set()
    for _ in range(30):
        made = xp.zeros(1)
        made[xp.zeros(8, dtype="int64")] = xp.arange(8.0)
        winners.add(float(made[0]))

    assert len(winners) > 1


def test_stand_in_poisons_fresh_memory():
    assert np.isnan(xp.empty(3, dtype="float32").get()).all()
    assert (xp.empty(3, dtype="int8").get() == 120).all()


def test_stand_in_saturates_conversions_to_integers():
    odd = xp.asarray(np.array([np.nan, np.inf, -1.5, 300.0]))

    assert odd.astype("uint8").get().tolist() == [0, 255, 0, 255]


def test_stand_in_has_the_dtypes_of_cupys_loops():
    assert xp.sqrt(xp.ones(2, dtype="int8")).dtype == "float16"
    assert xp.add(xp.ones(2, dtype="float16"), 1.5).dtype == "float16"
    assert (xp.ones(2, dtype="int32") + 1.5).dtype == "float64"
    assert xp.exp(xp.ones(2, dtype=ml_dtypes.bfloat16)).dtype == ml_dtypes.bfloat16


@pytest.mark.parametrize(
    "wait",
    [
        lambda x: x.get(),
        lambda x: float(x[0, 0]),
        lambda x: bool(x.any()),
        lambda x: x[x > 2],
        lambda x: xp.nonzero(x),
        lambda x: xp.asnumpy(x),
    ],
)
def test_stand_in_counts_what_waits(wait, x):
    with syncs.counted() as waits:
        wait(x)

    assert waits.total() == 1


def test_stand_in_counts_nothing_that_does_not_wait(x):
    with syncs.counted() as waits:
        y = xp.exp(x @ x.T)
        y[0] = 1.0
        xp.concatenate([y, y.sum(axis=0, keepdims=True)])

    assert waits.total() == 0
