"""A picture of the real window, off-screen, after it opened a file through a real worker."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import (
    QEventLoop,
    QMessageLogContext,
    Qt,
    QTimer,
    QtMsgType,
    SignalInstance,
    qInstallMessageHandler,
)

from inspector.app import Settings
from inspector.errors import ExportError, OpenError, UsageError
from inspector.gui.state.opening import Problem
from inspector.gui.state.recent import MemoryStore
from inspector.gui.state.viewpoint import telling_position
from inspector.gui.window.main_window import MainWindow
from inspector.session.client import OpenResult
from inspector.trace import OpenFailure, Trace

DEFAULT_SIZE = (1480, 920)
_OPEN_MS, _SETTLE_MS = 120_000, 5_000


def render(
    source: Path | Trace,
    out: Path,
    settings: Settings | None = None,
    *,
    size: tuple[int, int] = DEFAULT_SIZE,
    step: int | None = None,
    run: int | None = None,
) -> OpenResult:
    """Open a file (or show a trace) in the window and save what it looks like.

    Args:
        step: position of the cursor; None takes the failure, else the last call.
        run: place of the run among the file's runs; None takes the most telling one.

    Raises:
        OpenError: the file did not open in two minutes.
        UsageError: there is no such run or no such step.
        ExportError: the picture cannot be written.
    """
    if not os.environ.get("INSPECTOR_SCREENSHOT_ON_SCREEN"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from inspector.gui.start import make_window

    # Whoever asks for a picture of a file has named it, and nobody is there to be asked.
    settings = replace(settings or Settings(theme="light"), trust=True)
    before = qInstallMessageHandler(_tell_what_matters)
    window = make_window(settings, store=MemoryStore())
    window.plugins.discover()
    window.resize(*size)
    window.show()
    try:
        problems: list[Problem] = []
        window.opening.problem_found.connect(problems.append)
        _load(window, source, settings)
        _go_to(window, run, step)
        _settle(window)
        if not window.grab().save(str(out), "PNG"):
            raise ExportError(
                f"{out}: the picture cannot be written.",
                fix="Choose a folder in which you may write.",
            )
        return _result(window, problems)
    finally:
        window.close()
        window.deleteLater()
        qInstallMessageHandler(before)


def _tell_what_matters(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    # The off-screen platform says this at every window; nobody can do anything about it.
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


def _load(window: MainWindow, source: Path | Trace, settings: Settings) -> None:
    if isinstance(source, Trace):
        window.show_trace(source)
        return
    window.open_path(source, weights=settings.weights, allow_code=settings.allow_code)
    if not wait_until(
        lambda: window.opening.state in ("open", "lost"), window.opening.state_changed, _OPEN_MS
    ):
        raise OpenError(
            f"{source.name} was not open after {_OPEN_MS // 1000} seconds.",
            fix="Open it in the window, where Stop keeps what was recorded so far.",
        )


def _go_to(window: MainWindow, run: int | None, step: int | None) -> None:
    runs = window.viewpoint.runs
    if run is not None:
        if not 0 <= run < len(runs):
            raise UsageError(
                f"There is no run {run + 1}; there are {len(runs)}.",
                fix="`inspector run` numbers them.",
            )
        window.viewpoint.show_run(runs[run])
    steps = window.viewpoint.steps
    if step is None:
        window.viewpoint.move_to(telling_position(steps))
    elif 0 <= step < len(steps):
        window.viewpoint.move_to(step)
    else:
        raise UsageError(
            f"There is no step {step + 1}; this run has {len(steps)}.",
            fix=f"Use a step from 1 to {len(steps)}, or none." if len(steps) else "Name no step.",
        )


def _result(window: MainWindow, problems: list[Problem]) -> OpenResult:
    """What was opened, and what went wrong with it, as opening without a window gives it."""
    trace = window.viewpoint.trace or Trace(str(window.opening.path), window.opening.engine)
    if trace.failure is None and problems:
        first = problems[0]
        failure = OpenFailure("open", first.title, first.message, first.fix)
        trace = replace(trace, failure=failure)
    return OpenResult(trace)


def _settle(window: MainWindow) -> None:
    """Let the layout and the values of the cursor arrive."""
    view = window.parts.values.view
    wait_until(lambda: not view.is_waiting, window.tensors.arrived, _SETTLE_MS)
    graph = window.parts.graph
    wait_until(lambda: not graph.is_waiting, graph.scene_changed, _SETTLE_MS)
    _turn(150)


def wait_until(is_done: Callable[[], bool], signal: SignalInstance, limit_ms: int) -> bool:
    """Turn the event loop until a condition holds, looked at whenever a signal comes."""
    if is_done():
        return True
    loop = QEventLoop()
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(loop.quit)

    def look(*_: object) -> None:
        if is_done():
            loop.quit()

    # Queued: the window's own slots for the signal run first.
    signal.connect(look, Qt.ConnectionType.QueuedConnection)
    timer.start(limit_ms)
    loop.exec()
    signal.disconnect(look)
    return is_done()


def _turn(milliseconds: int) -> None:
    """Paint what is waiting to be painted."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
