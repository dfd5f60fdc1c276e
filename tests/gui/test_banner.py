"""The strip above the graph: what it says of a failure."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton

from inspector.gui.look.theme import LIGHT, Appearance
from inspector.gui.window.banner import Banner, failure_html
from inspector.trace import Failure


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
