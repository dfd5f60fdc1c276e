"""New tensors: from values, of one value, and in a row."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from inspector.engine import array_module, promotion
from inspector.engine.primitives import bits, choice, elementwise, shaping
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.ops.numpy.prepare import (
    cast_to,
    floating,
    normalize_axis,
    numeric,
    sizes,
    tensor,
    to_dtype,
)


def array(x: Any, dtype: Any = None) -> Any:
    return convert_to_tensor(x, dtype=dtype)


def copy(x: Any) -> Any:
    """The same tensor: nothing ever changes a tensor's values."""
    return convert_to_tensor(x)


def view(x: Any, dtype: Any = None) -> Any:
    """The same bytes read as another dtype."""
    t = tensor(x)
    return t if dtype is None else bits.view(t, dtype=to_dtype(dtype))


def ones(shape: Any, dtype: Any = None) -> Any:
    return Tensor(array_module.xp.ones(sizes(shape), dtype=to_dtype(dtype)))


def zeros(shape: Any, dtype: Any = None) -> Any:
    return Tensor(array_module.xp.zeros(sizes(shape), dtype=to_dtype(dtype)))


def empty(shape: Any, dtype: Any = None) -> Any:
    """Zeros: what happens to be in memory would make a run differ from its repetition."""
    return zeros(shape, dtype)


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    wanted = to_dtype(dtype)
    if isinstance(fill_value, int | float | complex):
        return Tensor(array_module.xp.full(sizes(shape), fill_value, dtype=wanted))
    return shaping.broadcast_to(tensor(fill_value, wanted), shape=sizes(shape))


def zeros_like(x: Any, dtype: Any = None) -> Any:
    return full_like(x, 0, dtype)


def ones_like(x: Any, dtype: Any = None) -> Any:
    return full_like(x, 1, dtype)


def empty_like(x: Any, dtype: Any = None) -> Any:
    return full_like(x, 0, dtype)


def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    t = tensor(x)
    wanted = t.dtype if dtype is None else to_dtype(dtype)
    if isinstance(fill_value, int | float | complex):
        return choice.full_like(t, value=fill_value, dtype=wanted)
    return shaping.broadcast_to(tensor(fill_value, wanted), shape=t.shape)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    columns = None if M is None else int(M)
    return Tensor(array_module.xp.eye(int(N), columns, k=int(k), dtype=to_dtype(dtype)))


def identity(n: int, dtype: Any = None) -> Any:
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    columns = None if M is None else int(M)
    mask = array_module.xp.tri(int(N), columns, k=int(k), dtype=bool)
    return Tensor(mask.astype(to_dtype(dtype)))


def _number(x: Any) -> Any:
    """The Python number in a 0-d tensor or array."""
    return x if x is None or isinstance(x, int | float) else tensor(x).item()


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    if dtype is None:
        parts = [x for x in (start, stop, step) if x is not None]
        kinds = [type(x) if isinstance(x, int | float) else tensor(x).dtype for x in parts]
        wanted = promotion.result_type(*kinds)
    else:
        wanted = to_dtype(dtype)
    first, last, stride = _number(start), _number(stop), _number(step)
    if last is None:
        first, last = 0, first
    stride = 1 if stride is None else stride
    if wanted.kind in "iuf" and wanted.itemsize >= 4:
        return Tensor(array_module.xp.arange(first, last, stride, dtype=wanted))
    return Tensor(array_module.xp.arange(first, last, stride).astype(wanted))


