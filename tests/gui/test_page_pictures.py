"""What the pictures of docs/masks.md and docs/losses.md show, reached by the same clicks."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot


def _load() -> ModuleType:
    # Tests are no package: the module beside this file is loaded by its path.
    path = Path(__file__).with_name("page_pictures.py")
    spec = importlib.util.spec_from_file_location("page_pictures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["page_pictures"] = module
    spec.loader.exec_module(module)
    return module


pictures = _load()


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[list[Any]]:
    """Windows put in here are closed."""
    windows: list[Any] = []
    yield windows
    for window in windows:
        window.close()


def test_cause_of_the_lost_mask_is_two_clicks_away(shown: list[Any]) -> None:
    window = pictures.lost_mask()
    shown.append(window)

    text = window.parts.masks.page.text.text()

    assert "Scale does not support masks" in text
    assert "self.supports_masking = True in Scale.__init__" in text
    assert window.viewpoint.selected == "mask_lost/scale#0"
    assert window.parts.source.code.line == 23


def test_attention_mask_is_one_click_away_from_the_list_of_masks(shown: list[Any]) -> None:
    window = pictures.attention()
    shown.append(window)
    picture = window.parts.values.picture

    assert window.parts.values.views.currentWidget() is picture
    assert "True = may attend" in picture.legend.text()
    assert "causal" in picture.made_of.text()
    kept = np.array([1, 1, 1, 1, 0, 0, 0], bool)
    assert (picture.grid.values == (np.tri(7, dtype=bool) & kept & kept[:, None])).all()

    picture.show_item(1)
    pictures.settle(window)

    assert (picture.grid.values == np.tri(7, dtype=bool)).all()


def test_sample_that_adds_most_shows_its_input(shown: list[Any]) -> None:
    window = pictures.ledger()
    shown.append(window)
    page = window.parts.losses.page

    adds = [row.adds for row in page.samples.model.rows]
    total = window.viewpoint.run.losses[0].value

    assert sum(adds) == pytest.approx(total, rel=1e-5)
    assert adds == sorted(adds, key=abs, reverse=True)
    assert "divided by 16" in page.text.text()
    assert window.viewpoint.selected == "regularized#0"
    item = page.samples.model.rows[0].sample
    assert window.parts.values.view.slicers.slicing.indices[0] == item
