"""Every primitive's case as a call that can be repeated on another array module.

`RUNS` maps a name to a call: it uploads the case's inputs to the array module of the moment, and
gives the outputs and the gradients. Shared by the tests on CuPy's stand-in and ./dev gpu-check.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib.util
from collections.abc import Callable
from pathlib import Path

import ml_dtypes
import numpy as np
from case import Case

from inspector import engine
from inspector.engine import REGISTRY, Tensor, array_module, autodiff
from inspector.engine.cuda.graph import GraphReplay
from inspector.engine.promotion import is_inexact

HERE = Path(__file__).parent


def all_cases() -> list[Case]:
    cases: list[Case] = []
    for path in sorted((HERE / "cases").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"case_runs_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        cases += module.CASES
    return cases


def upload(array: np.ndarray) -> Tensor:
    return Tensor(array_module.xp.asarray(array))


def forward(case: Case, inputs: list[Tensor]) -> list[Tensor]:
    made = REGISTRY[case.primitive](*inputs, **case.constants)
    return list(made) if isinstance(made, tuple | list) else [made]


def run(case: Case) -> list[Tensor | None]:
    """The outputs, then the gradients by the inputs that have one (None: nothing depends)."""
    inputs = [upload(array) for array in case.inputs]
    with engine.recording() as segment:
        outputs = forward(case, inputs)
    turns = turns_of(case.primitive, outputs)
    found = gradients(case, inputs, outputs, segment, turns)
    return [*settled(case, outputs, turns), *found]


def settled(case: Case, outputs: list[Tensor], turns: dict[int, object]) -> list[Tensor]:
    """The outputs less what is for a library to choose."""
    if case.primitive == "argpartition":  # the order on each side of the kth
        xp, axis, kth = array_module.xp, case.constants["axis"], case.constants["kth"]
        sides = xp.split(outputs[0].data, (kth, kth + 1), axis)
        return [Tensor(xp.concatenate([xp.sort(side, axis=axis) for side in sides], axis=axis))]
    return [Tensor(y.data * turns[n].conj()) if n in turns else y for n, y in enumerate(outputs)]


# By output: the axis along which its vectors lie. Their sign (or phase) is for a library to choose.
VECTORS = {"eigh": {1: -2}, "svd": {0: -2, 2: -1}}


def turns_of(primitive: str, outputs: list[Tensor]) -> dict[int, object]:
    """What turns vectors whose largest entry is positive into those of these outputs.

    0 for the vectors that belong to no singular value, of which any basis is right.
    """
    xp, found = array_module.xp, {}
    for number, axis in VECTORS.get(primitive, {}).items():
        x = outputs[number].data
        place = xp.expand_dims(xp.argmax(xp.abs(x), axis=axis), axis)
        largest = xp.take_along_axis(x, place, axis=axis)
        values = min(y.shape[-1] for y in outputs if y.ndim == x.ndim - 1)
        there = xp.arange(x.shape[-3 - axis]) < values
        shape = (1, -1) if axis == -2 else (-1, 1)
        found[number] = largest / xp.abs(largest) * there.reshape(shape)
    return found


def gradients(case, inputs, outputs, segment, turns):
    if REGISTRY[case.primitive].vjp is None or case.differentiable == ():
        return []
    numbers = range(len(outputs)) if case.outputs is None else case.outputs
    numbers = [number for number in numbers if is_inexact(outputs[number].dtype)]
    targets = [outputs[number] for number in numbers]
    wanted = range(len(inputs)) if case.differentiable is None else case.differentiable
    sources = [inputs[number] for number in wanted if is_inexact(inputs[number].dtype)]
    generator = np.random.default_rng(3)
    seeds = [upload(generator.normal(size=t.shape).astype(t.dtype)) for t in targets]
    for place, number in enumerate(numbers):
        if number in turns:
            seeds[place] = Tensor((seeds[place].data * turns[number]).astype(targets[place].dtype))
    found: dict[int, Tensor] = {}
    if targets and sources:
        list(autodiff.backward(targets, sources, segment.records, seeds, found))
    return [found.get(source.id) for source in sources]


def differences(found, right, tolerance: float) -> str:
    """What two lists of results differ in, by relative norm; empty where they agree."""
    if len(found) != len(right):
        return f"{len(found)} results, not {len(right)}"
    said = (
        f"result {n}: {difference(*pair, tolerance)}"
        for n, pair in enumerate(zip(found, right, strict=True))
        if difference(*pair, tolerance)
    )
    return "; ".join(said)


def difference(one, other, tolerance: float) -> str:
    if not isinstance(other, Tensor) or not isinstance(one, Tensor):
        return "" if type(one) is type(other) and one == other else f"{one!r}, not {other!r}"
    if type(one.data) is not array_module.xp.ndarray:
        return f"on {type(one.data)}, not on the device"
    if (one.shape, one.dtype) != (other.shape, other.dtype):
        return f"{one.shape} {one.dtype}, not {other.shape} {other.dtype}"
    values, wanted = (np.asarray(x.numpy()) for x in (one, other))
    if not is_inexact(other.dtype):
        return "" if np.array_equal(values, wanted) else "other values"
    if values.dtype.kind not in "fc":  # bfloat16
        values, wanted = values.astype("float32"), wanted.astype("float32")
    finite = np.isfinite(wanted)
    if not np.array_equal(values[~finite], wanted[~finite], equal_nan=True):
        return "NaN or infinity in other places"
    off = np.abs(np.where(finite, values, 0) - np.where(finite, wanted, 0)).max(initial=0.0)
    size = max(1.0, float(np.abs(np.where(finite, wanted, 0)).max(initial=0.0)))
    return "" if off <= tolerance * size else f"off by {float(off / size):.1e}"


CASES = all_cases()
RUNS = {
    f"{number}-{case.primitive}": functools.partial(run, case) for number, case in enumerate(CASES)
}

# By dtype: how far results may be off, of the largest.
NARROW = {"float32": 1e-4, "float16": 0.05, "bfloat16": 0.05, "complex64": 1e-4}
# CuPy's erf has no complex numbers, nor has Keras' on any other engine.
_NOT_COMPLEX = {"erf", "erfc", "erfinv", "gelu", "gelu_grad"}


def runs_in(dtype: str) -> dict[str, Callable[[], list[Tensor | None]]]:
    """The same with this dtype in the place of float64, where that has a meaning."""
    wanted = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    found = {}
    for number, case in enumerate(CASES):
        if np.float64 not in [array.dtype for array in case.inputs]:
            continue
        if not (dtype == "complex64" and case.primitive in _NOT_COMPLEX):
            inputs = [a.astype(wanted) if a.dtype == np.float64 else a for a in case.inputs]
            changed = dataclasses.replace(case, inputs=tuple(inputs))
            found[f"{number}-{case.primitive}-{dtype}"] = functools.partial(run, changed)
    return found


def capture_trial(case: Case) -> str:
    """What a captured replay of this case differs in.

    Raises:
        ReplayError: it cannot be captured.
    """
    inputs = [upload(array) for array in case.inputs]
    with engine.recording() as segment:
        outputs = forward(case, inputs)
    given = {t.id: array for t, array in zip(inputs, case.inputs, strict=True)}
    replay = GraphReplay(segment.records, given=list(given), wanted=[t.id for t in outputs])
    # The buffers hold other values first, so that nothing is right because it was there before.
    other = {key: np.flip(values).reshape(values.shape) for key, values in given.items()}
    with contextlib.suppress(IndexError):
        replay.run(other)
    found = replay.run(given)
    return "; ".join(
        said for t in outputs if (said := difference(Tensor(found[t.id]), t, captured_off(t.dtype)))
    )


def capture_cases() -> list[Case]:
    """Cases with inputs and without draws, which a graph cannot hold."""
    return [c for c in CASES if c.inputs and not c.primitive.startswith("random_")]


def captured_off(dtype: np.dtype) -> float:
    """How far a replay may be off: a library may take sums in another order the second time."""
    return 1e-12 if dtype in (np.float64, np.complex128) else 1e-5


# What cannot be captured, and why.
UNCAPTURED = {
    "get_item put put_in_zeros take_along_axis": "index arrays are checked on the host",
    "unique nonzero bincount": "the answer's size or a table is asked for",
    "segment_sum segment_extreme segment_product segment_product_grad": (
        "rows outside of the segments are left out"
    ),
    "eig lu_factor ctc_beam_search": "computed on the host",
    "cholesky det eigh inverse matrix_rank pinv qr slogdet solve solve_triangular svd": (
        "CuPy does not call cuSOLVER while a stream is captured"
    ),
}

# Where the host has to wait for the device in a forward pass, and why.
WAITS = {
    "get_item take take_along_axis put put_in_zeros": "wrong indices wrap on CuPy, so we check",
    "segment_sum segment_extreme segment_product segment_product_grad": (
        "rows outside of the segments are left out"
    ),
    "unique nonzero bincount": "the size of the result, or a table, depends on the values",
    "random_categorical random_gamma random_beta random_binomial": (
        "drawn on the host from given parameters: the same numbers on every device"
    ),
    "eig lu_factor ctc_beam_search": "computed on the host",
}
WAITING = {name for names in WAITS for name in names.split()}
