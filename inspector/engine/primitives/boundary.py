"""Ops that compute nothing and decide what a gradient may pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from inspector.engine.primitive import primitive
from inspector.engine.rules import same
from inspector.engine.tensor import Tensor


@primitive(shape=same, dtype=same, vjp=None)
def stop_gradient(xp: Any, x: Any) -> Any:
    """The operand itself; no gradient goes back through it."""
    return x


def _given_by_rule(
    wanted: Sequence[bool],
    g: tuple[Tensor | None, ...],
    y: tuple[Any, ...],
    *inputs: Tensor,
    outputs: int,
    rule: Callable[..., Any],
) -> list[Tensor | None]:
    # An output that nothing depends on has no gradient; the user's function expects a value.
    upstream = [given if given is not None else made * 0 for given, made in zip(g, y, strict=True)]
    return [None] * outputs + list(rule(*upstream))


@primitive(
    shape=lambda *shapes, outputs, rule: shapes[:outputs],
    dtype=lambda *dtypes, outputs, rule: dtypes[:outputs],
    vjp=_given_by_rule,
    many=True,
)
def custom_gradient(xp: Any, *arrays: Any, outputs: int, rule: Callable[..., Any]) -> Any:
    """The first `outputs` operands, unchanged; gradients go to the others, as `rule` says."""
    return arrays[:outputs]
