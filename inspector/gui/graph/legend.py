"""The legend: what the colours in the graph mean, in the lower left corner."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from inspector.gui.look.theme import Appearance, sans

_NAMES = {
    "conv": "convolution",
    "norm": "normalization",
    "dropout": "regularization",
    "merge": "merging",
    "reshape": "reshaping",
    "custom": "custom layer",
    "stub": "reference",
    "placeholder": "placeholder: code not there",
}
_ROW, _PAD, _CHIP = 18.0, 9.0, 10.0


class Legend(QWidget):
    """Shows only the categories that are in the picture."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._categories: tuple[str, ...] = ()
        self.setAccessibleName("Legend")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        appearance.changed.connect(self.update)

    @property
    def categories(self) -> tuple[str, ...]:
        """What is listed, in order."""
        return self._categories

    def show_categories(self, categories: tuple[str, ...]) -> None:
        """Show the meaning of these categories, in the theme's order."""
        order = [name for name, _ in self._appearance.theme.categories]
        present = set(categories)
        self._categories = tuple(name for name in order if name in present)
        self.setVisible(bool(self._categories))
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(sans(8.5))
        widest = max((metrics.horizontalAdvance(_name(c)) for c in self._categories), default=0)
        height = len(self._categories) * _ROW + 2 * _PAD - 4
        return QSize(int(widest + _CHIP + 8 + 2 * _PAD) + 1, int(height))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(theme.panel)
        ground.setAlpha(235)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setFont(sans(8.5))
        for row, category in enumerate(self._categories):
            y = _PAD - 2 + row * _ROW
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.category(category))
            painter.drawRoundedRect(QRectF(_PAD, y + (_ROW - _CHIP) / 2, _CHIP, _CHIP), 3, 3)
            painter.setPen(QColor(theme.text))
            text = QRectF(_PAD + _CHIP + 7, y, self.width(), _ROW)
            painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), _name(category))
        painter.end()


def _name(category: str) -> str:
    return _NAMES.get(category, category)
