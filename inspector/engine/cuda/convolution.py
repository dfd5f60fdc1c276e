"""Convolutions on a GPU, by the first way that takes them: the op record says which.

kernel depthwise   one group per channel
cuDNN              where its front end is installed and has a plan
im2col             copied windows and cuBLAS: `correlation.py`, with why it was not cuDNN
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.engine import correlation
from inspector.engine.cuda import dnn, precision
from inspector.engine.cuda.dispatch import note
from inspector.engine.cuda.launch import each, fits, takes, work_dtype
from inspector.engine.cuda.rules import pieces_of, sizes
from inspector.engine.windows import Sizes, all_places

_HALF = np.dtype("float16")
_CORRELATION: dict[str, Callable[..., Any]] = {
    "fprop": correlation.forward,
    "dgrad": correlation.input_gradient,
    "wgrad": correlation.weight_gradient,
}


def _conv(xp: Any, x: Any, w: Any, **how: Any) -> Any:
    space = all_places(x.shape[1:-1], w.shape[:-2], how["strides"], how["padding"], how["dilation"])
    return _run(xp, "fprop", (x, w), (*x.shape[:1], *space, w.shape[-1]), w.shape, how)


def _to_x(xp: Any, g: Any, w: Any, size: Sizes, **how: Any) -> Any:
    shape = (g.shape[0], *size, w.shape[-2] * how["groups"])
    return _run(xp, "dgrad", (g, w), shape, w.shape, how)


def _to_w(xp: Any, x: Any, g: Any, kernel: Sizes, **how: Any) -> Any:
    shape = (*kernel, x.shape[-1] // how["groups"], g.shape[-1])
    return _run(xp, "wgrad", (x, g), shape, shape, how)


def _run(
    xp: Any, kind: str, arrays: tuple[Any, Any], shape: Sizes, kernel: Sizes, how: dict[str, Any]
) -> Any:
    """The convolution of this kind: `shape` comes out, `kernel` is the weights' shape."""
    if not takes(*arrays) or not 0 < math.prod(shape) < 2**31 - 2**16:
        return None
    groups = how["groups"]
    if kernel[-2] == 1 < groups and kernel[-1] % groups == 0 and len(kernel) <= 5:
        return _depthwise(xp, kind, arrays, shape, kernel, how)
    low = precision.current == "half" and arrays[0].dtype == np.float32
    given = (arrays[0].astype(_HALF), arrays[1].astype(_HALF)) if low else arrays
    try:
        made = dnn.convolved(xp, kind, given, shape, how)
        note(f"cuDNN {precision.current}")
    except dnn.Refused as refused:
        settings = (how["strides"], how["padding"], how["dilation"], groups)
        made = _CORRELATION[kind](xp, *given, shape, settings)
        note(f"im2col: {refused}")
    return made.astype(arrays[0].dtype) if low else made


def _depthwise(
    xp: Any, kind: str, arrays: tuple[Any, Any], shape: Sizes, kernel: Sizes, how: dict[str, Any]
) -> Any:
    one, other = (xp.ascontiguousarray(a) for a in arrays)
    # The images on both sides of the window, whichever of them is given.
    inputs = shape if kind == "dgrad" else one.shape
    outputs = {"fprop": shape, "dgrad": one.shape, "wgrad": other.shape}[kind]
    geometry = sizes(
        inputs[1:-1], outputs[1:-1], kernel[:-2], how["strides"], how["padding"], how["dilation"]
    )
    channels, many = inputs[-1], kernel[-1] // inputs[-1]
    if kind == "wgrad":
        made = _depthwise_parts(xp, one, other, shape, (channels, many, *geometry))
    else:
        made = xp.empty(shape, one.dtype)
        name = "depthwise" if kind == "fprop" else "depthwise_to_x"
        place = (made.size, channels, many, *geometry)
        each(xp, f"depthwise.{name}", made.dtype, made.size, one, other, made, *place)
    note("kernel depthwise")
    return made


def _depthwise_parts(xp: Any, x: Any, g: Any, shape: Sizes, place: tuple[int, ...]) -> Any:
    taps, places = math.prod(shape), g.size // g.shape[-1]
    pieces = pieces_of(places, taps)
    parts = xp.empty((pieces, taps), work_dtype(x.dtype))
    how = (parts.size, x.shape[0], pieces, *place)
    each(xp, "depthwise.depthwise_to_w", x.dtype, parts.size, x, g, parts, *how)
    return parts.sum(axis=0).astype(x.dtype).reshape(shape)


def _matmul(xp: Any, a: Any, b: Any) -> Any:
    """Only where products are to be of float16; else CuPy's own is what is wanted."""
    if precision.current != "half" or a.dtype != np.float32 or not (fits(a) and fits(b)):
        return None
    note("cuBLAS half")
    return xp.matmul(a.astype(_HALF), b.astype(_HALF)).astype(a.dtype)


RULES = {"conv": _conv, "conv_input_grad": _to_x, "conv_weight_grad": _to_w, "matmul": _matmul}
