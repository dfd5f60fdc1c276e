"""How long the stretches of an opening may take."""

from __future__ import annotations

import time

from inspector.session.settings import Settings
from inspector.session.time_limits import MORE_TIME, end_of_opening, time_limits


def test_script_gets_all_of_its_time() -> None:
    clock, processors = time_limits(Settings(open_seconds=60, cpu_seconds=30))

    assert (clock.amount, processors.amount) == (60, 30)
    assert {clock.fix, processors.fix} == MORE_TIME


def test_what_follows_a_script_that_took_its_time_gets_a_quarter_of_it() -> None:
    settings = Settings(open_seconds=60)
    until = end_of_opening(settings, began=time.monotonic() - 60)

    clock, _ = time_limits(settings, until)

    assert 14 < clock.amount <= 15
    assert "What follows the script" in clock.reason


def test_what_follows_a_quick_script_gets_as_much_as_a_script() -> None:
    settings = Settings(open_seconds=60)
    until = end_of_opening(settings, began=time.monotonic() - 5)

    clock, _ = time_limits(settings, until)

    assert clock.amount == 60


def test_what_follows_a_script_that_waited_for_a_person_gets_its_quarter() -> None:
    settings = Settings(open_seconds=60)
    until = end_of_opening(settings, began=time.monotonic() - 600)

    clock, _ = time_limits(settings, until)

    assert 14 < clock.amount <= 15


def test_last_stretch_gets_some_seconds_when_none_are_left() -> None:
    clock, _ = time_limits(Settings(open_seconds=60), until=time.monotonic() - 100)

    assert clock.amount == 5
