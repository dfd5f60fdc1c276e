"""Choosing a file for the diagram, and writing it in the format of its suffix."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import QFileDialog, QWidget

from inspector.errors import ExportError
from inspector.gui.graph.picture import write_pdf, write_png
from inspector.gui.state.viewpoint import Viewpoint
from inspector.layout.scene import Scene
from inspector.plugin_host import PluginHost

_RASTER = {".png": ("PNG picture", write_png), ".pdf": ("PDF page", write_pdf)}


def choose_and_export(
    parent: QWidget,
    viewpoint: Viewpoint,
    scene: Scene,
    expanded: frozenset[str],
    theme: Literal["light", "dark"],
    plugins: PluginHost,
) -> Path | None:
    """Ask for a file and write the visible graph; None when the user thought better of it.

    Raises:
        ExportError: the suffix is unknown or the file cannot be written.
    """
    name, _ = QFileDialog.getSaveFileName(
        parent, "Export the visible graph", _first_name(viewpoint), ";;".join(_filters(plugins))
    )
    if not name:
        return None
    return export(viewpoint, scene, expanded, Path(name), theme, plugins)


def export(
    viewpoint: Viewpoint,
    scene: Scene,
    expanded: frozenset[str],
    path: Path,
    theme: Literal["light", "dark"],
    plugins: PluginHost,
) -> Path:
    """Write the visible graph in the format of the path's suffix."""
    # The text formats are needed only when somebody exports.
    from inspector.exporters.formats import write

    if not path.suffix:
        path = path.with_suffix(".svg")
    trace, run = viewpoint.trace, viewpoint.run
    if trace is None:
        raise ExportError("There is no diagram to write.", fix="Open a file first.")
    added = {exporter.suffix.lower(): exporter for exporter in plugins.exporters()}
    if path.suffix.lower() in added:
        added[path.suffix.lower()].write(run, path)
    elif path.suffix.lower() in _RASTER:
        _RASTER[path.suffix.lower()][1](scene, run, path, theme=theme)
    else:
        write(trace, run, path, expanded=expanded, theme=theme)
    return path


def _first_name(viewpoint: Viewpoint) -> str:
    stem = Path(viewpoint.trace.file).stem if viewpoint.trace else "model"
    return f"{stem}.svg"


def _filters(plugins: PluginHost) -> list[str]:
    from inspector.exporters.formats import FORMATS

    rows = [(suffix, found.name) for suffix, found in FORMATS.items()]
    rows[1:1] = [(suffix, title) for suffix, (title, _) in _RASTER.items()]
    rows += [(exporter.suffix, exporter.name) for exporter in plugins.exporters()]
    return [f"{title} (*{suffix})" for suffix, title in rows]
