"""What `inspector run --name-batch` adds: shapes with "batch" in the place of its size."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.cli.words import clean
from inspector.layout.outline import shape_text
from inspector.trace import Run, TensorRef, Trace


def print_axes(trace: Trace, model: str | None = None) -> None:
    """Print, for each run whose axes are named, every call with its shapes."""
    for position, run in enumerate(trace.runs, start=1):
        if run.kind != "build" and run.axes and model in (None, run.model):
            print(f"\nbatch axes of run {position}")
            for line in _lines(run):
                print(f"  {line}")


def _lines(run: Run) -> Iterator[str]:
    names = {axes.tensor: axes.labels for axes in run.axes}
    for call in run.calls:
        sides = (call.inputs, call.outputs)
        given, made = (" ".join(_words(tensor, names) for tensor in side) for side in sides)
        yield f"{'  ' * call.depth}{clean(call.name)}  {given} → {made}"


def _words(tensor: TensorRef, names: dict[int, tuple[str, ...]]) -> str:
    labels = names.get(tensor.tensor if tensor.tensor is not None else -1)
    if tensor.shape is None or labels is None or len(labels) != len(tensor.shape):
        return shape_text(tensor.shape)
    sizes = [
        label if "batch" in label else str(size)
        for label, size in zip(labels, tensor.shape, strict=True)
    ]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
