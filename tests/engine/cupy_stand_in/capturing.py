"""What the stand-in's device did while a stream was captured, to be done again by a launch.

Every function that stands for work of the device is marked `on_device`. While something is
captured, a call of it is kept; done again, it reads what its operands hold by then, and its
results go to where they went: the addresses of a CUDA graph.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


class CaptureFault(RuntimeError):
    """What CUDA forbids while a stream is captured."""


class Capture:
    """Calls to do again, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], Any]] = []

    def repeat(self) -> None:
        for function, args, options, made in self.calls:
            _overwrite(made, function(*args, **options))


# None while nothing is captured; `_depth`: within a call that is kept as a whole.
now: Capture | None = None
_depth = 0


def forbid(what: str) -> None:
    """Raise while a stream is captured."""
    if now is not None:
        raise CaptureFault(f"cudaErrorStreamCaptureUnsupported: {what}")


def on_device(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function as work of the device."""

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        global _depth
        if now is None or _depth:
            return function(*args, **options)
        _depth += 1
        try:
            made = function(*args, **options)
        finally:
            _depth -= 1
        now.calls.append((function, args, options, made))
        return made

    return called


def _overwrite(old: Any, new: Any) -> None:
    if isinstance(old, tuple | list):
        for one, other in zip(old, new, strict=True):
            _overwrite(one, other)
    elif hasattr(old, "_held") and old is not new and old._held.flags.writeable:
        # (NumPy's views of what was broadcast are not: they show their operand anyway.)
        old._held[...] = new._held
