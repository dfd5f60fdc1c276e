"""The dock of source: the user's file, the line of the cursor, the line of the failure."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QLabel, QMenu, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.look.theme import Appearance, mono
from inspector.gui.panels.highlighting import PythonHighlighter
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
        self.code = CodeView(appearance)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
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


class CodeView(QPlainTextEdit):
    """Read-only code with line numbers and one marked line.

    Lines that made calls have a dot in the gutter; a click there is `line_toggled`, with Ctrl
    `line_chosen`.
    """

    line_chosen = Signal(int)
    line_toggled = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("source")
        self.setAccessibleName("Source")
        self.setReadOnly(True)
        self.setFont(mono(9.5))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.file = ""
        self.line = 0
        self.called_lines: frozenset[int] = frozenset()
        self.stops: dict[int, bool] = {}
        self._is_failure = False
        self._appearance = appearance
        self._gutter = Gutter(self)
        self._highlighter = PythonHighlighter(self.document())
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_gutter)
        appearance.changed.connect(self._recolour)
        self._make_room()

    def show_code(self, file: str, text: str) -> None:
        """Show a file; the same one changes nothing."""
        if file == self.file and file:
            return
        self.file, self.line = file, 0
        self._highlighter.show_code(text, self._appearance.theme.code)
        self.setPlainText(text)
        self.setExtraSelections([])

    def mark_line(self, line: int, *, is_failure: bool) -> None:
        """Mark a line and bring it into view; 0 marks none."""
        self.line, self._is_failure = line, is_failure
        block = self.document().findBlockByNumber(line - 1)
        if line < 1 or not block.isValid():
            self.setExtraSelections([])
            return
        self.setExtraSelections([self._marked(block)])
        self._bring_into_view(line)
        self._gutter.update()

    def _bring_into_view(self, line: int) -> None:
        first = self.firstVisibleBlock().blockNumber()
        visible = max(self.viewport().height() // max(self.fontMetrics().height(), 1) - 2, 1)
        if not first + 1 <= line - 1 < first + visible:
            self.verticalScrollBar().setValue(max(line - 1 - visible // 3, 0))

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Line numbers, and a pointer at the marked line."""
        theme = self._appearance.theme
        painter = QPainter(self._gutter)
        painter.fillRect(event.rect(), QColor(theme.raised))
        painter.setFont(mono(8.5))
        block = self.firstVisibleBlock()
        offset = self.contentOffset()
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(offset)
            if area.top() > event.rect().bottom():
                break
            self._paint_number(painter, block, area)
            block = block.next()
        painter.end()

    def show_called(self, lines: frozenset[int]) -> None:
        """Put dots at lines that made calls."""
        self.called_lines = lines
        self._gutter.update()

    def show_stops(self, stops: dict[int, bool]) -> None:
        """Put marks at lines with breakpoints; False is one that is off."""
        self.stops = stops
        self._gutter.update()

    def line_at(self, y: float) -> int:
        """The line at a height."""
        return self.cursorForPosition(QPoint(0, int(y))).blockNumber() + 1

    def text_of(self, line: int) -> str:
        """What a line says."""
        return self.document().findBlockByNumber(line - 1).text()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.file:
            self.menu_requested.emit(self.line_at(event.pos().y()), event.globalPos())

    def gutter_width(self) -> int:
        """Room for the largest number and the pointer."""
        digits = max(len(str(self.blockCount())), 2)
        return 24 + self.fontMetrics().horizontalAdvance("9") * digits

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), self.gutter_width(), area.height()))
        if self.line:
            self._bring_into_view(self.line)

    def _paint_number(self, painter: QPainter, block: QTextBlock, area: QRectF) -> None:
        theme = self._appearance.theme
        number = block.blockNumber() + 1
        is_marked = number == self.line
        painter.setPen(QColor(theme.text if is_marked else theme.muted))
        place = QRectF(0, area.top(), self._gutter.width() - 8, area.height())
        painter.drawText(
            place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(number)
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_dot(painter, number, area.center().y())
        if is_marked:
            self._paint_pointer(painter, number, area.center().y())

    def _paint_dot(self, painter: QPainter, number: int, y: float) -> None:
        """A breakpoint, or that the line made calls."""
        theme = self._appearance.theme
        painter.setPen(Qt.PenStyle.NoPen)
        if number in self.stops:
            painter.setPen(QPen(QColor(theme.failure), 1.5))
            is_on = self.stops[number]
            painter.setBrush(QColor(theme.failure) if is_on else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(9, y), 5, 5)
        elif number in self.called_lines and number != self.line:
            painter.setBrush(QColor(theme.faint))
            painter.drawEllipse(QPointF(9, y), 2.5, 2.5)

    def _paint_pointer(self, painter: QPainter, number: int, y: float) -> None:
        """The marked line; on a breakpoint the pointer is drawn into its mark."""
        theme = self._appearance.theme
        is_inside = bool(self.stops.get(number))
        colour = theme.failure if self._is_failure else theme.step
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.panel if is_inside else colour))
        half, x = (2.8, 7.0) if is_inside else (4.5, 5.0)
        painter.drawPolygon(
            QPolygonF([QPointF(x, y - half), QPointF(x + 1.8 * half, y), QPointF(x, y + half)])
        )

    def _marked(self, block: QTextBlock) -> QTextEdit.ExtraSelection:
        theme = self._appearance.theme
        look = QTextCharFormat()
        look.setBackground(QColor(theme.failure_soft if self._is_failure else theme.line_mark))
        look.setProperty(QTextFormat.Property.FullWidthSelection, True)
        selection = QTextEdit.ExtraSelection()
        selection.format = look
        selection.cursor = QTextCursor(block)
        return selection

    def _make_room(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)

    def _scroll_gutter(self, area: QRect, moved: int) -> None:
        if moved:
            self._gutter.scroll(0, moved)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def _recolour(self) -> None:
        self._highlighter.show_code(self.toPlainText(), self._appearance.theme.code)
        self._highlighter.rehighlight()
        if self.line:
            self.mark_line(self.line, is_failure=self._is_failure)


class Gutter(QWidget):
    """The strip of line numbers; the code view paints it."""

    def __init__(self, code: CodeView) -> None:
        super().__init__(code)
        self._code = code
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(
            "Click: set or delete a breakpoint.  Ctrl+click: move the cursor there.\n"
            "A small dot marks a line that made calls."
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        line = self._code.line_at(event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or not self._code.file:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._code.line_chosen.emit(line)
        else:
            self._code.line_toggled.emit(line)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._code.file:
            line = self._code.line_at(event.pos().y())
            self._code.menu_requested.emit(line, event.globalPos())

    def sizeHint(self) -> QSize:
        return QSize(self._code.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._code.paint_gutter(event)
