"""What a gradient may pass through: `stop_gradient`, `custom_gradient`, `remat`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from keras.src import tree
from keras.src.backend.common import KerasVariable

from inspector.engine.primitives import boundary
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor


def stop_gradient(variable: Any) -> Any:
    """The same value, with no way back through it."""
    return boundary.stop_gradient(convert_to_tensor(variable))


class custom_gradient:  # Keras' name
    """A function that brings its own gradient: `fun` returns its outputs and a gradient function.

    The ops inside are recorded as usual; a boundary op behind them takes the outputs and the
    arguments, and sends gradients to the arguments alone, through that function.
    """

    def __init__(self, fun: Callable[..., Any]) -> None:
        functools.update_wrapper(self, fun)
        self.fun = fun

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        outputs, rule = self.fun(*args, **kwargs)
        flat = [convert_to_tensor(output) for output in tree.flatten(outputs)]
        operands = {
            position: convert_to_tensor(argument)
            for position, argument in enumerate(args)
            if isinstance(argument, Tensor | KerasVariable)
        }
        bounded = boundary.custom_gradient(
            *flat,
            *operands.values(),
            outputs=len(flat),
            rule=functools.partial(_input_gradients, rule, tuple(operands)),
        )
        return tree.pack_sequence_as(outputs, list(bounded))


def _input_gradients(
    rule: Callable[..., Any], positions: tuple[int, ...], *upstream: Tensor
) -> list[Tensor | None]:
    """The user's gradients of the arguments that are tensors, in their order."""
    made = rule(*upstream)
    gradients = list(made) if isinstance(made, list | tuple) else [made]
    return [
        convert_to_tensor(gradients[position])
        if position < len(gradients) and gradients[position] is not None
        else None
        for position in positions
    ]


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """The same function: the record store decides by itself what it recomputes."""
    return f
