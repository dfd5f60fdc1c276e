"""Loops and branches: run as plain Python, so every turn is on the tape and can be stepped."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from keras.src import tree

from inspector.engine.primitives import choice, joining, shaping
from inspector.engine.rules import normalize_axis
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor


def _is_meta(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_meta


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """The taken branch's result; of a symbolic condition, the true branch's.

    Both branches must give the same shapes, so either tells what comes out.
    """
    return true_fn() if _is_meta(pred) or pred else false_fn()


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    if _is_meta(index):
        return branches[0](*operands)
    chosen = min(max(int(convert_to_tensor(index)), 0), len(branches) - 1)
    return branches[chosen](*operands)


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """Run `body` while `cond` holds; where the condition is symbolic, once.

    The loop's variables keep their shapes, so one turn tells them.
    """
    packed = isinstance(loop_vars, tuple | list)
    state = tuple(loop_vars) if packed else (loop_vars,)
    state = tree.map_structure(convert_to_tensor, state)
    turns = 0
    while maximum_iterations is None or turns < maximum_iterations:
        go_on = cond(*state)
        if not _is_meta(go_on) and not go_on:
            break
        made = body(*state)
        state = tuple(made) if isinstance(made, list | tuple) else (made,)
        turns += 1
        if _is_meta(go_on):
            break
    return state if packed else state[0]


def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    value = init_val
    for index in range(int(lower), int(upper)):
        value = body_fun(index, value)
    return value


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """`f` over the first axis of `xs`, results stacked."""
    return scan(lambda carry, x: (carry, f(x)), (), xs)[1]


def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: Any = 1,
) -> tuple[Any, Any]:
    """Carry a state along the first axis of `xs` and stack what `f` gives at each step.

    Raises:
        TypeError: `f` cannot be called.
        ValueError: neither `xs` nor `length` says how many steps there are.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ValueError(
            f"`unroll` must be an positive integer or boolean. Received: unroll={unroll}"
        )
    if xs is None and length is None:
        raise ValueError("Got no `xs` to scan over and `length` not provided.")
    carry = tree.map_structure(convert_to_tensor, init)
    sequences = None if xs is None else tree.map_structure(convert_to_tensor, xs)
    count = int(length) if length is not None else tree.flatten(sequences)[0].shape[0]
    order = range(count - 1, -1, -1) if reverse else range(count)
    gathered = []
    for index in order:
        here = None if xs is None else tree.map_structure(lambda x, i=index: x[i], sequences)
        carry, made = f(carry, here)
        # A step that gives nothing still counts: JAX fills its place with zeros of the carry.
        gathered.append(made if made is not None else tree.map_structure(_zeros_like, carry))
    if reverse:
        gathered.reverse()
    return carry, tree.map_structure(_stacked, *gathered)


def _stacked(*items: Any) -> Any:
    return joining.stack(*[convert_to_tensor(item) for item in items], axis=0)


def _zeros_like(x: Any) -> Any:
    return choice.full_like(convert_to_tensor(x), value=0)


def associative_scan(
    f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0
) -> Any:
    """All prefixes of `elems` combined by `f`, in a logarithmic number of calls of `f`.

    Raises:
        TypeError: `f` cannot be called.
        ValueError: the elements' lengths along `axis` differ.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    flat = [convert_to_tensor(item) for item in tree.flatten(elems)]
    lengths = {item.shape[axis] for item in flat}
    if len(lengths) != 1:
        raise ValueError(
            "Array inputs to associative_scan must have the same first dimension. "
            f"(saw: {[item.shape for item in flat]})"
        )

    def combine(first: list[Any], second: list[Any]) -> list[Any]:
        both = f(tree.pack_sequence_as(elems, first), tree.pack_sequence_as(elems, second))
        combined: list[Any] = tree.flatten(both)
        return combined

    if reverse:
        flat = [shaping.flip(item, axis=(axis % item.ndim,)) for item in flat]
    scanned = _prefixes(flat, combine, lengths.pop(), axis)
    if reverse:
        scanned = [shaping.flip(item, axis=(axis % item.ndim,)) for item in scanned]
    return tree.pack_sequence_as(elems, scanned)


def _prefixes(
    items: list[Any], combine: Callable[[list[Any], list[Any]], list[Any]], length: int, axis: int
) -> list[Any]:
    """Doubling (Hillis and Steele): after step d each place holds the last 2d elements combined."""

    def part(item: Any, start: int, stop: int) -> Any:
        where = [builtins.slice(None)] * item.ndim
        where[axis] = builtins.slice(start, stop)
        return item[tuple(where)]

    distance = 1
    while distance < length:
        combined = combine(
            [part(item, 0, length - distance) for item in items],
            [part(item, distance, length) for item in items],
        )
        items = [
            joining.concatenate(part(item, 0, distance), new, axis=axis % item.ndim)
            for item, new in zip(items, combined, strict=True)
        ]
        distance *= 2
    return items


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """`function` on each element of the first axis, results stacked."""
    flat = tree.flatten(elements)
    count = convert_to_tensor(flat[0]).shape[0]
    tensors = tree.map_structure(convert_to_tensor, elements)
    results = [
        function(tree.map_structure(lambda x, i=index: x[i], tensors)) for index in range(count)
    ]
    return tree.map_structure(_stacked, *results)


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    tensor = convert_to_tensor(x)
    place = normalize_axis(axis, tensor.ndim)
    count = num if num is not None else tensor.shape[place]
    return list(joining.unstack(tensor, axis=place, count=count))
