"""Exports a run as a Mermaid flowchart, which many sites draw inside a Markdown page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from inspector.api import Call, Edge, Exporter, ExportError, Run, Shape, children, hookimpl


def write_mermaid(run: Run, path: Path) -> None:
    """Write the run's calls, frames as boxes around the calls inside them.

    Raises:
        ExportError: the file cannot be written.
    """
    try:
        path.write_text("\n".join(_lines(run)) + "\n", encoding="utf-8")
    except OSError as error:
        raise ExportError(
            f"{path} could not be written: {error.strerror}.",
            fix="Choose a folder that exists and that you may write to.",
        ) from error


def _lines(run: Run) -> Iterator[str]:
    calls = {call.id: call for call in run.calls}
    names = {call_id: f"c{number}" for number, call_id in enumerate(calls)}
    inside = children(run)
    yield "flowchart TD"
    yield from _frame(None, indent="  ", calls=calls, names=names, inside=inside)
    for edge in run.edges:
        if edge.source in names and edge.target in names:
            yield f"  {names[edge.source]} -->{_edge_label(edge)} {names[edge.target]}"


def _frame(
    parent: str | None,
    *,
    indent: str,
    calls: dict[str, Call],
    names: dict[str, str],
    inside: dict[str | None, list[str]],
) -> Iterator[str]:
    for call_id in inside.get(parent, ()):
        label = _label(calls[call_id])
        if inside.get(call_id):
            yield f"{indent}subgraph {names[call_id]}[{label}]"
            deeper = indent + "  "
            yield from _frame(call_id, indent=deeper, calls=calls, names=names, inside=inside)
            yield f"{indent}end"
        else:
            yield f"{indent}{names[call_id]}[{label}]"


def _label(call: Call) -> str:
    shapes = ", ".join(_shape(output.shape) for output in call.outputs)
    return _quoted(f"{call.name} : {call.class_}" + (f" → {shapes}" if shapes else ""))


def _edge_label(edge: Edge) -> str:
    return f"|{_quoted(_shape(edge.shape))}|" if edge.shape is not None else ""


def _shape(shape: Shape | None) -> str:
    if shape is None:
        return "?"
    return "(" + ", ".join("?" if axis is None else str(axis) for axis in shape) + ")"


def _quoted(text: str) -> str:
    # Mermaid has no escape for a quote; it reads its own entity code.
    return '"' + text.replace('"', "#quot;") + '"'


@hookimpl
def register_exporters() -> list[Exporter]:
    return [Exporter("Mermaid flowchart", ".mmd", write_mermaid)]
