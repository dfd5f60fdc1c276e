"""Reading and writing at index tuples: the last axis of `indices` names a place in the tensor."""

from __future__ import annotations

from typing import Any

from inspector.engine.primitive import each, primitive
from inspector.engine.rules import Shape, same


def _places(xp: Any, indices: Any) -> tuple[Any, ...]:
    return tuple(indices[..., axis] for axis in range(indices.shape[-1]))


def _picked(shape: Shape, places: Shape) -> Shape:
    return (*places[:-1], *shape[places[-1] :])


def _scattered_back(g: Any, y: Any, x: Any, indices: Any) -> Any:
    return scatter(indices, g, shape=x.shape)


@primitive(
    shape=_picked,
    dtype=same,
    vjp=each(_scattered_back, None),
)
def gather_nd(xp: Any, x: Any, indices: Any) -> Any:
    return x[_places(xp, indices)]


@primitive(
    shape=lambda indices, values, *, shape: shape,
    dtype=lambda indices, values, *, shape: values,
    vjp=each(None, lambda g, y, indices, values, shape: gather_nd(g, indices)),
)
def scatter(xp: Any, indices: Any, values: Any, shape: Shape) -> Any:
    """Zeros with the values added: places named twice get both."""
    made = xp.zeros(shape, values.dtype)
    xp.add.at(made, _places(xp, indices), values)
    return made


_REDUCTIONS = {"add": "add", "max": "maximum", "min": "minimum", "mul": "multiply"}


def _input_gradient(
    g: Any, y: Any, x: Any, indices: Any, updates: Any, *, reduction: str | None
) -> Any:
    if reduction == "add":
        return g
    if reduction is None:
        return scatter_update(g, indices, updates * 0, reduction=None)
    if reduction == "mul":
        return scatter_update(g, indices, updates, reduction="mul")
    return g * equal_to(x, y)


def _update_gradient(
    g: Any, y: Any, x: Any, indices: Any, updates: Any, *, reduction: str | None
) -> Any:
    picked: Any = gather_nd(g, indices)
    if reduction in (None, "add"):
        return picked
    if reduction == "mul":
        product: Any = gather_nd(g * y, indices)
        return product / updates
    return picked * equal_to(gather_nd(y, indices), updates)


@primitive(shape=same, dtype=same, elementwise=True)
def equal_to(xp: Any, a: Any, b: Any) -> Any:
    """1 where the operands are equal, else 0, in their own dtype: a mask to multiply with."""
    return (a == b).astype(a.dtype)


@primitive(shape=same, dtype=same, vjp=each(_input_gradient, None, _update_gradient))
def scatter_update(xp: Any, x: Any, indices: Any, updates: Any, reduction: str | None) -> Any:
    made = x.copy()
    places = _places(xp, indices)
    if reduction is None:
        made[places] = updates
    else:
        getattr(xp, _REDUCTIONS[reduction]).at(made, places, updates)
    return made


def _window(start: tuple[int, ...], part: Shape) -> tuple[slice, ...]:
    return tuple(slice(s, s + size) for s, size in zip(start, part, strict=True))


def _outside_part(g: Any, y: Any, x: Any, part: Any, start: tuple[int, ...]) -> Any:
    return slice_update(g, part * 0, start=start)


def _inside_part(g: Any, y: Any, x: Any, part: Any, start: tuple[int, ...]) -> Any:
    return window(g, start=start, size=part.shape)


def _put_back(g: Any, y: Any, x: Any, start: tuple[int, ...], size: Shape) -> Any:
    return pasted(g, start=start, shape=x.shape)


@primitive(
    shape=same,
    dtype=same,
    vjp=each(_outside_part, _inside_part),
)
def slice_update(xp: Any, x: Any, part: Any, start: tuple[int, ...]) -> Any:
    made = x.copy()
    made[_window(start, part.shape)] = part
    return made


@primitive(
    shape=lambda shape, *, start, size: size,
    dtype=same,
    vjp=each(_put_back),
)
def window(xp: Any, x: Any, start: tuple[int, ...], size: Shape) -> Any:
    """The part of `size` that begins at `start`."""
    return x[_window(start, size)]


@primitive(
    shape=lambda part, *, start, shape: shape,
    dtype=same,
    vjp=each(lambda g, y, part, start, shape: window(g, start=start, size=part.shape)),
)
def pasted(xp: Any, part: Any, start: tuple[int, ...], shape: Shape) -> Any:
    """Zeros of `shape` with `part` put in at `start`."""
    made = xp.zeros(shape, part.dtype)
    made[_window(start, part.shape)] = part
    return made
