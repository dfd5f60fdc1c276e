"""Raster pictures and PDF of a laid-out scene, painted by the same code as the window."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter

from inspector.errors import ExportError
from inspector.gui.graph.canvas_item import CanvasItem
from inspector.gui.graph.canvas_marks import DONE, Marks
from inspector.gui.graph.drawing import Drawing, drawing_of
from inspector.gui.look.theme import DARK, LIGHT
from inspector.layout.scene import Scene
from inspector.trace import Run

_MARGIN = 24.0
_LONGEST_PX = 16_000
_SCALE = 2.0
_LONGEST_POINTS = 14_000.0
"""PDF readers refuse pages of more than 14,400 points."""


def write_png(scene: Scene, run: Run, path: Path, *, theme: str = "light") -> None:
    """Write a PNG at two pixels a unit, or as large as 16,000 pixels allow.

    Raises:
        ExportError: the picture cannot be made or the file cannot be written.
    """
    _start_qt()
    item = _item(drawing_of(scene, run), run, theme)
    area = _area(item)
    scale = min(_SCALE, _LONGEST_PX / max(area.width(), area.height()))
    width, height = max(int(area.width() * scale), 1), max(int(area.height() * scale), 1)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if image.isNull():
        raise ExportError(
            f"{path.name}: a picture of {width} x {height} does not fit into memory.",
            fix="Collapse some calls, or write SVG.",
        )
    image.fill(QColor(item.theme.canvas))
    painter = QPainter(image)
    _paint(painter, item, area, scale)
    painter.end()
    if not image.save(str(path), "PNG"):  # type: ignore[call-overload]  # the stubs want bytes
        raise _cannot_write(path)


def write_pdf(scene: Scene, run: Run, path: Path, *, theme: str = "light") -> None:
    """Write one PDF page of the scene's size.

    Raises:
        ExportError: the file cannot be written.
    """
    _start_qt()
    item = _item(drawing_of(scene, run), run, theme)
    area = _area(item)
    scale = min(0.75, _LONGEST_POINTS / max(area.width(), area.height()))
    writer = QPdfWriter(str(path))
    writer.setResolution(72)
    size = QSizeF(area.width() * scale, area.height() * scale)
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point, "diagram"))
    writer.setPageMargins(QMarginsF())
    painter = QPainter()
    if not painter.begin(writer):
        raise _cannot_write(path)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(item.theme.canvas))
    _paint(painter, item, area, scale)
    painter.end()


def _item(drawing: Drawing, run: Run, theme: str) -> CanvasItem:
    item = CanvasItem(DARK if theme == "dark" else LIGHT)
    item.show_drawing(drawing)
    failed = drawing.home.get(run.failure.call, -1) if run.failure and run.failure.call else -1
    progress = drawing.kinds * 0 + DONE
    item.marks = Marks(progress, failed=failed)
    return item


def _area(item: CanvasItem) -> QRectF:
    x, y, width, height = item.drawing.bounds
    return QRectF(x - _MARGIN, y - _MARGIN, width + 2 * _MARGIN, height + 2 * _MARGIN)


def _paint(painter: QPainter, item: CanvasItem, area: QRectF, scale: float) -> None:
    painter.scale(scale, scale)
    painter.translate(-area.topLeft())
    # Level of detail off: labels must not vanish because the page is small.
    item.paint_in_full(painter, area)


def _start_qt() -> None:
    if QGuiApplication.instance() is None:
        if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        QGuiApplication([])


def _cannot_write(path: Path) -> ExportError:
    return ExportError(
        f"{path}: the file cannot be written.", fix="Choose a folder in which you may write."
    )
