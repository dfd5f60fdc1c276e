"""What the window asks before it runs a file, what it says of protection, and its Python."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from inspector.app import Settings
from inspector.gui.start import make_window
from inspector.gui.state.recent import MemoryStore
from inspector.gui.state.trust import Trust
from inspector.gui.window.protection_label import protection_words
from inspector.gui.window.python_dialog import PythonDialog
from inspector.gui.window.safety_dialogs import RealQuestion, TrustQuestion
from inspector.session.protocol import Hello, OpenFile
from inspector.trace import Protection

WHOLE = Protection("inspect", ("files: read-only outside scratch (Landlock ABI 7)",))
PART = Protection("inspect", ("network: none (seccomp)",), ("files (no Landlock)",))


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def asking(qtbot, new_session, store):
    """A window that asks before it runs a file."""
    made = make_window(Settings(theme="light"), store=store, sessions=new_session)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def question(window, kind):
    """The question that the window asks now."""
    (found,) = [child for child in window.findChildren(kind) if child.isVisible()]
    return found


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_file_from_a_new_folder_is_asked_about_and_then_runs(qtbot, asking, sessions, model_file):
    asking.open_path(model_file)
    asked = question(asking, TrustQuestion)
    assert sessions == []
    assert str(model_file.parent) in asked.text.text()
    assert "scratch folder" in asked.text.text()

    press(qtbot, asked.yes)

    assert [type(command) for command in sessions[0].sent[-1:]] == [OpenFile]
    assert not sessions[0].is_real


def test_folder_is_remembered_in_the_settings(qtbot, asking, sessions, store, model_file):
    asking.open_path(model_file)
    press(qtbot, question(asking, TrustQuestion).yes)
    (model_file.parent / "other.py").write_text("x = 1\n")

    asking.open_path(model_file.parent / "other.py")

    assert len(sessions) == 2
    assert Trust(store).allows(model_file.parent)
    assert not Trust(store).allows(model_file.parent.parent)
    assert not Trust(store).allows(model_file.parent / "inside")


def test_folder_is_not_remembered_when_that_is_not_wanted(qtbot, asking, store, model_file):
    asking.open_path(model_file)
    asked = question(asking, TrustQuestion)
    asked.remember.setChecked(False)
    press(qtbot, asked.yes)

    assert asking.trust.allows(model_file.parent)
    assert not Trust(store).allows(model_file.parent)


def test_nothing_runs_and_nothing_is_lost_when_the_answer_is_no(
    qtbot, asking, vae, sessions, model_file
):
    asking.show_trace(vae)
    asking.open_path(model_file)

    # Enter is the careful answer.
    qtbot.keyClick(question(asking, TrustQuestion), Qt.Key.Key_Return)

    assert sessions == []
    assert asking.viewpoint.trace is vae
    assert not asking.trust.allows(model_file.parent)


def test_saved_trace_needs_no_question(asking, vae, tmp_path):
    from inspector.exporters.trace_json import trace_text

    path = tmp_path / "run.json"
    path.write_text(trace_text(vae))

    asking.open_path(path)

    assert asking.findChildren(TrustQuestion) == []
    assert asking.opening.state == "open"


def test_trust_on_the_command_line_asks_nothing(window, sessions, model_file):
    window.open_path(model_file)

    assert len(sessions) == 1


def test_run_for_real_is_asked_about_every_time(qtbot, window, sessions, model_file):
    window.open_path(model_file)
    sessions[0].emit(Hello(1, 1, WHOLE))
    qtbot.waitUntil(lambda: window.commands.actions["real"].isEnabled())

    window.commands.actions["real"].trigger()
    press(qtbot, question(window, RealQuestion).yes)
    assert [session.is_real for session in sessions] == [False, True]

    window.reload()
    assert [session.is_real for session in sessions] == [False, True, False]


def test_run_for_real_does_nothing_when_it_is_cancelled(qtbot, window, sessions, model_file):
    window.open_path(model_file)
    window.run_for_real()

    press(qtbot, question(window, RealQuestion).no)

    assert len(sessions) == 1


@pytest.mark.parametrize(
    ("protection", "words"),
    [
        (WHOLE, "Protected"),
        (PART, "Unprotected: files"),
        (Protection("real"), "Unprotected: run for real"),
    ],
)
def test_status_bar_says_what_protects(qtbot, window, sessions, model_file, protection, words):
    window.open_path(model_file)
    sessions[0].emit(Hello(1, 1, protection))

    label = window._protection_label
    qtbot.waitUntil(lambda: label.text() == words)
    assert protection_words(protection) == words
    assert label.isVisible()
    assert label.toolTip()


def test_saved_trace_shows_what_protected_its_run(window, vae):
    window.show_trace(replace(vae, protection=PART))

    assert window._protection_label.text() == "Unprotected: files"


def test_python_that_cannot_be_used_is_refused_in_the_dialog(qtbot, window, tmp_path):
    window.choose_python()
    dialog = question(window, PythonDialog)
    qtbot.keyClicks(dialog.path, str(tmp_path))

    qtbot.keyClick(dialog.path, Qt.Key.Key_Return)

    assert dialog.isVisible()
    assert "There is no Python at" in dialog.problem.text()
    assert dialog.problem.isVisible()


def test_python_is_kept_and_files_run_in_it(qtbot, window, sessions, model_file):
    window.choose_python()
    dialog = question(window, PythonDialog)
    dialog.path.setText(sys.executable)
    (ok,) = [b for b in dialog.findChildren(QPushButton) if "OK" in b.text()]
    press(qtbot, ok)

    window.open_path(model_file)

    assert sessions[-1].python == sys.executable
    assert window._store.value("python") == sys.executable
