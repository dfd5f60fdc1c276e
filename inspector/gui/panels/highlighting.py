"""Colours of Python code: pygments reads the whole file once, Qt asks for line after line."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument


class PythonHighlighter(QSyntaxHighlighter):
    """Line by line from what `show_code` found: a line alone would not know of open strings."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._lines: list[list[tuple[int, int, QTextCharFormat]]] = []

    def show_code(self, text: str, style: str) -> None:
        """Work out the colours of a text that is about to be shown."""
        self._lines = _formats(text, style) if text else []

    def highlightBlock(self, text: str) -> None:
        number = self.currentBlock().blockNumber()
        if number < len(self._lines):
            for start, length, look in self._lines[number]:
                self.setFormat(start, length, look)


def _formats(text: str, style_name: str) -> list[list[tuple[int, int, QTextCharFormat]]]:
    # pygments is needed only once there is code to show.
    from pygments.lexers import PythonLexer
    from pygments.styles import get_style_by_name

    looks = {token: _look(style) for token, style in get_style_by_name(style_name)}
    lines: list[list[tuple[int, int, QTextCharFormat]]] = [[]]
    column = 0
    for token, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
        for place, part in enumerate(value.split("\n")):
            if place:
                lines.append([])
                column = 0
            if part:
                # Qt counts UTF-16 units, Python counts characters.
                length = len(part.encode("utf-16-le")) // 2
                lines[-1].append((column, length, looks[token]))
                column += length
    return lines


def _look(style: dict[str, object]) -> QTextCharFormat:
    look = QTextCharFormat()
    if style["color"]:
        look.setForeground(QColor(f"#{style['color']}"))
    if style["bold"]:
        look.setFontWeight(QFont.Weight.Bold)
    look.setFontItalic(bool(style["italic"]))
    return look
