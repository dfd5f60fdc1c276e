"""Values at places between the pixels: nearest or linear interpolation in any number of axes.

An index outside of the tensor is mapped inward by the fill mode; with n values `a b c d`:

    constant    k k k k | a b c d | k k k k        wrap      a b c d | a b c d | a b c d
    nearest     a a a a | a b c d | d d d d        mirror    d c b   | a b c d |   c b a
    reflect     d c b a | a b c d | d c b a
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from keras.src.backend.common.dtypes import result_type

from inspector.engine.operators import cast_to
from inspector.engine.primitives import choice, elementwise, joining, shaping
from inspector.engine.promotion import is_float
from inspector.keras_backend.core import convert_to_tensor, to_dtype

FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")
INT32 = to_dtype("int32")


def _inward(index: Any, size: int, mode: str) -> Any:
    """An index that the axis has."""
    if mode in ("constant", "nearest") or size == 1:
        return choice.clip(index, low=0, high=size - 1)
    if mode == "wrap":
        return index % size
    if mode == "reflect":
        folded = index % (2 * size)
        return choice.where(folded >= size, 2 * size - 1 - folded, folded)
    folded = index % (2 * (size - 1))
    return choice.where(folded >= size, 2 * (size - 1) - folded, folded)


def _corners(coordinate: Any, order: int) -> list[tuple[Any, Any]]:
    """The neighbours along one axis, each with its weight (None: all of it)."""
    if order == 0:
        return [(cast_to(elementwise.floor(coordinate + 0.5), INT32), None)]
    low = elementwise.floor(coordinate)
    share = coordinate - low
    index: Any = cast_to(low, INT32)
    return [(index, 1.0 - share), (index + 1, share)]


def sampled(
    values: Any,
    coordinates: Sequence[Any],
    *,
    order: int,
    fill_mode: str,
    fill_value: float,
    leading: Sequence[Any] = (),
) -> Any:
    """`values` at the coordinates of its axes, one tensor for each; further axes go along whole.

    leading: index tensors of the axes that come before the coordinates' (the batch).
    """
    first = len(leading)
    trailing = values.ndim - first - len(coordinates)
    wider = (..., *[None] * trailing)
    total = None
    for corner in itertools.product(*[_corners(c, order) for c in coordinates]):
        places, inside, weight = [], None, None
        for axis, (index, share) in enumerate(corner, start=first):
            size = values.shape[axis]
            places.append(_inward(index, size, fill_mode))
            if fill_mode == "constant":
                fits = (index >= 0) & (index < size)
                inside = fits if inside is None else inside & fits
            if share is not None:
                weight = share if weight is None else weight * share
        found = values[(*leading, *places)]
        if inside is not None:
            mask = shaping.broadcast_to(inside[wider], shape=found.shape)
            found = choice.where(mask, found, choice.full_like(found, value=fill_value))
        if weight is not None:
            found = found * cast_to(weight[wider], found.dtype)
        total = found if total is None else total + found
    return total


def map_coordinates(
    inputs: Any,
    coordinates: Any,
    order: int,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> Any:
    """`inputs` at `coordinates`, whose first axis goes over the axes of `inputs`.

    Raises:
        ValueError: coordinates that do not fit the inputs, or an unknown order or fill mode.
    """
    tensor, places = convert_to_tensor(inputs), convert_to_tensor(coordinates)
    if places.shape[0] != tensor.ndim:
        raise ValueError(
            "First dim of `coordinates` must be the same as the rank of `inputs`. "
            f"Received inputs with shape: {tensor.shape} and coordinate leading dim of "
            f"{places.shape[0]}"
        )
    if places.ndim < 2:
        raise ValueError(
            "Invalid coordinates rank: expected at least rank 2. Received input with shape: "
            f"{places.shape}"
        )
    if fill_mode not in FILL_MODES:
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Expected one of {set(FILL_MODES)}. "
            f"Received: fill_mode={fill_mode}"
        )
    if order not in (0, 1):
        raise ValueError(
            f"Invalid value for argument `order`. Expected one of [0, 1]. Received: order={order}"
        )
    computed = cast_to(tensor, to_dtype(result_type(tensor.dtype, "float32")))
    axes = joining.unstack(cast_to(places, computed.dtype), axis=0, count=tensor.ndim)
    found = sampled(computed, axes, order=order, fill_mode=fill_mode, fill_value=fill_value)
    if not is_float(tensor.dtype):
        # Half away from zero, as XLA rounds here.
        found = elementwise.sign(found) * elementwise.floor(abs(found) + 0.5)
    return cast_to(found, tensor.dtype)
