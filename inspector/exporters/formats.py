"""The table of formats that are text, and the one function that writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from inspector.errors import ExportError, LayoutError
from inspector.exporters.diagram import Diagram
from inspector.exporters.dot import dot_text
from inspector.exporters.graphml import graphml_text
from inspector.exporters.html import html_text
from inspector.exporters.palette import ThemeName
from inspector.exporters.replacing import replace_file
from inspector.exporters.svg import svg_text
from inspector.exporters.trace_json import json_text
from inspector.layout.engine import Direction
from inspector.layout.scene import LayoutOptions, build_scene, default_expanded
from inspector.trace import Run, Trace


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A built-in format: its name for people and the function that makes its text."""

    name: str
    text: Callable[[Diagram], str]


FORMATS: Mapping[str, TextFormat] = MappingProxyType(
    {
        ".svg": TextFormat("SVG picture", svg_text),
        ".html": TextFormat("Web page with the diagram", html_text),
        ".dot": TextFormat("Graphviz DOT", dot_text),
        ".graphml": TextFormat("GraphML", graphml_text),
        ".json": TextFormat("The whole trace as JSON", json_text),
    }
)


def write(
    trace: Trace,
    run: Run,
    path: Path,
    *,
    expanded: frozenset[str] | None = None,
    theme: ThemeName = "light",
    direction: Direction = "top-down",
) -> None:
    """Write one run's diagram in the format of the path's suffix, whole or not at all.

    Args:
        expanded: ids of the groups shown open; None opens what the window opens first.

    Raises:
        ExportError: the suffix is unknown or the file cannot be written.
    """
    path = Path(path)
    format_ = FORMATS.get(path.suffix.lower())
    if format_ is None:
        raise ExportError(
            f"{path.name}: {path.suffix or 'no suffix'} is not a diagram format.",
            fix=f"Use one of {', '.join(FORMATS)}.",
        )
    shown = default_expanded(run) if expanded is None else expanded
    try:
        scene = build_scene(run, shown, LayoutOptions(direction=direction))
    except LayoutError as error:
        raise ExportError(error.message, fix=error.fix) from error
    diagram = Diagram(trace, run, scene, theme)
    replace_file(path, format_.text(diagram).encode("utf-8", "surrogateescape"))
