"""Where a number comes from, in the window: a click, the table, the way upstream and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from inspector.gui.look.theme import Appearance
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.values.origin_panel import HINT, OriginPanel
from inspector.session.protocol import Command, ExplainNumber, NumberExplained
from inspector.trace.numbers import Contribution, Element, NumberOrigin, Passage


@pytest.fixture
def sent() -> list[Command]:
    return []


@pytest.fixture
def panel(qtbot: QtBot, sent: list[Command]) -> OriginPanel:
    panel = OriginPanel(Viewpoint(), Appearance("light"), sent.append, lambda: True)
    qtbot.addWidget(panel)
    panel.resize(700, 200)
    return panel


def _answer(request: int) -> NumberExplained:
    rows = (
        Contribution(Element("x of m", 1, (0, 2), 2.0), -5.0, -10.0),
        Contribution(Element("d/kernel", 2, (2, 0), -5.0), 2.0, -10.0),
    )
    origin = NumberOrigin(
        Element("matmul in d", 3, (0, 0), -9.0),
        Passage("d#0", "matmul", "model.py", 7),
        rows,
        (("x of m", -9.0), ("d/kernel", -9.0)),
    )
    return NumberExplained(request, 0, origin)


def test_panel_says_what_to_do_before_anything_was_asked(panel: OriginPanel) -> None:
    assert HINT == panel._empty.text()


def test_answer_is_a_row_a_contribution_with_its_sums(
    panel: OriginPanel, sent: list[Command]
) -> None:
    panel.ask(3, (0, 0))
    panel.take(_answer(1))

    assert [ExplainNumber(1, 0, 3, (0, 0))] == sent
    first = panel.model.index(0, 0)
    assert "x of m[0, 2]" == first.data()
    assert ["2", "-5", "-10"] == [panel.model.index(0, place).data() for place in (1, 2, 3)]
    assert "adds up to: x of m -9, d/kernel -9" in panel.heading.text()
    assert "model.py:7" in panel.heading.text()


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        ((("x", -10.0), ("d/kernel", -10.0), ("d/bias", 1.0)), "adds up to: x -10"),
        ((("gamma", -9.0), ("beta", 0.0), ("add", -0.01)), "contributions: gamma -9"),
    ],
)
def test_sums_are_said_to_add_up_only_where_they_do(
    panel: OriginPanel, totals: tuple[tuple[str, float], ...], words: str
) -> None:
    panel.ask(3, (0, 0))
    answer = _answer(1)
    assert answer.origin is not None

    panel.take(replace(answer, origin=replace(answer.origin, totals=totals)))

    assert words in panel.heading.text()


def test_heading_has_the_three_largest_sums_and_its_tool_tip_all(panel: OriginPanel) -> None:
    answer = _answer(1)
    assert answer.origin is not None
    totals = tuple((f"x{i}", float(i)) for i in range(20))

    panel.ask(3, (0, 0))
    panel.take(replace(answer, origin=replace(answer.origin, totals=totals)))

    assert "x19 19, x18 18, x17 17 and 17 more" in panel.heading.text()
    assert "x16" not in panel.heading.text()
    assert "x0 0" in panel.heading.toolTip()


def test_row_is_asked_about_in_turn_and_back_goes_back(
    panel: OriginPanel, sent: list[Command]
) -> None:
    panel.ask(3, (0, 0))
    panel.take(_answer(1))

    panel.row_chosen.emit(panel.model.rows[1])
    panel.take(_answer(2))
    panel.heading.linkActivated.emit("back")

    assert [(3, (0, 0)), (2, (2, 0)), (3, (0, 0))] == [
        (command.tensor, command.index) for command in sent if isinstance(command, ExplainNumber)
    ]


def test_answer_that_was_overtaken_is_left_alone(panel: OriginPanel) -> None:
    panel.ask(3, (0, 0))
    panel.ask(3, (1, 1))

    panel.take(_answer(1))

    assert () == panel.model.rows


def test_problem_is_said_in_place_of_rows(panel: OriginPanel) -> None:
    panel.ask(3, (0, 0))

    panel.take(NumberExplained(1, 0, None, "Run 1 has no values of tensor 3 (any more)."))

    assert "no values of tensor 3" in panel._empty.text()
    assert () == panel.model.rows