def _ramp(num: int, dtype: Any, ndim: int, endpoint: bool) -> Tensor:
    """0 to 1 in `num` steps, on the first axis of `ndim` + 1."""
    steps = num - 1 if endpoint else num
    line = np.arange(num) / builtins.max(steps, 1)
    return Tensor(array_module.xp.asarray(line.reshape(-1, *[1] * ndim), dtype))


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`num` values in even steps; both ends exact. With `retstep` also the step."""
    wanted = _line_dtype(start, stop, dtype)
    first, last = _ends(start, stop, wanted)
    line = _line(first, last, int(num), endpoint)
    if wanted.kind in "iu":
        line = elementwise.floor(line)
    line = _placed(cast_to(line, wanted), axis)
    if not retstep:
        return line
    steps = num - 1 if endpoint else num
    return line, (last - first) / (steps if steps > 0 else math.nan)


def _line_dtype(start: Any, stop: Any, dtype: Any) -> Any:
    if dtype is not None:
        return to_dtype(dtype)
    kinds = [type(x) if isinstance(x, int | float) else tensor(x).dtype for x in (start, stop)]
    return promotion.result_type(*kinds, float)


def _ends(start: Any, stop: Any, dtype: Any) -> tuple[Tensor, Tensor]:
    """Both ends in one shape, in a floating dtype of at least 32 bits."""
    wide = dtype if promotion.is_inexact(dtype) and dtype.itemsize >= 4 else to_dtype("float32")
    if isinstance(start, int | float) and isinstance(stop, int | float):
        wide = to_dtype("float64")  # computed once, rounded once
    first, last = (cast_to(tensor(x), wide) for x in (start, stop))
    return first, last


def _line(first: Tensor, last: Tensor, num: int, endpoint: bool) -> Tensor:
    span = last - first
    ramp = _ramp(num, span.dtype, span.ndim, endpoint)
    line = first + ramp * span
    if not endpoint or num < 2:
        return line
    # first + 1·(last - first) may miss the end by a rounding.
    at_end = Tensor(array_module.xp.arange(num).reshape(ramp.shape) == num - 1)
    found: Tensor = choice.where(at_end, last, line)
    return found


def _placed(line: Tensor, axis: int) -> Tensor:
    return shaping.moved(line, 0, normalize_axis(axis, line.ndim))


def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`base` to the power of evenly spaced exponents."""
    wanted = _line_dtype(start, stop, dtype)
    exponents = _line(*_ends(start, stop, wanted), int(num), endpoint)
    root = base if isinstance(base, int | float) else floating(base)
    return _placed(cast_to(root**exponents, wanted), axis)


def geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Values whose quotients are equal; both ends exact and of one sign."""
    wanted = _line_dtype(start, stop, dtype)
    first, last = _ends(start, stop, wanted)
    logs = _line(
        elementwise.log(elementwise.absolute(first)),
        elementwise.log(elementwise.absolute(last)),
        int(num),
        endpoint,
    )
    line = elementwise.sign(first) * elementwise.exp(logs)
    order = Tensor(array_module.xp.arange(int(num)).reshape(-1, *[1] * first.ndim))
    line = choice.where(order == 0, first + 0 * line, line)
    if endpoint and num > 1:
        line = choice.where(order == int(num) - 1, last + 0 * line, line)
    return _placed(cast_to(line, wanted), axis)


def meshgrid(*x: Any, indexing: str = "xy") -> Any:
    """Coordinate tensors: each line spread over the grid of all."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"`indexing` should be 'xy' or 'ij'. Received: {indexing}")
    lines = [shaping.reshape(t, shape=(t.size,)) for t in map(tensor, x)]
    order = list(range(len(lines)))
    if indexing == "xy" and len(lines) > 1:
        order[0], order[1] = 1, 0
    shape = tuple(lines[i].size for i in order)
    grids = []
    for place, line in enumerate(lines):
        alone = [1] * len(lines)
        alone[order.index(place)] = line.size
        grids.append(shaping.broadcast_to(shaping.reshape(line, shape=tuple(alone)), shape=shape))
    return grids


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Columns of powers of x, the highest first unless `increasing`."""
    t = numeric(x)
    count = t.shape[0] if N is None else int(N)
    powers = np.arange(count) if increasing else np.arange(count)[::-1]
    return shaping.reshape(t, shape=(-1, 1)) ** Tensor(array_module.xp.asarray(powers, t.dtype))
