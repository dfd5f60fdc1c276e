"""A run to a file: SVG, HTML, DOT, GraphML and JSON, written as text without Qt.

    write(trace, run, Path("vae.svg"), expanded=frozenset({"vae#0"}), theme="dark")

Pictures in PNG and PDF are painted by the window's own code (`inspector.gui.graph.picture`), and
plugins add formats (`hookspecs.register_exporters`); the command line knows all three.
"""

from inspector.exporters.formats import FORMATS, TextFormat, write
from inspector.exporters.replacing import replace_by, replace_file

__all__ = ["FORMATS", "TextFormat", "replace_by", "replace_file", "write"]
