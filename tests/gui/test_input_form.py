"""The form for a model's inputs: when it asks, what it sends, and what it says of wrong ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from inspector.gui.window.input_commands import unfed_model
from inspector.gui.window.input_form import InputForm
from inspector.session.protocol import (
    AskInputs,
    Failed,
    InputsGuessed,
    Lost,
    Opened,
    RunModel,
    RunUpdated,
)
from inspector.trace import OpenFailure
from inspector.trace.input_spec import InputGuess

MODEL = "variational_auto_encoder"
IDS = InputGuess("ids", "(any, any) of int32", "int32[2,16]:0..49", "As in its last run.")
PICTURE = InputGuess("picture", "(any, 8, 8, 3) of float32", "float32[2,8,8,3]", "A guess.")


@pytest.fixture
def opened(qtbot, window, sessions, vae, model_file):
    """The window on an open file whose worker lives."""
    window.open_path(model_file)
    sessions[0].emit(Opened(vae))
    qtbot.waitUntil(lambda: window.opening.state == "open")
    window.viewpoint.show_run(vae.runs[0])
    return window


@pytest.fixture
def form(qtbot, opened, sessions):
    """The form, asked for by its key."""
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(opened, Qt.Key.Key_I, both)
    qtbot.waitUntil(lambda: AskInputs(MODEL) in sessions[0].sent)
    sessions[0].emit(InputsGuessed(MODEL, (IDS, PICTURE)))
    qtbot.waitUntil(lambda: bool(opened.findChildren(InputForm)))
    (found,) = opened.findChildren(InputForm)
    return found


def test_form_shows_each_input_with_a_guess_and_where_it_is_from(form):
    texts = " ".join(label.text() for label in form.findChildren(QLabel))

    assert [field.text() for field in form.fields] == ["int32[2,16]:0..49", "float32[2,8,8,3]"]
    assert "Takes (any, any) of int32. As in its last run." in texts
    assert form.fields[0].hasFocus()


def test_form_runs_the_model_on_what_was_written(qtbot, form, sessions):
    form.fields[1].clear()
    qtbot.keyClicks(form.fields[1], "float32[1,8,8,3]:0..1")
    form.training.setChecked(True)
    qtbot.keyClick(form.fields[1], Qt.Key.Key_Return)

    words = ("ids=int32[2,16]:0..49", "picture=float32[1,8,8,3]:0.0..1.0")
    assert RunModel(MODEL, words, training=True) in sessions[0].sent
    assert not form.run_button.isEnabled()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("float31[2]", "'float31' is not a dtype"),
        ("nonsense", "is not an input"),
        ("int8[2]:5..1", "range goes down"),
        ("/nowhere/a.npy", "There is no file /nowhere/a.npy"),
    ],
)
def test_form_says_what_is_wrong_and_keeps_what_was_written(qtbot, form, sessions, text, says):
    form.fields[0].setText(text)

    qtbot.mouseClick(form.run_button, Qt.MouseButton.LeftButton)

    assert not [one for one in sessions[0].sent if isinstance(one, RunModel)]
    assert "ids: " in form.problem.text()
    assert says in form.problem.text()
    assert form.problem.isVisible()
    assert form.fields[0].text() == text


def test_form_shows_the_workers_refusal_and_can_be_tried_again(qtbot, form, opened, sessions):
    form.start()
    sessions[0].emit(Failed("UsageError", "The input ids takes whole numbers.", "Give some."))

    qtbot.waitUntil(lambda: form.problem.isVisible())
    assert form.problem.text() == "The input ids takes whole numbers.\nGive some."
    assert not opened.parts.problem.isVisible()
    assert form.run_button.isEnabled()
    assert opened.viewpoint.runs


def test_form_closes_when_the_run_has_ended(qtbot, form, opened, sessions, vae_run):
    form.start()
    with qtbot.waitSignal(form.finished):
        sessions[0].emit(RunUpdated(replace(vae_run, number=9), ended=True))

    assert opened.viewpoint.run.number == 9


def test_form_closes_and_the_banner_speaks_when_the_worker_is_lost(qtbot, form, opened, sessions):
    form.start()
    with qtbot.waitSignal(form.finished):
        sessions[0].emit(Lost(-9, "It is gone."))

    assert opened.parts.problem.isVisible()


def test_file_is_chosen_for_an_input(qtbot, form, tmp_path, monkeypatch):
    path = tmp_path / "a.npy"
    path.touch()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(path), ""))
    browse = [b for b in form.findChildren(QPushButton) if b.accessibleName() == "File for ids"]

    qtbot.mouseClick(browse[0], Qt.MouseButton.LeftButton)

    assert form.fields[0].text() == str(path)


def test_window_asks_at_once_when_a_model_could_not_be_fed(
    qtbot, window, sessions, vae, model_file
):
    window.open_path(model_file)
    unfed = replace(vae.models[0], name="unfed")
    failure = OpenFailure("open", "InputsUnknown", "'unfed' was never called.", "Give an input.")

    sessions[0].emit(Opened(replace(vae, models=(*vae.models, unfed), failure=failure)))

    qtbot.waitUntil(lambda: AskInputs("unfed") in sessions[0].sent)
    assert 1 == sessions[0].sent.count(AskInputs("unfed"))


def test_model_that_never_ran_is_found(vae):
    unfed = replace(vae.models[0], name="unfed")

    assert unfed_model(replace(vae, models=(*vae.models, unfed))) == "unfed"
    assert unfed_model(None) is None
