"""Trials of a primitive at random: what hypothesis draws for the property tests.

A file `trials/<family>.py` has a table `TRIALS` of strategies by the primitive's name;
`test_primitive_properties.py` reads all of them and fails for a primitive that none has.

Shapes, axes, dtypes and layouts are drawn; the values come from a generator with a drawn seed, so
that they are no round numbers: at a kink there would be no gradient to compare with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ml_dtypes
import numpy as np
from hypothesis import strategies as st

# float64 twice: it alone has its gradients compared with central differences.
FLOATS = tuple(map(np.dtype, ("float64", "float32", "float16", ml_dtypes.bfloat16, "float64")))
COMPLEX = tuple(map(np.dtype, ("complex128", "complex64")))
INTEGERS = tuple(
    map(np.dtype, ("int32", "int64", "uint8", "int8", "int16", "uint16", "uint32", "uint64"))
)
BOOL = (np.dtype("bool"),)
INEXACT = (*FLOATS, *COMPLEX)
REAL = (*FLOATS, *INTEGERS)
NUMBERS = (*REAL, *COMPLEX)
ALL = (*NUMBERS, *BOOL)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A primitive on drawn inputs.

    expected:       what the outputs must be, from the inputs as float64; None: what the primitive
                    itself gives for those.
    bounds:         between which values the outputs lie.
    remade:         the first input again, from all the outputs; None: no such way back.
    differentiable: numbers of the inputs whose gradients are checked, and
    outputs:        of the outputs that they are gradients of; None: all floating ones.
    refusable:      whether an error that names the primitive is right, too.
    loose:          how much farther off the values may be than rounding alone makes them.
    """

    inputs: tuple[np.ndarray, ...]
    constants: dict[str, Any] = field(default_factory=dict)
    expected: Callable[..., Any] | None = None
    bounds: tuple[float, float] | None = None
    remade: Callable[..., Any] | None = None
    differentiable: tuple[int, ...] | None = None
    outputs: tuple[int, ...] | None = None
    refusable: bool = False
    loose: float = 1.0


# --- values --------------------------------------------------------------------------------------


def any_number(generator: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    return generator.normal(size=shape) * 1.5


def positive(generator: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    return generator.uniform(0.3, 3.0, size=shape)


def within_one(generator: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    return generator.uniform(-0.9, 0.9, size=shape)


def above_one(generator: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    return generator.uniform(1.1, 4.0, size=shape)


def apart(generator: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    """Numbers that all differ, in bfloat16 too, by more than a gradient check moves them."""
    return (generator.permutation(int(np.prod(shape))).reshape(shape) - 20) / 16


Values = Callable[[np.random.Generator, Sequence[int]], np.ndarray]


def filled(seed: int, shape: Sequence[int], dtype: np.dtype, values: Values) -> np.ndarray:
    """An array of these values in any dtype: whole numbers for integers, few for booleans."""
    generator = np.random.default_rng(seed)
    if dtype.kind == "b":
        return generator.random(shape) > 0.4
    if dtype.kind in "iu":
        low = 0 if dtype.kind == "u" or values is not any_number else -9
        return generator.integers(low, 10, size=shape).astype(dtype)
    found = values(generator, shape)
    if dtype.kind == "c":
        found = found + 1j * within_one(generator, shape)
    return np.asarray(found).astype(dtype)


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "as it comes": lambda x: x,
    "column by column": lambda x: np.asfortranarray(x) if x.ndim else x,
    "reversed": lambda x: x[..., ::-1].copy()[..., ::-1] if x.ndim else x,
    "within a larger one": lambda x: np.stack([x, x], axis=-1)[..., 1],
}

# --- what is drawn -------------------------------------------------------------------------------

seeds = st.integers(0, 999)
layouts = st.sampled_from(sorted(LAYOUTS))
sizes = st.sampled_from((3, 2, 1, 4, 5, 2, 3, 0))
some = st.sampled_from((3, 2, 1, 4, 5))


def shapes(least: int = 0, most: int = 3, sizes: Any = sizes) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes of so many axes; one in eight sizes is 0, unless `sizes` says otherwise."""
    return st.lists(sizes, min_size=least, max_size=most).map(tuple)


def axes_of(ndim: int) -> st.SearchStrategy[tuple[int, ...] | None]:
    """Some axes in ascending order, or None for all."""
    if ndim == 0:
        return st.sampled_from([None, ()])
    several = st.sets(st.integers(0, ndim - 1), min_size=1).map(lambda found: tuple(sorted(found)))
    return st.none() | several


@st.composite
def arrays(
    draw: Any,
    shape: Any = None,
    dtypes: Sequence[np.dtype] = FLOATS,
    values: Values = any_number,
) -> np.ndarray:
    """An array of a drawn (or the given) shape, dtype and layout."""
    size = draw(shapes()) if shape is None else shape if isinstance(shape, tuple) else draw(shape)
    array = filled(draw(seeds), size, draw(st.sampled_from(dtypes)), values)
    return LAYOUTS[draw(layouts)](array)


@st.composite
def broadcast(draw: Any, count: int = 2) -> list[tuple[int, ...]]:
    """Shapes that broadcast: each lacks some of the axes, or has size 1 there."""
    whole = draw(shapes())
    found = []
    for _ in range(count):
        start = draw(st.integers(0, len(whole)))
        found.append(tuple(n if draw(st.integers(0, 3)) else 1 for n in whole[start:]))
    return found


def build(*parts: Any, **options: Any) -> Any:
    """A strategy of trials with these inputs (strategies of arrays)."""
    return st.tuples(*parts).map(lambda inputs: Trial(inputs, **options))
