"""What is looked for in a run once it has ended, so that recording it stays cheap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inspector.capture import axes, numbers
from inspector.capture.numbers.places import Places
from inspector.engine import OpRecord
from inspector.trace import Run


def examined(run: Run, records: Sequence[OpRecord]) -> Run:
    """The run with its bad numbers, the meaning of its axes, and where those are mixed up."""
    if not records:
        return run
    labelled = axes.label(records, Places(run, records).passage)
    refs = (ref for call in run.calls for ref in (*call.inputs, *call.outputs))
    return replace(
        run,
        bad_values=numbers.find(run, records),
        axes=labelled.of({ref.tensor for ref in refs if ref.tensor is not None}),
        axis_conflicts=tuple(labelled.conflicts),
    )
