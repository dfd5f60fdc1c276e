"""What every test starts from: no display, no user settings, one BLAS thread, no plugins found."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

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
