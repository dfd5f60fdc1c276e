"""Each picture under docs/ can be made anew, and shows what its page says."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[2]


def _load() -> object:
    spec = importlib.util.spec_from_file_location("pictures", Path(__file__).parent / "pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["pictures"] = module
    spec.loader.exec_module(module)
    return module


pictures = _load()


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_picture_shows_what_its_page_says(qtbot: QtBot, name: str) -> None:
    picture = pictures.PICTURES[name]

    with pictures.window_on(picture.sample) as window:
        shown = picture.use(window)
        words = pictures.words_in(shown)
        image = shown.grab().toImage()

    for word in picture.shows:
        assert word in words
    assert len({image.pixel(x, y) for x in range(0, 1200, 9) for y in range(0, 780, 9)}) > 30


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_picture_is_on_a_page(name: str) -> None:
    assert not QImage(str(ROOT / "docs" / f"{name}.png")).isNull()
    pages = [page.read_text() for page in (ROOT / "docs").glob("*.md")]
    assert any(f"]({name}.png)" in page for page in pages)
