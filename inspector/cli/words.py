"""How values are written on a terminal: shapes, places, counts; control characters made visible."""

from __future__ import annotations

import math
import re
from pathlib import PurePath

from inspector.layout.outline import shape_text
from inspector.trace import Call, Run, TensorRef, naming

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def clean(text: str) -> str:
    """The text without colour codes, other control characters as escapes.

    A layer's name must not drive the terminal; Keras makes its own messages bold.
    """
    text = _COLOUR.sub("", text)
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )


def shapes_text(tensors: tuple[TensorRef, ...], most: int = 4) -> str:
    """Shapes side by side, with a count of those left out."""
    words = [shape_text(tensor.shape) for tensor in tensors[:most]]
    if len(tensors) > most:
        words.append(f"… {len(tensors) - most} more")
    return " ".join(words)


def place(file: str | None, line: int | None) -> str:
    """`file:line`, empty where it is not known."""
    if file is None:
        return ""
    name = clean(PurePath(file).name)
    return name if line is None else f"{name}:{line}"


def parameters_of(call: Call) -> int:
    """How many numbers the call's own weights hold."""
    return sum(math.prod(size or 0 for size in weight.shape) for weight in call.weights)


def number(value: float | None) -> str:
    """A value in at most six digits."""
    return "?" if value is None else f"{value:.6g}"


def run_title(run: Run) -> str:
    """`vae: training step`."""
    return clean(naming.run_title(run))
