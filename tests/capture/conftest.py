"""What the tests of the recorder share; the scenes are in the conftest above."""

from __future__ import annotations

from inspector.trace import Call, Run


def call(run: Run, name: str) -> Call:
    """The first call of the layer called `name`."""
    return next(call for call in run.calls if call.name == name)
