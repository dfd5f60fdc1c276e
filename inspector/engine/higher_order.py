"""What stands where a gradient of a gradient is not offered.

A primitive without a vjp rule is a constant to autodiff; a fused backward op is not one. It gets
this rule, so that asking for a second derivative fails by name and never gives a silent zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from inspector.errors import GradientError


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
