"""What fused gradient ops have for a vjp rule.

A primitive without a vjp rule is a constant to autodiff; a fused gradient op is not one. Either it
is written out in plain primitives when its gradient is asked for (`WrittenOut`), or asking fails by
name (`NotOffered`): never a silent zero.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, NoReturn

from inspector.errors import GradientError


@dataclass(frozen=True)
class WrittenOut:
    """A vjp rule that goes back through the op of that name in `compositions`."""

    name: str

    def __call__(self, wanted: Any, g: Any, y: Any, *inputs: Any, **constants: Any) -> Any:
        """The gradients to all inputs; masks have none."""
        # Compositions are made of primitives, and those are made with this module.
        compositions = importlib.import_module("inspector.engine.compositions")
        function = getattr(compositions, self.name)
        return compositions.gradients_of(
            lambda *own: function(*own, **constants), inputs, g if isinstance(g, tuple) else (g,)
        )


@dataclass(frozen=True)
class NotOffered:
    """A vjp rule that refuses, by name.

    A class, so that the walk over the registry can tell a refusal from a rule it must check.
    """

    name: str

    def __call__(self, wanted: Any, g: Any, y: Any, *inputs: Any, **constants: Any) -> NoReturn:
        """Raise GradientError naming the op."""
        raise GradientError(
            f"The gradient of {self.name}, itself a gradient, was asked for; it has no rule.",
            fix="Write the function with plain operations where its second derivative is needed.",
        )
