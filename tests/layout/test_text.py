"""Estimated text widths hold what is drawn; elided texts fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

from inspector.layout.text import FONT_FAMILY, elide, text_width

plain = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("size", [10, 12])
def test_text_width_is_at_least_what_qt_draws_and_not_much_more(qapp, bold, size):
    font = QFont(FONT_FAMILY)
    font.setPixelSize(size)
    font.setBold(bold)
    if QFontInfo(font).family() != FONT_FAMILY:
        pytest.skip(f"{FONT_FAMILY} is not installed")
    metrics = QFontMetricsF(font)

    for text in ("dense_1", "BatchNormalization (None, 28, 28, 64)", "WWWW iiii", "x × 2 → y …"):
        drawn = metrics.horizontalAdvance(text)
        assert drawn <= text_width(text, size, bold=bold) <= 1.3 * drawn + 4


@given(plain, st.floats(20, 400), st.booleans())
def test_elide_gives_a_text_that_fits(text, width, bold):
    shown = elide(text, 10, width, bold=bold)

    assert text_width(shown, 10, bold=bold) <= width
    assert shown == text or "…" in shown


def test_elide_keeps_both_ends_of_a_name():
    shown = elide("block_11_project_batch_normalization", 10, 120)

    assert shown.startswith("block")
    assert shown.endswith("zation")
