"""What stands where a gradient of a gradient is not offered.

A primitive without a vjp rule is a constant to autodiff; a fused backward op is not one. It gets
this rule, so that asking for a second derivative fails by name and never gives a silent zero.
"""

from __future__ import annotations

from typing import Any, NoReturn

from inspector.errors import GradientError


def not_offered(name: str) -> Any:
    """A vjp rule that raises GradientError naming the op."""

    def vjp(wanted: Any, g: Any, y: Any, *inputs: Any, **constants: Any) -> NoReturn:
        raise GradientError(
            f"The gradient of {name}, itself a gradient, was asked for; it has no rule.",
            fix="Write the function with plain operations where its second derivative is needed.",
        )

    return vjp
