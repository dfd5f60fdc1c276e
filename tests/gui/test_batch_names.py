"""Run > Name the batch axis: asks the worker once, writes shapes by name, and takes that back."""

from __future__ import annotations

import pytest

from inspector.gui.window.main_window import MainWindow
from inspector.session.protocol import Failed, NameBatch, Opened, RunExamined
from inspector.trace import Run, Trace
from inspector.trace.axes import TensorAxes
from tests.gui.asking import press


@pytest.fixture
def opened(qtbot, window, sessions, vae, model_file) -> MainWindow:
    """The window on an open file whose worker lives."""
    window.open_path(model_file)
    sessions[0].emit(Opened(vae))
    qtbot.waitUntil(lambda: window.opening.state == "open")
    window.viewpoint.show_run(vae.runs[0])
    return window


def shown(window: MainWindow) -> tuple[str, str]:
    """The shape of the outermost call's output, under Calls and under Values."""
    model = window.parts.values.rows.model
    row = next(place for place, row in enumerate(model.rows) if row.role == "output")
    return (
        window.parts.calls.model.index(0, 2).data(),
        model.index(row, 1).data(),
    )


def examined(run: Run) -> RunExamined:
    """What the worker answers: the first axis of the outermost call's output is the batch."""
    output = run.calls[0].outputs[0]
    names = ("batch", *("" for _ in (output.shape or ())[1:]))
    return RunExamined(run.number, (), (TensorAxes(output.tensor or 0, names),), ())


def test_name_batch_writes_it_in_place_of_its_size_and_takes_it_back(
    qtbot, opened, sessions, vae: Trace
):
    before = shown(opened)

    press(qtbot, opened, "name_batch")
    assert sessions[0].sent[-1] == NameBatch(vae.runs[0].model)
    sessions[0].emit(examined(vae.runs[0]))
    qtbot.waitUntil(lambda: not opened.opening.is_running_again)

    size = before[1].partition(" ")[0]
    assert size.isdigit()
    assert shown(opened) == tuple(text.replace(size, "batch", 1) for text in before)
    assert opened.commands.actions["name_batch"].isChecked()
    assert opened.parts.progress.isHidden()

    press(qtbot, opened, "name_batch")
    assert shown(opened) == before


def test_name_batch_is_unchecked_with_the_reason_where_it_cannot_be_found(qtbot, opened, sessions):
    before = shown(opened)

    press(qtbot, opened, "name_batch")
    sessions[0].emit(Failed("CaptureError", "it does not run on a batch of 5", "Another.", ""))
    qtbot.waitUntil(lambda: not opened.opening.is_running_again)

    assert not opened.commands.actions["name_batch"].isChecked()
    assert opened.parts.problem.title.text() == "The batch has no name"
    assert "batch of 5" in opened.parts.problem.text.text()
    assert shown(opened) == before
