"""Scenes for the recorder: a piece of user code in a file of its own, run while it is watched."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inspector.trace import Call, Run

PREAMBLE = "import numpy as np\nimport keras\nfrom keras import layers, ops\n"


@dataclass
class Scene:
    """What a piece of user code left behind."""

    file: str
    source: str
    recorder: Any
    error: BaseException | None

    def run(self, kind: str, index: int = 0) -> Run:
        """The index-th run of a kind."""
        return [run for run in self.recorder.runs() if run.kind == kind][index]

    def line(self, text: str) -> int:
        """The number of the only line that holds `text`."""
        (found,) = [i for i, line in enumerate(self.source.splitlines(), 1) if text in line]
        return found


def call(run: Run, name: str) -> Call:
    """The first call of the layer called `name`."""
    return next(call for call in run.calls if call.name == name)


@pytest.fixture
def watch(tmp_path: Path) -> Callable[..., Scene]:
    """`watch(source)` runs user code under a recorder; an exception of its is kept."""
    from inspector.keras_backend import hook

    hook.install("numpy")
    import keras

    from inspector.capture import Recorder

    def run(source: str, **options: Any) -> Scene:
        text = PREAMBLE + textwrap.dedent(source)
        path = tmp_path / "user_model.py"
        path.write_text(text)
        keras.utils.clear_session()
        keras.utils.set_random_seed(0)
        recorder = Recorder(
            lambda file: file == str(path), lambda run, ended: None, lambda i, m: None, **options
        )
        recorder.install()
        error = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the user's, from Keras
                exec(compile(text, str(path), "exec"), {"__name__": "__main__"})
        except Exception as caught:  # kept for the test to look at
            error = caught
        finally:
            recorder.settle()
            recorder.uninstall()
        return Scene(str(path), text, recorder, error)

    return run
