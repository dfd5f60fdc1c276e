"""Breakpoints in the window: set, listed, kept, and gone to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from inspector.errors import ExpressionError
from inspector.gui.state.breakpoints import BreakpointList
from inspector.gui.state.recent import MemoryStore
from inspector.gui.window.main_window import MainWindow
from inspector.session.debug_messages import (
    Evaluation,
    SetBreakpoints,
)
from inspector.session.protocol import OpenFile
from tests.gui.asking import answer, asked, press


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


def test_breakpoints_reach_the_worker_before_the_file_is_opened(
    window: MainWindow, sessions: list[Any], model_file: Path
) -> None:
    window._store.setValue(f"breakpoints/{model_file}", '[["class:Dense", "", true]]')

    window.open_path(model_file)

    kinds = [type(command) for command in sessions[-1].sent]
    assert kinds.index(SetBreakpoints) < kinds.index(OpenFile)
