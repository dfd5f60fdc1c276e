"""Watches in the window: their value at the cursor and over all steps."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from inspector.gui.state.watches import Watch, read_watch
from inspector.gui.window.main_window import MainWindow
from inspector.session.debug_messages import (
    Evaluation,
)
from tests.gui.asking import answer, asked


def test_watch_shows_its_value_at_every_step_and_over_all_of_them(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    panel = window.parts.watches
    panel.entry.line.setText("spread = std(y)")
    panel.entry.submit()
    at_cursor, over_steps = asked(session)[-2:]

    answer(session, at_cursor, Evaluation("0.25", 0.25, True))
    numbers = [Evaluation(str(i), float(i), True) for i in range(len(over_steps.places))]
    answer(session, over_steps, *numbers)

    qtbot.waitUntil(lambda: panel.plot.plot is not None)
    assert "0.25" == panel.list.model.index(0, 1).data()
    assert len(window.viewpoint.run.calls) == len(over_steps.places)
    plot = panel.plot.plot
    assert plot is not None
    plot.place_chosen.emit(9)
    assert 9 == window.viewpoint.position
    assert "std(y)" == asked(session)[-1].expression


def test_watch_that_is_nan_at_every_step_says_so_and_draws_nothing(
    live: tuple[MainWindow, Any], qtbot: QtBot, capfd: pytest.CaptureFixture[str]
) -> None:
    window, session = live
    panel = window.parts.watches
    panel.entry.line.setText("mean(y)")
    panel.entry.submit()
    over_steps = asked(session)[-1]

    nan = Evaluation("nan", float("nan"), True)
    answer(session, over_steps, *[nan] * len(over_steps.places))

    qtbot.waitUntil(lambda: "NaN or infinite at every step" in panel.plot._hint.text())
    assert panel.plot.plot is None
    assert "All-NaN" not in capfd.readouterr().err


def test_watch_that_names_its_calls_is_drawn_over_the_runs(
    live: tuple[MainWindow, Any], qtbot: QtBot
) -> None:
    window, session = live
    panel = window.parts.watches
    panel.entry.line.setText('norm(at("decoder").w)')
    panel.entry.submit()
    over_runs = [c for c in asked(session) if len(c.places) == 1][-1]

    answer(session, over_runs, Evaluation("2", 2.0, True))

    qtbot.waitUntil(lambda: "by run" in panel.plot.title.text())
    assert panel.plot.plot is not None


def test_watch_that_is_wrong_says_so_and_is_not_added(vae_window: MainWindow) -> None:
    entry = vae_window.parts.watches.entry
    entry.line.setText("mean(z)")
    entry.submit()

    assert "nothing called 'z'" in entry.problem.text()
    assert () == vae_window.debugging.watches.rows


@pytest.mark.parametrize(
    ("text", "watch"),
    [
        ("mean(y)", Watch("mean(y)", "mean(y)")),
        ("m = mean(y)", Watch("m", "mean(y)")),
        ("shape == (2, 3)", Watch("shape == (2, 3)", "shape == (2, 3)")),
        ("my norm = norm(w)", Watch("my norm", "norm(w)")),
    ],
)
def test_watch_is_read_with_or_without_a_name(text: str, watch: Watch) -> None:
    assert watch == read_watch(text)
    assert watch == read_watch(str(watch))
