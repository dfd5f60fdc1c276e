"""All that a plugin may import, and nothing heavy: no Keras, no Qt, no engine."""

from inspector.checks import Check, Finding, Severity
from inspector.errors import ExportError, InspectorError
from inspector.hookspecs import Exporter, hookimpl
from inspector.trace import (
    Call,
    Edge,
    Failure,
    Loss,
    Mask,
    MaskEvent,
    Model,
    Op,
    Replacement,
    Run,
    Shape,
    TensorRef,
    Trace,
    Update,
    Weight,
    call_graph,
    children,
    from_plain,
    to_plain,
)
from inspector.trace.numbers import BadValue

__all__ = [
    "BadValue",
    "Call",
    "Check",
    "Edge",
    "ExportError",
    "Exporter",
    "Failure",
    "Finding",
    "InspectorError",
    "Loss",
    "Mask",
    "MaskEvent",
    "Model",
    "Op",
    "Replacement",
    "Run",
    "Severity",
    "Shape",
    "TensorRef",
    "Trace",
    "Update",
    "Weight",
    "call_graph",
    "children",
    "from_plain",
    "hookimpl",
    "to_plain",
]
