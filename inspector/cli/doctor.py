"""`inspector doctor`: which engine would be used and why, and every version that matters."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from inspector import __version__
from inspector.cli.display import no_display_reason
from inspector.session.confinement import offered
from inspector.session.settings import settings_from

_PACKAGES = (
    "keras",
    "numpy",
    "scipy",
    "networkx",
    "graphlay",
    "PySide6-Essentials",
    "pyqtgraph",
    "msgpack",
    "pluggy",
    "cupy-cuda13x",
    "cupy-cuda12x",
)
# Qt bindings that are known to crash, with the reason (facts of the window's authors).
_BAD_QT = {"6.12.0": "aborts on Python 3.11 (none_dealloc); install PySide6-Essentials<6.12"}


def run(options: argparse.Namespace) -> int:
    """Print the facts; 1 when the engine that was asked for cannot be used."""
    rows = [
        ("inspector", __version__),
        ("python", f"{platform.python_version()} ({sys.executable})"),
        ("system", platform.platform()),
        *((name, _version(name)) for name in _PACKAGES),
        ("display", f"none: {reason}" if (reason := no_display_reason()) else "yes"),
    ]
    for name, value in rows:
        print(f"{name:<20} {value}")
    qt = _version("PySide6-Essentials")
    if qt in _BAD_QT:
        print(f"{'warning':<20} PySide6 {qt} {_BAD_QT[qt]}")
    print(f"{'protection':<20} {offered(settings_from())}")
    # Loaded only now: the probe may import CuPy.
    array_module = importlib.import_module("inspector.engine.array_module")
    choice = array_module.use(options.engine)
    print(f"{'engine':<20} {choice.name} on {choice.device}")
    print(f"{'reason':<20} {choice.reason}")
    record = importlib.import_module("inspector.engine.gpu_record")
    print(f"{'GPU code':<20} {record.verdict().text}")
    return 0


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
