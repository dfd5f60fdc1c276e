"""The graph: expand and collapse, click, zoom, what it shows first."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.gui.graph.drawing import drawing_of
from inspector.gui.panels.call_menu import call_menu
from inspector.gui.window.main_window import MainWindow
from inspector.layout.opened import default_expanded
from inspector.layout.scene import build_scene
from inspector.trace import Call, Engine, Run, Trace

ENCODER = "variational_auto_encoder/encoder#0"
BLOCK = "variational_auto_encoder/decoder/block_2#0"
INSIDE = "variational_auto_encoder/decoder/block_2/dense_0#0"
FIRST_BLOCK = "variational_auto_encoder/encoder/block_0#0"
PROJ = "variational_auto_encoder/encoder/dense_proj#0"


def _double_click(window: MainWindow, qtbot: QtBot, call_id: str) -> None:
    view = window.parts.graph.view
    view.bring_into_view(call_id)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.point_of(call_id))


def test_first_view_is_what_the_layout_opens_first(vae_window: MainWindow) -> None:
    assert default_expanded(vae_window.viewpoint.run) == vae_window.parts.graph.expanded


def test_double_click_expands_and_collapses_a_group(vae_window: MainWindow, qtbot: QtBot) -> None:
    view = vae_window.parts.graph.view
    assert view.rect_of(INSIDE).isNull()

    _double_click(vae_window, qtbot, BLOCK)

    assert not view.rect_of(INSIDE).isNull()
    _double_click(vae_window, qtbot, BLOCK)
    assert view.rect_of(INSIDE).isNull()


def test_expanded_group_stays_where_it_was(vae_window: MainWindow, qtbot: QtBot) -> None:
    view = vae_window.parts.graph.view
    view.bring_into_view(BLOCK)
    before = view.mapFromScene(view.rect_of(BLOCK).topLeft())

    vae_window.parts.graph.toggle(BLOCK)

    after = view.mapFromScene(view.rect_of(BLOCK).topLeft())
    assert (after - before).manhattanLength() <= 3


def test_double_click_on_a_leaf_moves_the_cursor(vae_window: MainWindow, qtbot: QtBot) -> None:
    _double_click(vae_window, qtbot, PROJ)

    step = vae_window.viewpoint.step
    assert step is not None
    assert PROJ == step.call


def test_click_selects_without_moving_the_cursor(vae_window: MainWindow, qtbot: QtBot) -> None:
    view = vae_window.parts.graph.view
    view.bring_into_view(PROJ)

    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.point_of(PROJ))

    assert PROJ == vae_window.viewpoint.selected
    assert 0 == vae_window.viewpoint.position


def test_selected_call_lights_its_inputs_and_outputs(vae_window: MainWindow) -> None:
    vae_window.viewpoint.select(PROJ)

    canvas = vae_window.parts.graph.view.canvas
    assert canvas.lit_in
    assert canvas.lit_out
    assert canvas.lit_in.isdisjoint(canvas.lit_out)


def test_calls_before_the_cursor_are_done_and_after_it_pending(vae_window: MainWindow) -> None:
    vae_window.viewpoint.go_to_call(FIRST_BLOCK)

    canvas = vae_window.parts.graph.view.canvas
    of = {call_id: canvas.marks.progress[place] for place, call_id in enumerate(canvas.drawing.ids)}
    assert (2, 1, 0) == (of[PROJ], of[ENCODER], of["variational_auto_encoder/decoder#0"])


def test_collapsed_group_shows_the_cursor_inside_it(vae_window: MainWindow) -> None:
    vae_window.collapse_all()

    vae_window.viewpoint.go_to_call(PROJ)

    canvas = vae_window.parts.graph.view.canvas
    assert "variational_auto_encoder#0" == canvas.drawing.ids[canvas.marks.current]


def test_expand_all_shows_every_call(vae_window: MainWindow) -> None:
    vae_window.expand_all()

    view = vae_window.parts.graph.view
    assert all(not view.rect_of(call.id).isNull() for call in vae_window.viewpoint.run.calls)


def _turn_wheel(window: MainWindow, modifier: Qt.KeyboardModifier) -> None:
    view = window.parts.graph.view
    at = QPointF(view.viewport().rect().center())
    event = QWheelEvent(
        at, view.viewport().mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        modifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


def test_plain_wheel_pans_and_control_wheel_zooms(vae_window: MainWindow) -> None:
    view = vae_window.parts.graph.view
    zoom, place = view.zoom, view.verticalScrollBar().value()

    _turn_wheel(vae_window, Qt.KeyboardModifier.NoModifier)
    assert zoom == view.zoom
    assert place != view.verticalScrollBar().value()
    _turn_wheel(vae_window, Qt.KeyboardModifier.ControlModifier)

    assert view.zoom > zoom


def test_wheel_zooms_when_the_setting_says_so(vae_window: MainWindow) -> None:
    view = vae_window.parts.graph.view
    zoom = view.zoom

    vae_window.commands.actions["wheel"].trigger()
    _turn_wheel(vae_window, Qt.KeyboardModifier.NoModifier)

    assert view.zoom > zoom


def test_space_fits_everything(vae_window: MainWindow, qtbot: QtBot) -> None:
    vae_window.expand_all()
    view = vae_window.parts.graph.view

    qtbot.keyClick(vae_window, Qt.Key.Key_Space)

    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    assert seen.contains(view.rect_of("variational_auto_encoder#0"))


def test_edges_know_the_mask_that_they_carry(vae_run: Run) -> None:
    calls = tuple(
        replace(call, outputs=tuple(replace(out, mask=1) for out in call.outputs))
        if call.id == PROJ
        else call
        for call in vae_run.calls
    )
    run = replace(vae_run, calls=calls)

    drawing = drawing_of(build_scene(run, default_expanded(run)), run)

    source = drawing.ids.index(PROJ)
    assert {1} == set(drawing.edge_masks[drawing.sources == source].tolist())
    assert 0 in drawing.edge_masks


def test_masks_are_marked_where_they_are_born_and_dropped(vae_window: MainWindow) -> None:
    drawing = vae_window.parts.graph.view.canvas.drawing

    ends = {(drawing.ids[box], number, what) for box, number, what in drawing.mask_ends}
    assert {(ENCODER, 1, "born"), ("variational_auto_encoder#0", 1, "dropped")} == ends


def test_marks_follow_the_granularity(vae_window: MainWindow) -> None:
    vae_window.viewpoint.set_granularity("op")

    vae_window.viewpoint.go_to_call(PROJ)

    canvas = vae_window.parts.graph.view.canvas
    assert 0 == canvas.marks.progress[canvas.drawing.ids.index(FIRST_BLOCK)]


def test_tool_tip_names_the_call(vae_window: MainWindow) -> None:
    view = vae_window.parts.graph.view

    text = view.tool_tip(view.box_of(PROJ))

    assert PROJ in text
    assert "cursor" in text


def test_minimap_shows_up_when_the_graph_is_larger_than_the_view(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    minimap = vae_window.parts.graph.minimap
    vae_window.expand_all()
    vae_window.actual_size()
    assert minimap.isVisibleTo(vae_window)
    before = vae_window.parts.graph.view.verticalScrollBar().value()

    bottom = QPoint(minimap.width() // 2, minimap.height() - 8)
    qtbot.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=bottom)

    assert vae_window.parts.graph.view.verticalScrollBar().value() > before
    vae_window.fit_graph()
    assert not minimap.isVisibleTo(vae_window)


def test_graph_is_seen_as_a_whole_when_its_direction_changes(
    vae_window: MainWindow, qtbot: QtBot
) -> None:
    graph = vae_window.parts.graph
    with qtbot.waitSignal(graph.scene_changed):
        vae_window.commands.actions["sideways"].trigger()

    view = graph.view
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    assert seen.contains(view.rect_of("variational_auto_encoder#0"))


def test_minimap_makes_way_when_the_legend_has_no_other_place(vae_window: MainWindow) -> None:
    graph = vae_window.parts.graph
    vae_window.expand_all()
    vae_window.actual_size()
    assert graph.minimap.isVisibleTo(vae_window)

    for height in (700, 400, 250):
        graph.view.resize(900, height)
        shown = graph.minimap.isVisibleTo(graph.view) and graph.legend.isVisibleTo(graph.view)
        assert not shown or not graph.minimap.geometry().intersects(graph.legend.geometry())


def test_menu_of_a_call_moves_the_cursor_and_copies_its_path(vae_window: MainWindow) -> None:
    parts = vae_window.parts
    placed: list[str] = []
    menu = call_menu(
        vae_window,
        vae_window.viewpoint,
        parts.graph,
        PROJ,
        break_at=placed.append,
        what_if=lambda change, is_ready: placed.append(change),
    )
    actions = {action.text(): action for action in menu.actions()}

    actions["Break at every Dense"].trigger()
    actions["Break here (F9)"].trigger()
    actions["Move the cursor here"].trigger()
    actions["Copy the path"].trigger()

    step = vae_window.viewpoint.step
    assert step is not None
    assert PROJ == step.call
    assert PROJ == f"{QGuiApplication.clipboard().text()}#0"
    assert "Expand" not in actions
    assert ["class:Dense", f"call:{PROJ.partition('#')[0]}"] == placed


def test_menu_of_a_frame_collapses_it(vae_window: MainWindow) -> None:
    parts = vae_window.parts
    menu = call_menu(
        vae_window,
        vae_window.viewpoint,
        parts.graph,
        ENCODER,
        break_at=lambda place: None,
        what_if=lambda change, is_ready: None,
    )

    next(action for action in menu.actions() if action.text() == "Collapse").trigger()

    assert ENCODER not in parts.graph.expanded


def test_step_into_expands_the_chunk_of_a_large_group(window: MainWindow) -> None:
    leaf = Call("leaf#0", 0, "leaf", "leaf", "Dense", 0, None, 0, None, None, 0.0, (), ())
    calls = tuple(replace(leaf, id=f"leaf_{n}#0", name=f"leaf_{n}", layer_id=n) for n in range(180))
    run = Run(model="m", kind="forward", training=False, seed=0, calls=calls)
    window.show_trace(Trace("m.py", Engine("numpy", "cpu", ""), runs=(run,)))
    window.viewpoint.move_to(9)
    assert window.parts.graph.view.rect_of("leaf_10#0").isNull()

    window.step_into()

    assert not window.parts.graph.view.rect_of("leaf_10#0").isNull()


def test_large_run_is_laid_out_elsewhere_and_can_be_cancelled(
    window: MainWindow, qtbot: QtBot
) -> None:
    leaf = Call("leaf#0", 0, "leaf", "leaf", "Dense", 0, None, 0, None, None, 0.0, (), ())
    calls = tuple(replace(leaf, id=f"leaf_{n}#0", name=f"leaf_{n}") for n in range(600))
    run = Run(model="m", kind="forward", training=False, seed=0, calls=calls)
    graph = window.parts.graph

    window.show_trace(Trace("m.py", Engine("numpy", "cpu", ""), runs=(run,)))
    assert "Cancel" in graph.note.text()
    graph.note.linkActivated.emit("cancel")
    assert "Collapse some calls" in graph.note.text()
    with qtbot.waitSignal(graph.scene_changed, timeout=20_000):
        graph.expand_all()

    assert not graph.view.rect_of("leaf_599#0").isNull()
    assert not graph.note.isVisibleTo(window)
