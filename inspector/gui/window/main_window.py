"""The main window: parts and commands put together; every command is a method here."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QWidget,
)

from inspector.app import Settings, sample_models
from inspector.errors import InspectorError
from inspector.gui.comparing.compare_dialog import CompareDialog
from inspector.gui.graph.scenes import SceneSource
from inspector.gui.look.theme import Appearance
from inspector.gui.panels.call_menu import call_menu
from inspector.gui.panels.run_chooser import RunChooser
from inspector.gui.state.opening import Opening, Problem, State
from inspector.gui.state.recent import Store, recent_files
from inspector.gui.state.session_bridge import SessionBridge, SessionFactory
from inspector.gui.state.tensor_store import TensorStore
from inspector.gui.state.trust import Trust, kept_python
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.window.debugging import Debugging
from inspector.gui.window.dialogs import about_text, shortcuts_text, show_text
from inspector.gui.window.export_dialog import choose_and_export
from inspector.gui.window.file_commands import FileCommands
from inspector.gui.window.graph_commands import GraphCommands
from inspector.gui.window.input_commands import InputCommands
from inspector.gui.window.menus import fill_recent, make_commands, make_toolbar, recolour_icons
from inspector.gui.window.protection_label import ProtectionLabel
from inspector.gui.window.safety_commands import SafetyCommands
from inspector.gui.window.step_commands import StepCommands
from inspector.gui.window.what_if_commands import WhatIfCommands
from inspector.gui.window.window_parts import make_parts
from inspector.gui.window.workbench import restore_places, save_places
from inspector.plugin_host import PluginHost
from inspector.trace import Trace
from inspector.trace.stepping import StepKind

_TITLE = "Inspector"
_NEED_RUN = (
    "continue", "over", "into", "out", "back", "start", "previous", "next", "ops", "find",
    "continue_back", "next_same", "previous_same", "breakpoint",
    "cursor", "here", "fit", "zoom_in", "zoom_out", "actual", "expand_all", "collapse_all",
    "export",
)  # fmt: skip
_AT: dict[StepKind, str] = {
    "enter": "at",
    "op": "op in",
    "exit": "returned from",
    "raise": "failed in",
}

_EMPTY_GRAPH: dict[State, str] = {
    "empty": "",
    "opening": "Running the file. The graph appears with the first model that is called.",
    "open": "No model was called, so there is no graph to show.",
    "lost": "Nothing was recorded before the worker ended. The Output panel may say why.",
}


class MainWindow(
    QMainWindow,
    FileCommands,
    SafetyCommands,
    InputCommands,
    GraphCommands,
    StepCommands,
    WhatIfCommands,
):
    """One window on one file."""

    def __init__(
        self,
        appearance: Appearance,
        sessions: SessionFactory,
        store: Store,
        settings: Settings,
        plugins: PluginHost,
    ) -> None:
        super().__init__()
        self.appearance = appearance
        self._store = store
        self._wheel_zooms = store.value("wheel_zooms") == "yes"
        self.plugins = plugins
        self.viewpoint = Viewpoint()
        self.bridge = SessionBridge(sessions)
        python = settings.python or kept_python(store)
        self.opening = Opening(self.bridge, self.viewpoint, settings.engine, python)
        own = {path.parent for path in sample_models()}
        self.trust = Trust(store, own, everything=settings.trust)
        self.tensors = TensorStore(self.bridge.send, lambda: self.bridge.is_running)
        self.debugging = Debugging(
            self.viewpoint, self.bridge.send, lambda: self.bridge.is_running, store
        )
        self.scenes = SceneSource()
        self.parts = make_parts(
            self, self.viewpoint, appearance, self.tensors, self.scenes, self.debugging
        )
        self.commands = make_commands(self, appearance)
        self.toolbar = make_toolbar(self, self.commands)
        self.chooser = RunChooser(self.viewpoint)
        self._step_label, self._engine_label = QLabel(), QLabel()
        self._protection_label = ProtectionLabel(appearance)
        self._finish_toolbar()
        self._finish_status_bar()
        self._connect()
        self.setAcceptDrops(True)
        self.setObjectName("main")
        self.resize(1480, 920)
        restore_places(self._store, self, self.parts.workbench)
        self._show_state()
        self._refill_recent()

    # Set-up

    def _finish_toolbar(self) -> None:
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.toolbar.addWidget(spacer)
        self.toolbar.addWidget(self.chooser)
        self.commands.actions["masks"].setChecked(True)
        self.commands.actions["wheel"].setChecked(self._wheel_zooms)
        self.toggle_wheel()
        panels = self.commands.menus["&View"].addMenu("&Panels")
        for dock in self.parts.docks.values():
            panels.addAction(dock.toggleViewAction())

    def _finish_status_bar(self) -> None:
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self._step_label, 1)
        self.statusBar().addPermanentWidget(self._protection_label)
        self.statusBar().addPermanentWidget(self._engine_label)

    def _connect(self) -> None:
        parts, opening = self.parts, self.opening
        opening.state_changed.connect(self._show_state)
        opening.progressed.connect(parts.progress.show_progress)
        opening.printed.connect(parts.output.add)
        opening.problem_found.connect(self._show_problem)
        opening.tensor_arrived.connect(self.tensors.take)
        opening.inputs_guessed.connect(self.show_form)
        opening.opened.connect(self.ask_when_unfed)
        opening.run_ended.connect(self.end_form)
        opening.batch_named.connect(self.note_batch)
        opening.number_explained.connect(parts.origin.take)
        parts.values.view.number_chosen.connect(parts.origin.ask)
        parts.origin.asked.connect(lambda: parts.bring_forward("Origin"))
        self.viewpoint.source_requested.connect(lambda *_: parts.bring_forward("Source"))
        self.viewpoint.run_changed.connect(self._show_run)
        self.viewpoint.run_changed.connect(self._count_rows)
        self.viewpoint.trace_changed.connect(self._count_rows)
        self.viewpoint.cursor_moved.connect(self._show_step)
        self.connect_debugging()
        parts.failure.place_chosen.connect(self.viewpoint.source_requested)
        parts.failure.button_pressed.connect(self._go_to_failure)
        parts.problem.place_chosen.connect(self.viewpoint.source_requested)
        parts.problem.button_pressed.connect(self._answer_problem)
        parts.progress.stop_pressed.connect(self.stop_worker)
        parts.graph.view.menu_requested.connect(self._show_menu)
        parts.calls.menu_requested.connect(self._show_menu)
        parts.find.found.connect(parts.graph.mark_found)
        parts.start.open_pressed.connect(self.choose_file)
        parts.start.file_chosen.connect(self.open_path)
        self.appearance.changed.connect(lambda: recolour_icons(self.commands, self.appearance))

    # Opening and closing

    def show_trace(self, trace: Trace) -> None:
        """Show a saved trace, which has no values."""
        self._forget()
        self.debugging.open(Path(trace.file))
        self.opening.show(trace, Path(trace.file))

    def stop_worker(self) -> None:
        self.opening.stop()
        self.parts.progress.show_progress("Stopping…", -1.0)

    def run_inference(self) -> None:
        self._run_again(training=False)

    def run_training(self) -> None:
        self._run_again(training=True)

    def _run_again(self, *, training: bool) -> None:
        model = self.viewpoint.run.model
        if model is not None:
            self.commands.enable(("stop",), is_enabled=True)
            self.opening.run_again(model, training=training)

    def compare_runs(self) -> CompareDialog:
        send = self.bridge.send if self.bridge.is_running else None
        dialog = CompareDialog(self, self.viewpoint, self.appearance, send)
        if dialog.reader is not None:
            self.opening.tensor_arrived.connect(dialog.reader.take)
        dialog.show()
        return dialog

    def close_file(self) -> None:
        self._forget()
        self.opening.close()

    def export_diagram(self) -> None:
        scene = self.parts.graph.scene
        if scene is None or self.viewpoint.trace is None:
            return
        theme: Literal["light", "dark"] = "dark" if self.appearance.theme.is_dark else "light"
        try:
            written = choose_and_export(
                self, self.viewpoint, scene, self.parts.graph.expanded, theme, self.plugins
            )
        except InspectorError as error:
            self.parts.problem.show_problem(Problem("Not exported", error.message, error.fix))
            return
        if written is not None:
            self.statusBar().showMessage(f"Wrote {written}", 8000)

    # Help

    def show_shortcuts(self) -> None:
        show_text(self, "Keyboard shortcuts", shortcuts_text(self.appearance.theme))

    def show_about(self) -> None:
        show_text(self, "About Inspector", about_text(self.plugins))

    # What the window says

    def _forget(self) -> None:
        self.parts.graph.forget()
        self.parts.output.clear()
        self.parts.problem.hide()
        self.parts.failure.hide()
        self.parts.find.close_bar()
        self.tensors.forget()
        self.debugging.forget()
        self.commands.actions["name_batch"].setChecked(False)
        self.viewpoint.name_batch(is_named=False)

    def _show_state(self) -> None:
        state, path = self.opening.state, self.opening.path
        self.setWindowTitle(f"{path.name} — {_TITLE}" if path else _TITLE)
        self.parts.pages.setCurrentIndex(0 if state == "empty" else 1)
        if state != "opening":
            self.parts.progress.hide()
        if state == "open":
            self.parts.count("Findings", self.parts.findings.check(self.plugins))
        self.parts.graph.say_empty(_EMPTY_GRAPH[state])
        self.commands.enable(("stop",), is_enabled=state == "opening")
        self.commands.enable(("pause",), is_enabled=state == "opening")
        can_run = self.bridge.is_running and state == "open"
        self.commands.enable(
            ("what_if", "run_inference", "run_training", "inputs", "weights", "name_batch"),
            is_enabled=can_run,
        )
        self.commands.enable(("reload", "close"), is_enabled=path is not None)
        self.commands.enable(("real",), is_enabled=self.opening.protection is not None)
        self._protection_label.show_protection(self.opening.protection)
        engine = self.opening.engine
        where = f"{engine.array_module} on {engine.device}" if engine.device else "no engine yet"
        self._engine_label.setText(f"Engine: {where}" if engine.device else "")
        self._engine_label.setToolTip(engine.reason)
        self._show_run()

    def _show_run(self) -> None:
        run = self.viewpoint.run
        self.commands.enable(_NEED_RUN, is_enabled=bool(run.calls))
        failures = any(other.failure for other in self.viewpoint.runs)
        self.commands.enable(("undo",), is_enabled=run.changed_from is not None)
        self.commands.enable(("failure",), is_enabled=failures)
        several = len(self.viewpoint.runs) > 1
        self.commands.enable(
            ("next_run", "previous_run", "compare", "first_difference"), is_enabled=several
        )
        if run.failure is not None:
            self.parts.failure.show_failure(run.failure)
        else:
            self.parts.failure.hide()

    def _count_rows(self) -> None:
        run, trace = self.viewpoint.run, self.viewpoint.trace
        self.parts.count("Losses", len(run.losses))
        self.parts.count("Masks", len(run.masks))
        self.parts.count("Replaced", len(trace.replaced) if trace else 0)

    def _show_step(self) -> None:
        self.commands.actions["ops"].setChecked(self.viewpoint.granularity == "op")
        step, steps = self.viewpoint.step, self.viewpoint.steps
        if step is None:
            self._step_label.setText("")
            return
        stack = "  ›  ".join(
            steps.calls[call].name for call in steps.frames(self.viewpoint.position)
        )
        backward = steps.first_backward
        is_backward = backward is not None and self.viewpoint.position >= backward
        at = "backward op in" if is_backward else _AT[step.kind]
        self._step_label.setText(
            f"Step {self.viewpoint.position + 1} of {len(steps)}   ·   {at}  {stack}"
        )

    def _show_menu(self, call_id: str, at: QPoint) -> None:
        if call_id in self.viewpoint.steps.calls:
            self.viewpoint.select(call_id)
            menu = call_menu(
                self,
                self.viewpoint,
                self.parts.graph,
                call_id,
                break_at=self.break_at,
                what_if=self.what_if,
            )
            menu.popup(at)

    def _go_to_failure(self, _name: str) -> None:
        position = self.viewpoint.steps.failure_position()
        if position is not None:
            self.viewpoint.move_to(position)
            self.parts.graph.reveal(self.viewpoint.steps[position].call)
            self.show_cursor()

    def _show_problem(self, problem: Problem) -> None:
        if self.is_for_form(problem) or self.is_for_what_if(problem):
            return
        self.parts.problem.show_problem(problem)
        if problem.file is not None:
            self.viewpoint.source_requested.emit(problem.file, problem.line or 0)

    def _answer_problem(self, name: str) -> None:
        self.parts.problem.hide()
        if name == "restart":
            self.reload()
        elif name == "allow_code":
            self.allow_code()

    def _refill_recent(self) -> None:
        recent = recent_files(self._store)
        self.parts.start.show_files(recent, sample_models())
        for path, action in zip(
            recent, fill_recent(self.commands, [p.name for p in recent]), strict=True
        ):
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self.open_path(path))

    # Qt's events

    def event(self, event: QEvent) -> bool:
        # Space fits the graph, except on what Space presses.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_pressable = isinstance(self.focusWidget(), QAbstractButton | QComboBox)
            if event.key() == Qt.Key.Key_Space and is_pressable:
                event.accept()
                return True
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.parts.start.set_dragging(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.parts.start.set_dragging(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.parts.start.set_dragging(False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open_path(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        save_places(self._store, self, self.parts.workbench)
        wheel_zooms = self.commands.actions["wheel"].isChecked()
        self._store.setValue("wheel_zooms", "yes" if wheel_zooms else "no")
        self._store.setValue("theme", self.appearance.choice)
        for dialog in self.findChildren(CompareDialog):
            dialog.close()
        self.bridge.close()
        self.scenes.close()
        super().closeEvent(event)
