"""A saved trace, the command in a process of its own, and the runs made by hand.

The folder of tests/layout/handmade_runs.py is put on the import path.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.exporters.trace_json import trace_text
from inspector.trace import Engine, Trace

sys.path.insert(0, str(Path(__file__).parents[1] / "layout"))


@pytest.fixture
def saved(tmp_path):
    """A trace in a file, as `inspector run --json` writes it."""
    from handmade_runs import nested

    path = tmp_path / "saved.json"
    path.write_text(trace_text(Trace("model.py", Engine("numpy", "cpu", "-"), runs=(nested(),))))
    return path


@pytest.fixture
def inspector(tmp_path):
    """`inspector("run", FILE)` in a process of its own, in an empty folder."""

    def call(*words):
        return subprocess.run(
            [sys.executable, "-m", "inspector", *map(str, words)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return call
