"""What every test starts from: no display, no user settings, one BLAS thread, no plugins found."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import textwrap
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from inspector.trace import Run

ROOT = Path(__file__).resolve().parents[1]


def _isolate() -> None:
    """Before Qt, NumPy or Keras is imported: they read these once."""
    scratch = tempfile.mkdtemp(prefix="inspector-tests-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
    # Without a fixed font scale the same window has another size on another machine.
    os.environ["QT_SCALE_FACTOR"] = "1"
    os.environ["KERAS_HOME"] = os.path.join(scratch, "keras")
    for kind in ("CONFIG", "CACHE", "DATA", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = os.path.join(scratch, kind.lower())
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "KERAS_BACKEND", "INSPECTOR_TRACE_PLUGINS"):
        os.environ.pop(name, None)


_isolate()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `gpu` runs where CuPy really works, and else says why it did not."""
    if item.get_closest_marker("gpu") is not None:
        from inspector.engine.array_module import probe

        works, reason = probe()
        if not works:
            pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Path]:
    """`sample("vae")` is the path of that sample model."""
    return lambda name: ROOT / "sample_models" / f"{name}.py"


PREAMBLE = "import numpy as np\nimport keras\nfrom keras import layers, ops\n"


@dataclass
class Scene:
    """What a piece of user code left behind."""

    file: str
    source: str
    recorder: Any
    error: BaseException | None

    @property
    def trace(self) -> Any:
        """All of it as one trace."""
        from inspector.trace import Engine, Trace

        engine = Engine("numpy", "cpu", "test")
        self.recorder.examine()
        models, runs = self.recorder.models(), self.recorder.runs()
        return Trace(file=self.file, engine=engine, models=models, runs=runs)

    def run(self, kind: str, index: int = 0) -> Run:
        """The index-th run of a kind."""
        return [run for run in self.recorder.runs() if run.kind == kind][index]

    def line(self, text: str) -> int:
        """The number of the only line that holds `text`."""
        (found,) = [i for i, line in enumerate(self.source.splitlines(), 1) if text in line]
        return found


@pytest.fixture
def watch(tmp_path: Path) -> Callable[..., Scene]:
    """`watch(source)` runs user code under a recorder; an exception of its is kept.

    preamble: imports put before the source, which move its lines.
    """
    from inspector.keras_backend import hook

    hook.install("numpy")
    import keras

    from inspector.capture import Recorder

    def run(source: str, preamble: str = PREAMBLE, **options: Any) -> Scene:
        text = preamble + textwrap.dedent(source)
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
            recorder.script_failed(caught)
        finally:
            recorder.settle()
            recorder.uninstall()
        return Scene(str(path), text, recorder, error)

    return run
