"""What fused gradient ops have for a vjp rule.

A primitive without a vjp rule is a constant to autodiff; a fused gradient op is not one. It is
written out in plain primitives when its gradient is asked for: never a silent zero.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any


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
