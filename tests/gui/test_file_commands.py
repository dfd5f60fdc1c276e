"""Opening other files than scripts in the window: saved models, notebooks, folders, weights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from inspector.gui.window.main_window import MainWindow
from inspector.session.protocol import (
    ApplyWeights,
    Failed,
    Opened,
    OpenFile,
    RunUpdated,
    SourceFound,
)
from inspector.trace import Source, Trace

CONFIG = Source("m.keras config", '{\n  "class_name": "Mine"\n}\n', "json", "No Python source.")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "m.keras"
    path.write_text('{"class_name": "Sequential", "config": {}}')  # JSON: told by its content
    return path


@pytest.fixture
def with_placeholder(vae: Trace) -> Trace:
    """The trace of a file whose second call stands in for a layer."""
    first, second, *rest = vae.runs[0].calls
    second = replace(second, placeholder="The code is not there.", file=CONFIG.file, line=2)
    run = replace(vae.runs[0], calls=(first, second, *rest))
    return replace(vae, runs=(run,))


def sent(sessions: list[Any], kind: type) -> list[Any]:
    return [command for session in sessions for command in session.sent if type(command) is kind]


def test_placeholders_are_told_and_their_code_is_allowed_by_one_button(
    window: MainWindow, sessions: list[Any], archive: Path, with_placeholder: Trace, qtbot: QtBot
) -> None:
    window.show()
    window.open_path(archive)
    sessions[-1].emit(Opened(with_placeholder))
    qtbot.waitUntil(lambda: window.opening.state == "open")

    title = window.parts.problem.title.text()
    button = window.parts.problem.findChild(QPushButton, "allow_code")
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert "placeholder" in title
    assert [False, True] == [command.allow_code for command in sent(sessions, OpenFile)]
    categories = window.parts.graph.scene.categories if window.parts.graph.scene else ()
    assert "placeholder" in categories or not categories


def test_text_of_a_config_is_shown_where_there_is_no_file(
    window: MainWindow, sessions: list[Any], archive: Path, with_placeholder: Trace, qtbot: QtBot
) -> None:
    window.open_path(archive)
    sessions[-1].emit(SourceFound(CONFIG))
    sessions[-1].emit(Opened(replace(with_placeholder, sources=(CONFIG,))))
    qtbot.waitUntil(lambda: window.opening.state == "open")

    window.viewpoint.select(with_placeholder.runs[0].calls[1].id)

    source = window.parts.source
    assert CONFIG.text == source.code.toPlainText()
    assert 2 == source.code.line
    assert "m.keras config, line 2  —  No Python source." == source.heading.text()


def test_weights_are_asked_for_and_sent(
    window: MainWindow,
    sessions: list[Any],
    tmp_path: Path,
    model_file: Path,
    vae: Trace,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    weights = tmp_path / "w.weights.h5"
    weights.touch()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(weights), ""))
    window.open_path(model_file)
    sessions[-1].emit(Opened(vae))
    qtbot.waitUntil(lambda: window.opening.state == "open")
    action = window.commands.actions["weights"]
    assert action.isEnabled()

    action.trigger()
    sessions[-1].emit(Failed("OpenError", "dense/kernel: expected [2], found [3].", "Use others."))
    qtbot.waitUntil(lambda: not window.opening.is_running_again)
    title = window.parts.problem.title.text()
    action.trigger()
    sessions[-1].emit(RunUpdated(replace(vae.runs[0], number=99), True))
    qtbot.waitUntil(lambda: window.viewpoint.run.number == 99)

    assert [str(weights)] * 2 == [command.path for command in sent(sessions, ApplyWeights)]
    assert "The weights were not taken" == title
    assert not window.parts.problem.isVisible()


def test_file_that_cannot_be_opened_is_refused_without_a_worker(
    window: MainWindow, sessions: list[Any], tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"\x08\x08\x12\x07pytorch\x1a\0")

    window.open_path(path)

    assert "model.onnx was not opened" == window.parts.problem.title.text()
    assert "an ONNX model" in window.parts.problem.text.text()
    assert [] == sent(sessions, OpenFile)


def test_folder_is_opened_by_its_entry(
    window: MainWindow, sessions: list[Any], tmp_path: Path
) -> None:
    (tmp_path / "train.py").write_text("import keras\n")
    (tmp_path / "other.py").write_text("import keras\n")

    window.open_path(tmp_path)

    assert [str(tmp_path / "train.py")] == [command.path for command in sent(sessions, OpenFile)]
    assert "also there: other.py" in window.statusBar().currentMessage()


def test_notebook_and_function_of_a_file_go_to_the_worker(
    window: MainWindow, sessions: list[Any], tmp_path: Path
) -> None:
    book = tmp_path / "b.ipynb"
    book.write_text(json.dumps({"cells": [], "nbformat": 4}))
    (tmp_path / "net.py").write_text("import keras\n")

    window.open_path(book)
    window.open_path(Path(f"{tmp_path}/net.py:build"))

    commands = sent(sessions, OpenFile)
    assert [str(book), str(tmp_path / "net.py")] == [command.path for command in commands]
    assert [None, "build"] == [command.attribute for command in commands]
