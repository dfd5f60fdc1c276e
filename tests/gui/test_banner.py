"""The strip above the graph: what it says of a failure."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton

from inspector.gui.look.theme import LIGHT, Appearance
from inspector.gui.window.banner import Banner, failure_html, shortened
from inspector.trace import AxisOrigin, Failure, Operand


def test_banner_says_what_to_do_only_when_it_is_certain():
    sure = Failure("net#0", "ValueError", "no", fix="Use a < b.")
    unsure = Failure("net#0", "ValueError", "no")

    assert "<b>What to do:</b> Use a &lt; b." in failure_html(sure, LIGHT)
    assert "What to do" not in failure_html(unsure, LIGHT)


@pytest.mark.parametrize(("call", "buttons"), [("net#0", ["Show the call"]), (None, [])])
def test_banner_offers_the_call_when_one_failed(qtbot, call, buttons):
    banner = Banner(Appearance("light"), "failure")
    qtbot.addWidget(banner)

    banner.show_failure(Failure(call, "ValueError", "no"))

    shown = [b.text() for b in banner.findChildren(QPushButton)]
    assert shown == buttons


def test_long_headline_is_cut_between_words_and_before_an_open_bracket():
    text = "shapes (8, 6) and (12, 6) do not fit each other (one or both are wrong)"

    assert shortened(text, 60) == "shapes (8, 6) and (12, 6) do not fit each other …"
    assert shortened("x" * 80, 20) == "x" * 19 + " …"
    assert shortened(text, 100) == text


@pytest.mark.parametrize(
    ("file", "short"), [("/home/book.ipynb cell 2", "cell 2:4"), ("/home/model.py", "line 4")]
)
def test_short_link_names_the_cell_of_a_notebook(file, short):
    origin = AxisOrigin(1, 10, "Dense(10)", file, 4)
    failure = Failure("net#0", "ValueError", "no", file=file, line=7,
                      operands=(Operand("x", (4, 10), (origin,)),))  # fmt: skip

    assert f">{short}</a>" in failure_html(failure, LIGHT)
