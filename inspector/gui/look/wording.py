"""How values are written for people: shapes, counts, times, places."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from inspector.trace import Call, Run, Shape, Weight


def shape_text(shape: Shape | None, axes: tuple[str, ...] = ()) -> str:
    """A shape with a cross between sizes; unknown axes are "?".

    axes: what they mean; the batch is then written in the place of its size.

    >>> shape_text((None, 28, 3)), shape_text(()), shape_text(None)
    ('? × 28 × 3', 'scalar', 'unknown')
    >>> shape_text((8, 28), ("batch", "units"))
    'batch × 28'
    """
    if shape is None:
        return "unknown"
    if not shape:
        return "scalar"
    sizes = ["?" if size is None else str(size) for size in shape]
    if len(axes) == len(sizes):
        sizes = [axis if "batch" in axis else size for axis, size in zip(axes, sizes, strict=True)]
    return " × ".join(sizes)


def number_text(value: float | None, digits: int = 6) -> str:
    """A number in at most nine characters.

    >>> number_text(0.12345678), number_text(1234567.0), number_text(None)
    ('0.123457', '1.235e+06', '–')
    """
    if value is None:
        return "–"
    if value != 0 and math.isfinite(value) and (abs(value) >= 1e6 or abs(value) < 1e-4):
        return f"{value:.3e}"
    return f"{value:.{digits}g}"


def time_text(seconds: float) -> str:
    """A duration with a unit that suits it.

    >>> time_text(0.0000042), time_text(0.0042), time_text(4.2)
    ('4.2 µs', '4.2 ms', '4.2 s')
    """
    for factor, unit in ((1e6, "µs"), (1e3, "ms")):
        if seconds * factor < 1000:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"


def place_text(file: str | None, line: int | None) -> str:
    """File name and line."""
    if not file:
        return ""
    return Path(file).name if line is None else f"{Path(file).name}:{line}"


def outputs_text(call: Call, axes_of: Callable[[int], tuple[str, ...]] = lambda _: ()) -> str:
    """The shapes that a call gives; `axes_of` says what the axes of a tensor mean."""
    return ", ".join(
        shape_text(output.shape, () if output.tensor is None else axes_of(output.tensor))
        for output in call.outputs
    )


def weight_name(weight: Weight) -> str:
    """The last part of a weight's path, as Keras' own layers name it."""
    return weight.name.rpartition("/")[2]


def mask_numbers(run: Run) -> dict[int, int]:
    """The place of each mask among those of its run: ids are the worker's and say nothing."""
    return {mask.id: number for number, mask in enumerate(run.masks, 1)}
