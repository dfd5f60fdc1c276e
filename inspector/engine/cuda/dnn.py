"""Convolutions by cuDNN, through its front end (1.28) with CuPy's pointers.

A plan is a graph of one operation, made once per geometry. Its dimensions are logical (batch,
channels, *space) and (filters, channels, *kernel); the order in memory, channels last, is said by
strides alone. The output's stride is always set: inferred, it would be channels first.
"""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from inspector.engine.cuda import precision
from inspector.engine.windows import Padding, Sizes

# Bytes; it is what the front end says of each tensor to cuDNN.
_ALIGNMENT = 16
_TYPES = {"float32": "FLOAT", "float16": "HALF", "bfloat16": "BFLOAT16"}


# The weights that do not change during a capture, by id; None until they are put in order.
_copies: dict[int, Any] = {}


class Refused(Exception):
    """cuDNN does not compute this convolution; the text says why."""


class Geometry(NamedTuple):
    """Everything a plan depends on: x, w and y are logical dimensions."""

    kind: str
    dtype: str
    x: Sizes
    w: Sizes
    y: Sizes
    strides: Sizes
    padding: Padding
    dilation: Sizes


class Plan(NamedTuple):
    """A graph and its tensors: two operands and a result."""

    graph: Any
    one: Any
    other: Any
    result: Any


def channels_last(dims: Sizes) -> list[int]:
    """Strides of logical dimensions (n, c, *space) that lie in memory as (n, *space, c)."""
    channels, space = dims[1], dims[2:]
    inner = [channels * math.prod(space[axis + 1 :]) for axis in range(len(space))]
    return [channels * math.prod(space), 1, *inner]


def geometry(kind: str, one: Any, other: Any, shape: Sizes, how: dict[str, Any]) -> Geometry:
    """From images (batch, *space, channels) and weights (*kernel, channels, filters).

    One spatial axis is two of which the first has size 1.
    """
    x, w, y = {
        "fprop": (one.shape, other.shape, shape),
        "dgrad": (shape, other.shape, one.shape),
        "wgrad": (one.shape, shape, other.shape),
    }[kind]
    flat = len(x) == 3
    one_axis = (1,) if flat else ()
    return Geometry(
        kind,
        one.dtype.name,
        (x[0], x[-1], *one_axis, *x[1:-1]),
        (w[-1], w[-2], *one_axis, *w[:-2]),
        (y[0], y[-1], *one_axis, *y[1:-1]),
        (*one_axis, *how["strides"]),
        (*(((0, 0),) if flat else ()), *how["padding"]),
        (*one_axis, *how["dilation"]),
    )


def described(cudnn: Any, place: Geometry, handle: Any = None) -> Plan:
    """The graph of one convolution, not built yet: `graph.validate()` needs no GPU."""
    dtype = getattr(cudnn.data_type, _TYPES[place.dtype])
    wide = cudnn.data_type.FLOAT
    options = {} if handle is None else {"handle": handle}
    graph = cudnn.pygraph(
        io_data_type=dtype, intermediate_data_type=wide, compute_data_type=wide, **options
    )

    def tensor(name: str, dims: Sizes) -> Any:
        return graph.tensor(name=name, dim=list(dims), stride=channels_last(dims), data_type=dtype)

    settings = {
        "pre_padding": [before for before, _ in place.padding],
        "post_padding": [after for _, after in place.padding],
        "stride": list(place.strides),
        "dilation": list(place.dilation),
    }
    if place.kind == "fprop":
        one, other, made = tensor("x", place.x), tensor("w", place.w), place.y
        result = graph.conv_fprop(image=one, weight=other, **settings)
    elif place.kind == "dgrad":
        one, other, made = tensor("dy", place.y), tensor("w", place.w), place.x
        result = graph.conv_dgrad(loss=one, filter=other, **settings)
    else:
        one, other, made = tensor("x", place.x), tensor("dy", place.y), place.w
        result = graph.conv_wgrad(image=one, loss=other, **settings)
    result.set_dim(list(made)).set_stride(channels_last(made)).set_output(True)
    return Plan(graph, one, other, result)


