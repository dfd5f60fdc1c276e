"""A Python function of single elements (or of small cores), over whole tensors."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from inspector.engine.primitives import joining, shaping
from inspector.engine.rules import Shape, broadcast
from inspector.engine.tensor import Tensor
from inspector.keras_backend.ops.numpy.prepare import tensor


def vectorize(
    pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None
) -> Callable[..., Any]:
    """The function over all elements of its broadcast arguments, results stacked.

    excluded:  numbers and names of arguments that are passed on as they are.
    signature: "(n,m),(m)->(n)": how many last axes of each argument one call gets.
    Cost: one call of the function per element.
    """
    kept = frozenset(excluded or ())

    @functools.wraps(pyfunc)
    def over_all(*args: Any, **kwargs: Any) -> Any:
        names: list[Any] = [i for i in range(len(args)) if i not in kept]
        names += [name for name in kwargs if name not in kept]
        given = [args[name] if isinstance(name, int) else kwargs[name] for name in names]
        tensors = [tensor(value) for value in given]
        outer, spread = _spread(tensors, _core_ranks(signature, len(tensors)))

        def one(place: tuple[int, ...]) -> Any:
            picked = dict(zip(names, [t[place] if place else t for t in spread], strict=True))
            positional = [picked.get(i, value) for i, value in enumerate(args)]
            return pyfunc(*positional, **{k: picked.get(k, v) for k, v in kwargs.items()})

        return _gathered([one(place) for place in np.ndindex(outer)], outer)

    return over_all


def _core_ranks(signature: str | None, count: int) -> list[int]:
    """How many axes of each argument belong to one call."""
    if signature is None:
        return [0] * count
    terms = signature.replace(" ", "").partition("->")[0].strip("()").split("),(")
    if len(terms) != count:
        raise ValueError(f"`signature` {signature!r} names {len(terms)} arguments, not {count}")
    return [len([name for name in term.split(",") if name]) for term in terms]


def _spread(tensors: Sequence[Tensor], ranks: Sequence[int]) -> tuple[Shape, list[Tensor]]:
    """The shape of all calls, and each argument repeated to it."""
    cuts = [t.ndim - rank for t, rank in zip(tensors, ranks, strict=True)]
    outer = broadcast(*[t.shape[:cut] for t, cut in zip(tensors, cuts, strict=True)], ())
    return outer, [
        t if t.shape[:cut] == outer else _repeated(t, cut, outer)
        for t, cut in zip(tensors, cuts, strict=True)
    ]


def _repeated(t: Tensor, cut: int, outer: Shape) -> Tensor:
    ones = (1,) * (len(outer) - cut)
    widened = shaping.reshape(t, shape=(*ones, *t.shape))
    found: Tensor = shaping.broadcast_to(widened, shape=(*outer, *t.shape[cut:]))
    return found


def _gathered(results: Sequence[Any], outer: Shape) -> Any:
    first = results[0]
    if isinstance(first, list | tuple):
        return tuple(_gathered(column, outer) for column in zip(*results, strict=True))
    tensors = [tensor(result) for result in results]
    if not outer:
        return tensors[0]
    stacked = joining.stack(*tensors, axis=0)
    return shaping.reshape(stacked, shape=(*outer, *tensors[0].shape))
