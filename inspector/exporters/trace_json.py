"""The trace document itself, the same that `inspector run --json` writes."""

from __future__ import annotations

import json

from inspector.exporters.diagram import Diagram
from inspector.trace import Trace, to_plain


def json_text(diagram: Diagram) -> str:
    """The whole trace, not only the run shown: other tools read it."""
    return trace_text(diagram.trace)


def trace_text(trace: Trace) -> str:
    """A trace as JSON text (schema "inspector-trace/1"); strict JSON, no bare NaN."""
    return json.dumps(to_plain(trace), allow_nan=False, indent=1) + "\n"