@functools.cache
def _library() -> tuple[Any, Any] | str:
    """The front end and a handle of this process, or why one of them is not to be had."""
    try:
        cudnn = importlib.import_module("cudnn")
    except ImportError as error:
        return f"the cuDNN front end is not installed ({error})"
    try:
        return cudnn, cudnn.create_handle()
    except Exception as error:  # whatever the library raises where there is no driver or no cuDNN
        return f"cuDNN cannot be used ({type(error).__name__}: {error})"


@functools.cache
def _plan(cudnn: Any, handle: Any, place: Geometry, exact: bool) -> tuple[Plan, int] | str:
    """A built plan and the bytes of its workspace, or why there is none: asked once.

    Kept for good: code that cuDNN compiled for a plan goes with it, and a captured graph runs it.
    """
    names = ["NONDETERMINISTIC"]
    if exact and place.dtype == "float32":
        names += ["DOWN_CONVERT_INPUTS", "REDUCED_PRECISION_REDUCTION", "TENSOR_CORE"]
    notes = [getattr(cudnn.numerical_note, name) for name in names]
    try:
        plan = described(cudnn, place, handle)
        plan.graph.deselect_numeric_notes(notes)
        plan.graph.build([cudnn.heur_mode.A, cudnn.heur_mode.FALLBACK])
        return plan, plan.graph.get_workspace_size()
    except Exception as error:  # cudnnGraphNotSupportedError and its kin have no common class
        return f"{type(error).__name__}: {error}"


@contextmanager
def constant(copies: dict[int, Any]) -> Iterator[None]:
    """Put the weights with these ids in cuDNN's order once: their copies come to stand there."""
    global _copies
    before, _copies = _copies, copies
    try:
        yield
    finally:
        _copies = before


def _ordered(xp: Any, weights: Any) -> Any:
    """(*kernel, channels, filters) as (filters, *kernel, channels)."""
    copy = _copies.get(id(weights))
    if copy is None:
        copy = _aligned(xp, xp.moveaxis(weights, -1, 0))
        if id(weights) in _copies:
            _copies[id(weights)] = copy
    return copy


def _aligned(xp: Any, array: Any) -> Any:
    """In one piece, and where cuDNN takes a tensor to begin: a slice may begin anywhere."""
    whole = xp.ascontiguousarray(array)
    return whole if whole.data.ptr % _ALIGNMENT == 0 else whole.copy()


def convolved(
    xp: Any, kind: str, arrays: tuple[Any, Any], shape: Sizes, how: dict[str, Any]
) -> Any:
    """The result of `shape`, channels last; weights come in and go out as Keras has them.

    Raises:
        Refused: cuDNN has no plan for it, or cannot be used at all.
    """
    place = geometry(kind, *arrays, shape, how)
    if place.dtype not in _TYPES or min(min(pair) for pair in place.padding) < 0:
        raise Refused(f"not for {place.dtype} or cropping padding")
    library = _library()
    if isinstance(library, str):
        raise Refused(library)
    cudnn, handle = library
    found = _plan(cudnn, handle, place, precision.current == "exact")
    if isinstance(found, str):
        raise Refused(found)
    plan, size = found
    one = _aligned(xp, arrays[0])
    other = _aligned(xp, arrays[1]) if kind == "wgrad" else _ordered(xp, arrays[1])
    out = xp.empty((shape[-1], *shape[:-1]) if kind == "wgrad" else shape, one.dtype)
    workspace = xp.empty(max(1, size), "uint8")
    cudnn.set_stream(handle=handle, stream=xp.cuda.get_current_stream().ptr)
    pointers = {plan.one: one, plan.other: other, plan.result: out}
    plan.graph.execute(
        {tensor: array.data.ptr for tensor, array in pointers.items()},
        workspace.data.ptr,
        handle=handle,
    )
    return xp.ascontiguousarray(xp.moveaxis(out, 0, -1)) if kind == "wgrad" else out
