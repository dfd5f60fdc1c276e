"""Breakpoints, watches, pauses and changes in the window, with a session that answers by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from inspector.errors import ExpressionError
from inspector.gui.comparing.compare_dialog import CompareDialog
from inspector.gui.panels.value_menu import ValueCommands, name_of, target_of, value_menu
from inspector.gui.state.breakpoints import BreakpointList
from inspector.gui.state.recent import MemoryStore
from inspector.gui.state.watches import Watch, read_watch
from inspector.gui.window.main_window import MainWindow
from inspector.session.debug_messages import (
    ChangeValue,
    Continue,
    Evaluate,
    Evaluated,
    Evaluation,
    ForgetRun,
    Pause,
    Paused,
    Resumed,
    SetBreakpoints,
    StepInto,
    StepOver,
    WhatIf,
)
from inspector.session.protocol import Failed, Opened, OpenFile, RunUpdated
from inspector.trace import Trace


@pytest.fixture
def live(
    window: MainWindow, sessions: list[Any], model_file: Path, vae: Trace, qtbot: QtBot
) -> tuple[MainWindow, Any]:
    """The window on an opened file whose session answers `Evaluate` when a test says what."""
    window.open_path(model_file)
    session = sessions[-1]
    session.emit(Opened(replace(vae, file=str(model_file))))
    qtbot.waitUntil(lambda: window.opening.state == "open")
    window.viewpoint.show_run(vae.runs[0])
    window.viewpoint.move_to(0)
    return window, session


def asked(session: Any) -> list[Evaluate]:
    return [command for command in session.sent if isinstance(command, Evaluate)]


def answer(session: Any, command: Evaluate, *values: Evaluation) -> None:
    session.emit(Evaluated(command.request, command.run, values))


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    window.commands.actions[name].trigger()
    qtbot.wait(0)


# Breakpoints


def test_continue_goes_from_breakpoint_to_breakpoint_and_back(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    vae_window.debugging.breakpoints.add("class:Add")
    stops = [c.id for c in vae_window.viewpoint.run.calls if c.class_ == "Add"]
    seen = []

    for _ in stops:
        press(qtbot, vae_window, "continue")
        step = vae_window.viewpoint.step
        assert step is not None
        seen.append(step.call)
    press(qtbot, vae_window, "continue")

    assert stops == seen
    assert vae_window.viewpoint.steps.end() == vae_window.viewpoint.position
    assert "No breakpoint stops further on" in vae_window.statusBar().currentMessage()
    press(qtbot, vae_window, "continue_back")
    assert stops[-1] == vae_window.viewpoint.step.call  # type: ignore[union-attr]


def test_message_makes_way_for_the_place_when_the_cursor_moves(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    press(qtbot, vae_window, "start")
    press(qtbot, vae_window, "back")
    assert "This is the first step of the run" == vae_window.statusBar().currentMessage()

    press(qtbot, vae_window, "over")

    assert not vae_window.statusBar().currentMessage()


def test_continue_stops_inside_an_op_that_has_a_breakpoint(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    vae_window.debugging.breakpoints.add("op:add")

    press(qtbot, vae_window, "continue")

    step = vae_window.viewpoint.step
    assert step is not None
    assert ("op", 1) == (step.kind, step.op)
    assert vae_window.commands.actions["ops"].isChecked()


def test_condition_is_asked_once_and_the_cursor_goes_where_it_holds(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    window.debugging.breakpoints.add("class:Dropout if max(y) > 3")
    (command,) = asked(session)

    window.continue_run()
    assert 0 == window.viewpoint.position  # not known yet
    values = [Evaluation("False", 0.0, False)] * len(command.places)
    values[2] = Evaluation("True", 1.0, True)
    answer(session, command, *values)

    qtbot.waitUntil(lambda: window.viewpoint.position > 0)
    assert command.places[2][0] == window.viewpoint.step.call  # type: ignore[union-attr]
    panel = window.parts.breakpoints.list.model
    assert ["●", "class:Dropout", "max(y) > 3", "1", ""] == [
        panel.index(0, column).data() for column in range(5)
    ]


def test_condition_that_cannot_be_asked_says_why_in_the_list(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    window.debugging.breakpoints.add("class:Dropout if w.gamma > 0")
    (command,) = asked(session)

    answer(session, command, *[Evaluation(problem="no weight")] * len(command.places))

    qtbot.waitUntil(lambda: not window.debugging.hits.is_asking)
    remark = window.parts.breakpoints.list.model.index(0, 4).data()
    assert "not asked at 10 of 10: no weight" == remark


def test_typed_breakpoint_that_is_wrong_stays_to_be_changed(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    entry = vae_window.parts.breakpoints.entry
    press(qtbot, vae_window, "new_breakpoint")
    assert entry.line.hasFocus()
    qtbot.keyClicks(entry.line, "class:Dense if maxx(y) > 1")
    qtbot.keyClick(entry.line, Qt.Key.Key_Return)

    assert "Did you mean max?" in entry.problem.text()
    assert "class:Dense if maxx(y) > 1" == entry.line.text()
    assert () == vae_window.debugging.breakpoints.rows
    entry.line.setText("class:Dense if max(y) > 1")
    qtbot.keyClick(entry.line, Qt.Key.Key_Return)
    assert ["class:Dense if max(y) > 1"] == [
        str(row) for row in vae_window.debugging.breakpoints.rows
    ]
    assert entry.problem.isHidden()


def test_condition_menu_writes_a_condition_that_is_an_expression(vae_window: MainWindow) -> None:
    panel = vae_window.parts.breakpoints
    menu = panel.conditions.menu()
    assert isinstance(menu, QMenu)

    for action in menu.actions():
        panel.entry.line.setText("class:Dense if mean(y) > 0")
        action.trigger()
        panel.entry.submit()
        assert panel.entry.problem.isHidden()

    rows = vae_window.debugging.breakpoints.rows
    assert len(menu.actions()) == len(rows)
    assert "class:Dense if dead(y) > 0.5" == str(rows[-1])


def test_several_conditions_at_one_place_are_kept_and_changed_one_by_one(
    vae_window: MainWindow,
) -> None:
    panel, breakpoints = vae_window.parts.breakpoints, vae_window.debugging.breakpoints
    for text in ("class:Dense if max(y) > 5", "class:Dense if min(y) < 0"):
        panel.propose(text)
        panel.entry.submit()

    panel.edit(breakpoints.rows[0])
    panel.entry.line.setText("class:Dense if max(y) > 7")
    panel.entry.submit()

    assert ["class:Dense if max(y) > 7", "class:Dense if min(y) < 0"] == [
        str(row) for row in breakpoints.rows
    ]
    assert "Add" == panel.entry.button.text()
    breakpoints.toggle("class:Dense")
    assert () == breakpoints.rows


def test_click_beside_a_line_number_sets_a_breakpoint_and_takes_it_away(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    code = vae_window.parts.source.code
    line = code.line_at(30)
    gutter = code.findChild(type(code._gutter))
    assert gutter is not None
    at = QPoint(6, 30)

    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=at)
    assert {line: True} == code.stops
    row = vae_window.debugging.breakpoints.rows[0]
    assert (f"line:{line}", code.text_of(line).strip()) == (str(row), row.source)
    vae_window.debugging.breakpoints.enable(row, is_enabled=False)
    assert {line: False} == code.stops
    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=at)
    assert {} == code.stops


def test_line_menu_runs_to_the_line(vae_window: MainWindow) -> None:
    menu = vae_window.parts.source.line_menu(21)
    run_to, toggle = menu.actions()[:2]

    run_to.trigger()
    toggle.trigger()

    assert "Run to line 21" == run_to.text()
    assert "dense_proj" in vae_window.viewpoint.step.call  # type: ignore[union-attr]
    assert "line:21" == str(vae_window.debugging.breakpoints.rows[0])
    assert not vae_window.parts.source.line_menu(80).actions()[0].isEnabled()


def test_row_menu_and_keys_change_the_list(vae_window: MainWindow, qtbot: QtBot) -> None:
    breakpoints = vae_window.debugging.breakpoints
    panel = vae_window.parts.breakpoints
    breakpoints.add("class:Add")
    off, change, delete = panel.row_menu(breakpoints.rows[0]).actions()[:3]

    off.trigger()
    assert not breakpoints.rows[0].is_enabled
    assert (0, "off") == (len(breakpoints.enabled), panel.list.model.index(0, 4).data())
    change.trigger()
    assert "class:Add" == panel.entry.line.text()
    panel.row_menu(breakpoints.rows[0]).actions()[2].trigger()
    assert () == breakpoints.rows
    assert "Delete" == delete.text()


def test_breakpoint_at_the_selected_call_is_drawn_in_the_graph(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    call = next(c for c in vae_window.viewpoint.run.calls if c.name == "sampling")
    vae_window.viewpoint.select(call.id)

    press(qtbot, vae_window, "breakpoint")

    canvas = vae_window.parts.graph.view.canvas
    assert {canvas.drawing.home[call.id]} == canvas.stops
    press(qtbot, vae_window, "breakpoint")
    assert frozenset() == canvas.stops


def test_line_behind_the_end_of_the_file_takes_no_breakpoint(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text("import keras\n")
    breakpoints = BreakpointList(MemoryStore())
    breakpoints.open(path)

    with pytest.raises(ExpressionError, match=r"There is no line 9999: net.py has 1"):
        breakpoints.add("line:9999")


def test_breakpoints_are_kept_with_the_file_and_move_with_their_lines(tmp_path: Path) -> None:
    path, store = tmp_path / "net.py", MemoryStore()
    path.write_text("a = 1\nb = f(a)\nc = g(b)\n")
    first = BreakpointList(store)
    assert [] == first.open(path)
    for line, text in ((2, "b = f(a)"), (3, "c = g(b)")):
        first.toggle_line(str(path), line, text)
    path.write_text("import f\na = 1\nb = f(a)\n")

    second = BreakpointList(store)
    said = second.open(path)

    assert [("line:3", True), ("line:3", False)] == [
        (row.place, row.is_enabled) for row in second.rows
    ]
    assert "line 2 is line 3 now" == said[0]
    assert "the breakpoint is off" in said[1]


@pytest.mark.parametrize("text", ["", "   ", "# only words"])
def test_line_on_which_nothing_runs_takes_no_breakpoint(tmp_path: Path, text: str) -> None:
    breakpoints = BreakpointList(MemoryStore())

    with pytest.raises(ExpressionError, match="nothing stops there"):
        breakpoints.toggle_line(str(tmp_path / "net.py"), 3, text)

    assert () == breakpoints.rows


def test_store_that_holds_nonsense_is_an_empty_list(tmp_path: Path) -> None:
    path, store = tmp_path / "net.py", MemoryStore()
    for kept in ("{", "[1, 2]", '[["class:", "", true], ["any", "", true]]', 7):
        store.setValue(f"breakpoints/{path}", kept)
        breakpoints = BreakpointList(store)
        breakpoints.open(path)
        assert {row.place for row in breakpoints.rows} <= {"any"}


# Pauses


def test_breakpoints_reach_the_worker_before_the_file_is_opened(
    window: MainWindow, sessions: list[Any], model_file: Path
) -> None:
    window._store.setValue(f"breakpoints/{model_file}", '[["class:Dense", "", true]]')

    window.open_path(model_file)

    kinds = [type(command) for command in sessions[-1].sent]
    assert kinds.index(SetBreakpoints) < kinds.index(OpenFile)


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


# Steps


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


# Watches


def test_watch_shows_its_value_at_every_step_and_over_all_of_them(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    panel = window.parts.watches
    panel.entry.line.setText("spread = std(y)")
    panel.entry.submit()
    at_cursor, over_steps = asked(session)[-2:]

    answer(session, at_cursor, Evaluation("0.25", 0.25, True))
    numbers = [Evaluation(str(i), float(i), True) for i in range(len(over_steps.places))]
    answer(session, over_steps, *numbers)

    qtbot.waitUntil(lambda: panel.plot.plot is not None)
    assert "0.25" == panel.list.model.index(0, 1).data()
    assert len(window.viewpoint.run.calls) == len(over_steps.places)
    plot = panel.plot.plot
    assert plot is not None
    plot.place_chosen.emit(9)
    assert 9 == window.viewpoint.position
    assert "std(y)" == asked(session)[-1].expression


def test_watch_that_is_nan_at_every_step_says_so_and_draws_nothing(
    live: tuple[MainWindow, Any], qtbot: QtBot, capfd: pytest.CaptureFixture[str]
) -> None:
    window, session = live
    panel = window.parts.watches
    panel.entry.line.setText("mean(y)")
    panel.entry.submit()
    over_steps = asked(session)[-1]

    nan = Evaluation("nan", float("nan"), True)
    answer(session, over_steps, *[nan] * len(over_steps.places))

    qtbot.waitUntil(lambda: "NaN or infinite at every step" in panel.plot._hint.text())
    assert panel.plot.plot is None
    assert "All-NaN" not in capfd.readouterr().err


def test_watch_that_names_its_calls_is_drawn_over_the_runs(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    panel = window.parts.watches
    panel.entry.line.setText('norm(at("decoder").w)')
    panel.entry.submit()
    over_runs = [c for c in asked(session) if len(c.places) == 1][-1]

    answer(session, over_runs, Evaluation("2", 2.0, True))

    qtbot.waitUntil(lambda: "by run" in panel.plot.title.text())
    assert panel.plot.plot is not None


def test_watch_that_is_wrong_says_so_and_is_not_added(vae_window: MainWindow) -> None:
    entry = vae_window.parts.watches.entry
    entry.line.setText("mean(z)")
    entry.submit()

    assert "nothing called 'z'" in entry.problem.text()
    assert () == vae_window.debugging.watches.rows


@pytest.mark.parametrize(
    ("text", "watch"),
    [
        ("mean(y)", Watch("mean(y)", "mean(y)")),
        ("m = mean(y)", Watch("m", "mean(y)")),
        ("shape == (2, 3)", Watch("shape == (2, 3)", "shape == (2, 3)")),
        ("my norm = norm(w)", Watch("my norm", "norm(w)")),
    ],
)
def test_watch_is_read_with_or_without_a_name(text: str, watch: Watch) -> None:
    assert watch == read_watch(text)
    assert watch == read_watch(str(watch))


def test_value_menu_watches_breaks_and_changes(vae_window: MainWindow) -> None:
    call = next(c for c in vae_window.viewpoint.run.calls if c.name == "dense_proj")
    vae_window.viewpoint.go_to_call(call.id)
    rows = vae_window.parts.values.rows.model.rows
    row = next(row for row in rows if row.role == "weight")
    done: list[Any] = []
    commands = ValueCommands(done.append, done.append, lambda *change: done.append(change))
    menu = value_menu(vae_window, call, row, commands)
    watches, stops, changes = (action.menu() for action in menu.actions())

    for part in (watches, stops, changes):
        assert isinstance(part, QMenu)
        part.actions()[0].trigger()

    assert [
        "mean(w.kernel)",
        f"call:{call.path} if not all(isfinite(w.kernel))",
        (f"{call.id}.kernel=zeros", True),
    ] == done
    assert ["x", "y"] == [name_of(other) for other in rows[:2]]
    assert f"{call.id}.output" == target_of(call, rows[1])


# What if


def test_change_is_sent_and_its_run_shown_beside_the_recorded_one(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    base = window.viewpoint.run
    window.what_if("dense_proj.kernel=zeros", is_ready=True)
    assert WhatIf(base.number, ("dense_proj.kernel=zeros",)) == session.sent[-1]

    changes = ("dense_proj.kernel=zeros",)
    session.emit(RunUpdated(replace(base, number=9, changes=changes, changed_from=1), True))

    qtbot.waitUntil(lambda: window.viewpoint.run.number == 9)
    qtbot.waitUntil(lambda: bool(window.findChildren(CompareDialog)))
    assert window.commands.actions["undo"].isEnabled()
    press(qtbot, window, "undo")
    assert base.number == window.viewpoint.run.number
    assert ForgetRun(9) in session.sent
    assert 9 not in {run.number for run in window.viewpoint.runs}


def test_change_that_makes_no_sense_is_said_and_nothing_is_sent(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    window.show_what_if("dense_proj.gamma=zeros")
    dialog = window.what_if_dialog
    assert dialog is not None
    count = len(session.sent)

    dialog.entry.submit()

    assert "kernel, bias" in dialog.entry.problem.text()
    assert count == len(session.sent)
    session.emit(Failed("ExpressionError", "too large", "make it smaller"))
    qtbot.waitUntil(lambda: window.parts.problem.isVisible())
    dialog.close()


def test_change_that_the_worker_refuses_stays_in_the_dialog_with_the_reason(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    window.show_what_if("dense_proj.output=missing.npy")
    dialog = window.what_if_dialog
    assert dialog is not None
    dialog.entry.submit()

    session.emit(Failed("ExpressionError", "missing.npy is not there.", "Choose another."))

    qtbot.waitUntil(lambda: dialog.entry.problem.isVisible())
    assert "missing.npy is not there. Choose another." == dialog.entry.problem.text()
    assert "dense_proj.output=missing.npy" == dialog.entry.line.text()
    assert not window.parts.problem.isVisible()
    dialog.close()
