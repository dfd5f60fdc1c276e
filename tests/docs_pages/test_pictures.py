"""Each picture under docs/ can be made anew by the same clicks, and shows what its page says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

# Tests are no package: the modules beside this file are imported from their folder.
sys.path.insert(0, str(Path(__file__).parent))

import driving
import pictures

from inspector.gui.window.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def opened(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    """The window on the sample that the test is about."""
    with driving.window_on(request.param) as window:
        yield window


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_picture_shows_what_its_page_says(qtbot: QtBot, name: str) -> None:
    picture = pictures.PICTURES[name]

    with driving.window_on(picture.sample) as window:
        shown = picture.use(window)
        words = driving.words_in(shown)
        image = shown.grab().toImage()

    for word in picture.shows:
        assert word in words
    width, height = image.width(), image.height()
    assert len({image.pixel(x, y) for x in range(0, width, 9) for y in range(0, height, 9)}) > 30


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_picture_is_on_a_page(name: str) -> None:
    assert not QImage(str(ROOT / "docs" / f"{name}.png")).isNull()
    pages = [page.read_text() for page in (ROOT / "docs").glob("*.md")]
    assert any(f"]({name}.png)" in page for page in pages)


@pytest.mark.parametrize("opened", ["broken_mask_lost"], indirect=True)
def test_cause_of_the_lost_mask_is_two_clicks_away(opened: MainWindow) -> None:
    window = opened
    pictures.lost_mask(window)

    text = window.parts.masks.page.text.text()

    assert "Scale does not support masks" in text
    assert "self.supports_masking = True in Scale.__init__" in text
    assert window.viewpoint.selected == "mask_lost/scale#0"
    assert window.parts.source.code.line == 23


@pytest.mark.parametrize("opened", ["transformer_block"], indirect=True)
def test_attention_mask_is_one_click_away_from_the_list_of_masks(opened: MainWindow) -> None:
    window = opened
    pictures.attention(window)
    picture = window.parts.values.picture

    assert window.parts.values.views.currentWidget() is picture
    assert "True = may attend" in picture.legend.text()
    assert "causal" in picture.made_of.text()
    kept = np.array([1, 1, 1, 1, 0, 0, 0], bool)
    assert (picture.grid.values == (np.tri(7, dtype=bool) & kept & kept[:, None])).all()

    picture.show_item(1)
    driving.at_rest(window)

    assert (picture.grid.values == np.tri(7, dtype=bool)).all()


@pytest.mark.parametrize("opened", ["regularizers"], indirect=True)
def test_sample_that_adds_most_shows_its_input(opened: MainWindow) -> None:
    window = opened
    pictures.ledger(window)
    page = window.parts.losses.page

    adds = [row.adds for row in page.samples.model.rows]
    total = window.viewpoint.run.losses[0].value

    assert sum(adds) == pytest.approx(total, rel=1e-5)
    assert adds == sorted(adds, key=abs, reverse=True)
    assert "divided by 16" in page.text.text()
    assert window.viewpoint.selected == "regularized#0"
    item = page.samples.model.rows[0].sample
    assert window.parts.values.view.slicers.slicing.indices[0] == item
