"""A worker that waits: shown, let go on, asked to stop; and steps around one layer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from inspector.gui.window.main_window import MainWindow
from inspector.session.debug_messages import (
    ChangeValue,
    Continue,
    Pause,
    Paused,
    Resumed,
    StepInto,
    StepOver,
)
from inspector.session.protocol import RunUpdated
from inspector.trace import Trace
from tests.gui.asking import press


def test_pause_is_shown_and_its_buttons_and_keys_let_the_worker_go_on(
    window: MainWindow, sessions: list[Any], model_file: Path, vae: Trace, qtbot: QtBot
) -> None:
    window.open_path(model_file)
    session, run = sessions[-1], vae.runs[0]
    call = run.calls[4]
    session.emit(RunUpdated(replace(run, calls=run.calls[:5]), False))
    session.emit(Paused(run.number, call.id, "enter", breakpoint="class:Dense"))
    qtbot.waitUntil(lambda: window.debugging.paused is not None)

    banner = window.parts.pause
    assert banner.isVisible()
    assert f"Paused before {call.path}" == banner.title.text()
    assert "breakpoint class:Dense" in banner.text.text()
    assert call.id == window.viewpoint.step.call  # type: ignore[union-attr]
    for name, command in (("over", StepOver()), ("into", StepInto()), ("continue", Continue())):
        press(qtbot, window, name)
        assert command == session.sent[-1]
    banner.button_pressed.emit("step_over_head")
    assert StepOver() == session.sent[-1]
    window.try_change(f"{call.path}.output=zeros")
    assert ChangeValue(f"{call.path}.output=zeros") == session.sent[-1]
    assert window.commands.actions["what_if"].isEnabled()
    # Away from where the worker waits, the cursor moves in the record and nothing runs.
    count = len(session.sent)
    press(qtbot, window, "start")
    press(qtbot, window, "over")
    assert [] == [c for c in session.sent[count:] if isinstance(c, StepOver)]
    session.emit(Resumed())
    qtbot.waitUntil(lambda: not banner.isVisible())


def test_pause_key_asks_the_worker_to_stop(
    window: MainWindow, sessions: list[Any], model_file: Path, qtbot: QtBot
) -> None:
    window.open_path(model_file)

    press(qtbot, window, "pause")

    assert Pause() == sessions[-1].sent[-1]
    assert window.parts.progress.text.text() == "Pausing at the next call…"
    assert window.parts.progress.isVisible()


def test_next_call_of_this_layer_goes_round_the_calls_of_a_shared_layer(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    run = vae_window.viewpoint.run
    shared = [c.id for c in run.calls if c.name == "dense_0"]
    calls = tuple(replace(c, layer_id=7) if c.id in shared else c for c in run.calls)
    vae_window.viewpoint.show_run(replace(run, calls=calls))
    vae_window.viewpoint.go_to_call(shared[0])

    press(qtbot, vae_window, "next_same")
    assert shared[1] == vae_window.viewpoint.step.call  # type: ignore[union-attr]
    press(qtbot, vae_window, "previous_same")
    press(qtbot, vae_window, "previous_same")
    assert shared[0] == vae_window.viewpoint.step.call  # type: ignore[union-attr]
    assert "no earlier call of dense_0" in vae_window.statusBar().currentMessage()
