"""The dock of source: the user's file, the line of the cursor, the line of the failure."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.look.theme import Appearance
from inspector.gui.panels.code_view import CodeView
from inspector.gui.panels.source_chooser import SourceChooser
from inspector.gui.state.breakpoints import BreakpointList
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.table_panel import set_role
from inspector.trace.breakpoints import Breakpoint, sites

_MOST_BYTES = 4_000_000


class SourcePanel(QWidget):
    """Shows the file of the selected call and follows it."""

    problem_found = Signal(object)

    def __init__(
        self, viewpoint: Viewpoint, appearance: Appearance, breakpoints: BreakpointList
    ) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._breakpoints = breakpoints
        self._texts: dict[str, str | None] = {}
        self.heading = set_role(QLabel("No source to show yet"), "muted")
        self.heading.setContentsMargins(10, 6, 10, 5)
        self.heading.setWordWrap(True)
        self.chooser = SourceChooser()
        self.code = CodeView(appearance)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.chooser)
        layout.addWidget(self.heading)
        layout.addWidget(self.code, 1)
        viewpoint.selection_changed.connect(self.follow)
        viewpoint.cursor_moved.connect(self.follow)
        viewpoint.trace_changed.connect(self._look_again)
        viewpoint.source_requested.connect(self.show_line)
        viewpoint.run_changed.connect(self._mark_called)
        self.code.line_chosen.connect(self.go_to_line)
        self.code.line_toggled.connect(self.toggle_breakpoint)
        self.code.menu_requested.connect(self._show_menu)
        self.chooser.chosen.connect(lambda file: self.show_line(file, 0))
        breakpoints.changed.connect(self._mark_stops)

    def follow(self) -> None:
        """Go to the line of the op under the cursor, else of the selected call."""
        call, step = self._viewpoint.call, self._viewpoint.step
        if call is None:
            return
        file, line = call.file, call.line
        if step is not None and step.call == call.id and step.op is not None:
            op = call.ops[step.op]
            file, line = (op.file, op.line) if op.file else (file, line)
        failure = self._viewpoint.run.failure
        if failure is not None and failure.call == call.id and failure.file:
            file, line = failure.file, failure.line
        if file is not None:
            self.show_line(file, line or 0)

    def show_line(self, file: str, line: int) -> None:
        """Show a file with a line marked; 0 marks none."""
        text = self._text(file)
        name = Path(file).name
        if text is None:
            self.heading.setText(f"{name} cannot be read")
            self.code.show_code("", "")
            return
        self.heading.setText(f"{name}, line {line}" if line else name)
        source = self._viewpoint.source(file)
        if source is not None and source.note:
            self.heading.setText(f"{self.heading.text()}  —  {source.note}")
        self.heading.setToolTip(file)
        self.chooser.select(file)
        is_other = file != self.code.file
        self.code.show_code(file, text)
        if is_other:
            self._mark_called()
            self._mark_stops()
        self.code.mark_line(line, is_failure=self._is_failure(file, line))

    def go_to_line(self, line: int) -> None:
        """Move the cursor to the next call that a line made, round to the first."""
        positions = self._positions(line)
        later = [place for place in positions if place > self._viewpoint.position]
        if positions:
            self._viewpoint.move_to((later or positions)[0])

    def _positions(self, line: int) -> list[int]:
        """Where a line of the file shown comes up in the run: its calls, else its ops."""
        steps = self._viewpoint.steps
        here = Breakpoint("line", file=self.code.file, line=line)
        found = sites(self._viewpoint.run, here)
        return sorted(
            steps.entry_of(site.call) if site.op is None else steps.op_at(site.call, site.op)
            for site in found
        )

    def toggle_breakpoint(self, line: int) -> None:
        """Set a breakpoint on a line of the file shown, or take it away."""
        try:
            self._breakpoints.toggle_line(self.code.file, line, self.code.text_of(line))
        except InspectorError as error:
            self.problem_found.emit(error)

    def line_menu(self, line: int) -> QMenu:
        """What can be done with a line."""
        menu = self.code.createStandardContextMenu()
        first = menu.actions()[0] if menu.actions() else None
        run_to = QAction(f"Run to line {line}", menu)
        run_to.setEnabled(bool(self._positions(line)))
        run_to.triggered.connect(lambda: self.go_to_line(line))
        known = self._breakpoints.lines(self.code.file).get(line)
        title = "Delete the breakpoint" if known else "Set a breakpoint"
        toggle = QAction(f"{title} on line {line}", menu)
        toggle.triggered.connect(lambda: self.toggle_breakpoint(line))
        menu.insertActions(first, [run_to, toggle])  # type: ignore[arg-type]  # None: at the end
        menu.insertSeparator(first)  # type: ignore[arg-type]
        return menu

    def _show_menu(self, line: int, at: QPoint) -> None:
        menu = self.line_menu(line)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _mark_stops(self) -> None:
        rows = self._breakpoints.lines(self.code.file) if self.code.file else {}
        self.code.show_stops({line: row.is_enabled for line, row in rows.items()})

    def _mark_called(self) -> None:
        calls = self._viewpoint.run.calls
        lines = {call.line for call in calls if call.file == self.code.file and call.line}
        self.code.show_called(frozenset(lines))

    def _is_failure(self, file: str, line: int) -> bool:
        trace = self._viewpoint.trace
        failures = (self._viewpoint.run.failure, trace.failure if trace else None)
        return any(f is not None and (f.file, f.line) == (file, line) for f in failures)

    def _look_again(self) -> None:
        trace = self._viewpoint.trace
        self.chooser.show_sources(trace.sources if trace else ())
        if trace is None:
            self._texts.clear()
            self.heading.setText("No source to show yet")
            self.code.show_code("", "")
        elif not self.code.file and trace.sources:
            self.show_line(trace.sources[0].file, 0)
        elif not self.code.file and Path(trace.file).suffix == ".py":
            self.show_line(trace.file, 0)

    def _text(self, file: str) -> str | None:
        source = self._viewpoint.source(file)
        if source is not None:
            return source.text
        if file not in self._texts:
            try:
                with open(file, encoding="utf-8", errors="replace") as stream:
                    self._texts[file] = stream.read(_MOST_BYTES)
            except OSError:
                self._texts[file] = None
        return self._texts[file]
