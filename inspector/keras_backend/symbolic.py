"""Shapes without values: what a function would return, found on meta tensors.

Unknown axes (None) take the number 83 in one run and 89 in a second one; an axis of the output
that differs between the two depends on them and is None. Both are prime and larger than the sizes
that layers use, so a product or a sum of axes cannot look alike by accident.

Where the code needs a value (`if x.sum() > 0`), meta tensors cannot answer; then both runs are
done again on zeros, and a note of it is kept for whoever shows the build.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from keras.src import tree
from keras.src.backend.common.keras_tensor import KerasTensor
from keras.src.backend.common.stateless_scope import StatelessScope
from keras.src.backend.common.symbolic_scope import SymbolicScope

from inspector.engine import array_module
from inspector.engine.tensor import STRING, Tensor, meta
from inspector.errors import NoValue
from inspector.keras_backend import core
from inspector.keras_backend.core import to_dtype

FILLS = (83, 89)
# What unknown axes are now; None outside of a symbolic run. Whoever watches tells the two runs of
# one function apart by it.
fill_now: int | None = None
# Called when a run is given up for one on zeros; what was seen of it should be forgotten.
on_retry: list[Callable[[], None]] = []
logger = logging.getLogger(__name__)


def compute_output_spec(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `fn` returns on these arguments, with KerasTensors for tensors."""
    unknown = any(
        isinstance(leaf, KerasTensor) and None in leaf.shape
        for leaf in tree.flatten((args, kwargs))
    )
    with StatelessScope(), SymbolicScope():
        first = _run(fn, args, kwargs, FILLS[0])
        second = _run(fn, args, kwargs, FILLS[1]) if unknown else first
    return tree.pack_sequence_as(
        first, list(map(_merged, tree.flatten(first), tree.flatten(second)))
    )


def _run(fn: Callable[..., Any], args: Any, kwargs: Any, fill: int) -> Any:
    global fill_now
    before, fill_now = fill_now, fill
    try:
        return _run_filled(fn, args, kwargs, fill)
    finally:
        fill_now = before


def _run_filled(fn: Callable[..., Any], args: Any, kwargs: Any, fill: int) -> Any:
    try:
        with _meta_only():
            filled_args, filled_kwargs = _filled((args, kwargs), fill, meta)
            return fn(*filled_args, **filled_kwargs)
    except NoValue as error:
        logger.info("ran on zeros, because its shape depends on values: %s", error.message)
        for forget in on_retry:
            forget()
        filled_args, filled_kwargs = _filled((args, kwargs), fill, _zeros)
        return fn(*filled_args, **filled_kwargs)


@contextmanager
def _meta_only() -> Iterator[None]:
    before, core.meta_only = core.meta_only, True
    try:
        yield
    finally:
        core.meta_only = before


def _filled(arguments: Any, fill: int, make: Callable[[tuple[int, ...], Any], Tensor]) -> Any:
    def stand_in(leaf: Any) -> Any:
        if not isinstance(leaf, KerasTensor):
            return leaf
        shape = tuple(fill if size is None else size for size in leaf.shape)
        made = make(shape, to_dtype(leaf.dtype))
        made.__dict__["stands_for"] = leaf  # so that a tensor inside is found outside
        return made

    return tree.map_structure(stand_in, arguments)


def is_meta(value: Any) -> bool:
    """Whether it is a tensor without values."""
    return isinstance(value, Tensor) and value.is_meta


def without_values(shape: tuple[int | None, ...], dtype: Any) -> Tensor:
    """A meta tensor in a symbolic run; an axis that only values can tell is as unknown as None."""
    return meta(tuple((fill_now or 1) if size is None else size for size in shape), to_dtype(dtype))


def _zeros(shape: tuple[int, ...], dtype: Any) -> Tensor:
    if dtype is STRING:
        return Tensor(np.zeros(shape, np.dtypes.StringDType()))
    return Tensor(array_module.xp.zeros(shape, dtype))


def _merged(first: Any, second: Any) -> Any:
    if not isinstance(first, Tensor):
        return first
    shape = [
        size if size == other else None
        for size, other in zip(first.shape, second.shape, strict=False)
    ]
    return KerasTensor(shape, first.dtype.name)
