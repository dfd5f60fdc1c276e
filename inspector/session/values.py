"""Values of one tensor for the window: statistics of all, and the window that was asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.session.protocol import ReadTensor, Statistics, TensorRead

BINS = 64
_BLOCK = 1 << 20
_MAX_TEXT = 512
Array = np.ndarray[Any, Any]


def read(command: ReadTensor, values: Array, dtype: str) -> TensorRead:
    """Answer a `ReadTensor` with the values of its tensor on the host."""
    window = values[_window(command, values.shape)]
    answer = {
        "request": command.request,
        "run": command.run,
        "tensor": command.tensor,
        "shape": values.shape,
        "dtype": dtype,
        "window": window.shape,
    }
    if dtype == "string":
        texts = tuple(_text(item) for item in window.reshape(-1).tolist())
        return TensorRead(**answer, texts=texts)
    summary = statistics(values) if command.with_statistics else None
    return TensorRead(**answer, statistics=summary, data=to_bytes(window))


def problem(command: ReadTensor, why: str) -> TensorRead:
    """The answer when there are no values."""
    return TensorRead(command.request, command.run, command.tensor, (), "", problem=why)


def array_of(answer: TensorRead) -> Array:
    """The window of values in a `TensorRead`, as an array; texts as objects."""
    if answer.dtype == "string":
        return np.array(answer.texts, dtype=object).reshape(answer.window)
    return np.frombuffer(answer.data, dtype=_sent_dtype(answer.dtype)).reshape(answer.window)


def to_bytes(window: Array) -> bytes:
    """The values in C order, little endian, in the dtype that `array_of` expects."""
    if window.dtype.hasobject:
        raise TypeError("an array of objects has no bytes to send")
    sent = _sent_dtype(window.dtype.name).newbyteorder("<")
    return np.ascontiguousarray(window, dtype=sent).tobytes()


def statistics(values: Array) -> Statistics:
    """Summary over the finite values, block by block.

    Cost: one pass for the moments and one for the histogram; 8 MB besides the values.
    """
    flat = values.reshape(-1) if values.flags.c_contiguous else values.ravel()
    blocks = [flat[start : start + _BLOCK] for start in range(0, flat.size, _BLOCK)]
    count, total, nans, infinities, zeros = 0, 0.0, 0, 0, 0
    low, high = np.inf, -np.inf
    for block in map(_as_float, blocks):
        nans += int(np.isnan(block).sum())
        infinities += int(np.isinf(block).sum())
        zeros += int((block == 0).sum())
        finite = block[np.isfinite(block)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
            # Scaled first, so that values near the largest float do not add up to infinity.
            count, total = count + finite.size, total + float((finite / flat.size).sum())
    if not count:
        return Statistics(None, None, None, None, nans, infinities, zeros)
    mean = min(max(total * (flat.size / count), low), high)
    deviation, histogram, edges = _spread(blocks, mean, low, high, count)
    return Statistics(low, high, mean, deviation, nans, infinities, zeros, histogram, edges)


def _spread(
    blocks: list[Array], mean: float, low: float, high: float, count: int
) -> tuple[float, tuple[int, ...], tuple[float, ...]]:
    scale = max(abs(low), abs(high)) or 1.0  # squares of large values would be infinite
    edges = np.array([low, high])
    if 0 < high - low < np.inf:
        even = np.linspace(low, high, BINS + 1)
        if np.all(np.diff(even) > 0):  # else the ends are too close for bins between
            edges = even
    squares, counts = 0.0, np.zeros(len(edges) - 1, dtype=np.int64)
    for block in map(_as_float, blocks):
        finite = block[np.isfinite(block)]
        squares += float(((finite / scale - mean / scale) ** 2).sum())
        if len(edges) == 2:
            counts += finite.size
        else:
            counts += np.histogram(finite, bins=edges)[0]
    return (
        scale * float(np.sqrt(squares / count)),
        tuple(int(n) for n in counts),
        tuple(float(edge) for edge in edges),
    )


def _as_float(block: Array) -> Array:
    if block.dtype.kind == "c":
        return np.abs(block).astype(np.float64)
    return block.astype(np.float64)


def _window(command: ReadTensor, shape: tuple[int, ...]) -> tuple[slice, ...]:
    """The slices that were asked for, cut to the limit: the last axes are kept whole first."""
    starts = command.start or (0,) * len(shape)
    stops = command.stop or shape
    slices: list[slice] = []
    left = max(command.limit, 1)
    for size, start, stop in reversed(list(zip(shape, starts, stops, strict=True))):
        first = min(max(start, 0), size)
        extent = min(max(min(stop, size) - first, 0), left)
        slices.append(slice(first, first + extent))
        left = max(left // max(extent, 1), 1)
    return tuple(reversed(slices))


def _text(item: object) -> str:
    text = item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)
    return text[:_MAX_TEXT]


def _sent_dtype(name: str) -> np.dtype[Any]:
    # bfloat16 and the float8 kinds are not NumPy's own, and ml_dtypes, which brings them, is only
    # in the worker: they are sent as float32.
    try:
        dtype = np.dtype(name)
    except TypeError:
        return np.dtype("float32")
    return dtype if dtype.isbuiltin == 1 else np.dtype("float32")
