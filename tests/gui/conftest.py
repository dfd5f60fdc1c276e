"""A window on traces made by hand, with a session that never starts a process."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inspector.app import Settings
from inspector.gui.look.theme import Appearance
from inspector.gui.start import make_window
from inspector.gui.state.recent import MemoryStore
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.window.main_window import MainWindow
from inspector.session.protocol import Command, Event, Opened, ReadTensor, Statistics, TensorRead
from inspector.trace import Run, Trace


def _load(name: str) -> ModuleType:
    """A module beside this one: with importlib mode tests are no packages."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


traces = _load("traces")


class FakeSession:
    """Keeps the commands that it is sent; answers `ReadTensor` with a ramp of numbers."""

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self.emit = on_event
        self.sent: list[Command] = []
        self.was_started = self.was_stopped = self.was_closed = False

    def start(
        self,
        python: str | Path | None = None,
        *,
        file: str | Path | None = None,
        real: bool = False,
    ) -> None:
        self.was_started, self.python, self.is_real = True, python, real

    def send(self, command: Command) -> None:
        self.sent.append(command)
        if isinstance(command, ReadTensor):
            self.emit(answer_to(command))

    def stop(self) -> None:
        self.was_stopped = True

    def close(self) -> None:
        self.was_closed = True


def answer_to(command: ReadTensor, shape: tuple[int, ...] = (32, 64)) -> TensorRead:
    """A ramp from -1 to 1 with one NaN in its statistics."""
    window = tuple(b - a for a, b in zip(command.start, command.stop, strict=True)) or shape
    values = np.linspace(-1, 1, int(np.prod(window)), dtype=np.float32)
    return TensorRead(
        command.request, command.run, command.tensor, window, "float32", window,
        Statistics(-1.0, 1.0, 0.0, 0.577, 1, 0, 2, (3, 5, 2), (-1.0, -0.3, 0.3, 1.0)),
        values.tobytes(),
    )  # fmt: skip


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    """A Python file of ninety lines."""
    path = tmp_path / "vae.py"
    path.write_text("".join(f"layer_{number} = {number}\n" for number in range(1, 91)))
    return path


@pytest.fixture
def vae(model_file: Path) -> Trace:
    """A training step of a VAE, and a run that failed."""
    return traces.vae_trace(str(model_file))


@pytest.fixture
def vae_run(model_file: Path) -> Run:
    return traces.vae_run(str(model_file))


@pytest.fixture
def failing_run(model_file: Path) -> Run:
    return traces.failing_run(str(model_file))


@pytest.fixture
def appearance(qtbot: QtBot) -> Appearance:
    return Appearance("light")


@pytest.fixture
def viewpoint(qtbot: QtBot) -> Viewpoint:
    return Viewpoint()


@pytest.fixture
def sessions() -> list[FakeSession]:
    """Every session that the window started, in order."""
    return []


@pytest.fixture
def new_session(sessions: list[FakeSession]) -> Callable[..., FakeSession]:
    """Where the window gets its sessions from."""

    def make(on_event: Callable[[Event], None]) -> FakeSession:
        sessions.append(FakeSession(on_event))
        return sessions[-1]

    return make


@pytest.fixture
def window(qtbot: QtBot, new_session: Callable[..., FakeSession]) -> Iterator[MainWindow]:
    """A shown, empty window."""
    settings = Settings(theme="light", trust=True)
    made = make_window(settings, store=MemoryStore(), sessions=new_session)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


@pytest.fixture
def vae_window(window: MainWindow, vae: Trace) -> MainWindow:
    """The window on the VAE's training step, the cursor at its start."""
    window.show_trace(vae)
    window.viewpoint.show_run(vae.runs[0])
    window.viewpoint.move_to(0)
    return window


@pytest.fixture
def live(
    window: MainWindow, sessions: list[FakeSession], model_file: Path, vae: Trace, qtbot: QtBot
) -> tuple[MainWindow, FakeSession]:
    """The window on an opened file whose session answers `Evaluate` when a test says what."""
    window.open_path(model_file)
    session = sessions[-1]
    session.emit(Opened(replace(vae, file=str(model_file))))
    qtbot.waitUntil(lambda: window.opening.state == "open")
    window.viewpoint.show_run(vae.runs[0])
    window.viewpoint.move_to(0)
    return window, session
