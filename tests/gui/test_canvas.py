"""The spatial grid, the painter at every level of detail, the Qt that it needs."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from inspector.gui.graph.canvas_grid import SpatialGrid
from inspector.gui.graph.canvas_item import CanvasItem
from inspector.gui.graph.drawing import drawing_of
from inspector.gui.look.theme import LIGHT
from inspector.layout.opened import expandable
from inspector.layout.scene import build_scene
from inspector.trace import Run


def test_grid_finds_what_a_full_search_finds() -> None:
    random = np.random.default_rng(3)
    boxes = np.column_stack(
        [random.uniform(-9000, 9000, (400, 2)), random.uniform(1, 3000, (400, 2))]
    )
    grid = SpatialGrid(boxes)

    for x, y, w, h in random.uniform(-9000, 9000, (50, 4)):
        w, h = abs(w) / 4, abs(h) / 4
        meets = (
            (boxes[:, 0] <= x + w) & (boxes[:, 0] + boxes[:, 2] >= x)
            & (boxes[:, 1] <= y + h) & (boxes[:, 1] + boxes[:, 3] >= y)
        )  # fmt: skip
        assert np.flatnonzero(meets).tolist() == grid.query(x, y, w, h).tolist()


def test_grid_of_nothing_finds_nothing() -> None:
    assert 0 == len(SpatialGrid(np.zeros((0, 4))).query(0, 0, 10, 10))


def test_grid_keeps_few_cells_when_the_scene_is_sparse() -> None:
    grid = SpatialGrid(np.array([[0.0, 0, 1, 1], [1e9, 1e9, 1, 1]]))

    assert [1] == grid.query(1e9, 1e9, 5, 5).tolist()


@pytest.fixture
def item(qtbot: QtBot, vae_run: Run) -> CanvasItem:
    made = CanvasItem(LIGHT)
    made.show_drawing(drawing_of(build_scene(vae_run, expandable(vae_run)), vae_run))
    return made


def _painted(item: CanvasItem, lod: float) -> QImage:
    area = item.boundingRect()
    size = (area.size() * lod).toSize()
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.canvas))
    painter = QPainter(image)
    painter.scale(lod, lod)
    painter.translate(-area.topLeft())
    item.paint_area(painter, area, lod)
    painter.end()
    return image


@pytest.mark.parametrize("lod", [0.15, 0.4, 1.0])
def test_canvas_paints_at_every_level_of_detail(item: CanvasItem, lod: float) -> None:
    image = _painted(item, lod)
    index = item.drawing.home["variational_auto_encoder/encoder/dense_proj#0"]
    rect = QRectF(*item.drawing.rects[index])
    corner = rect.topLeft() - item.boundingRect().topLeft()

    # The stripe at the card's left edge says its category at every distance.
    stripe = image.pixelColor(
        int((corner.x() + 3.5) * lod), int((corner.y() + rect.height() / 2) * lod)
    )
    assert stripe.blue() > stripe.red() + 20


def test_box_at_gives_the_innermost(item: CanvasItem) -> None:
    index = item.drawing.home["variational_auto_encoder/encoder/dense_proj#0"]
    middle = QRectF(*item.drawing.rects[index]).center()

    assert index == item.box_at(middle.x(), middle.y())


def test_qt_keeps_its_references_to_none(item: CanvasItem) -> None:
    """PySide6 6.12.0 loses one at every void call and aborts on Python 3.11."""
    image = QImage(9, 9, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)

    for _ in range(1000):
        painter.drawRect(QRectF(0, 0, 1, 1))

    painter.end()
    assert sys.getrefcount(None) > before - 500


def test_frame_of_a_large_graph_is_painted_fast(item: CanvasItem) -> None:
    """A gross regression only: 20,000 cards far away took 10 ms of process time when written."""
    count = 20_000
    places = np.arange(count)
    rects = np.column_stack(
        [places % 150 * 140.0, places // 150 * 60.0, *np.full((2, count), 40.0)]
    )
    drawing = item.drawing
    from dataclasses import replace

    item.show_drawing(
        replace(
            drawing, ids=tuple(map(str, places)), rects=rects, kinds=np.zeros(count, np.int8),
            depths=np.zeros(count, np.int16), categories=("dense",) * count,
            labels=("x",) * count, sublabels=("",) * count, edge_paths=(), edge_labels=(),
            members=(), sources=np.zeros(0, np.int64), targets=np.zeros(0, np.int64),
            edge_masks=np.zeros(0, np.int64), label_at=np.zeros((0, 4)), home={}, mask_ends=(),
            bounds=(0.0, 0.0, 21_000.0, 8_000.0),
        )
    )  # fmt: skip
    start = time.process_time()

    _painted(item, 0.05)

    assert time.process_time() - start < 1.0
