"""Read-only code with line numbers, marked lines and breakpoints in its gutter."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
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
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from inspector.gui.look.theme import Appearance, mono
from inspector.gui.panels.highlighting import PythonHighlighter


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
