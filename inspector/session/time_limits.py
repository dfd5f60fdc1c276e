"""How long a file may run, by the clock and by the processors."""

from __future__ import annotations

import math
import time

from inspector.loading.interruption import Limit
from inspector.session.settings import Settings, cpu_seconds

_MORE = "Look at the line at which it was, or give it more time: {}."
MORE_TIME = frozenset(map(_MORE.format, ("INSPECTOR_OPEN_SECONDS", "INSPECTOR_CPU_SECONDS")))
_clock, _processors = time.monotonic, time.process_time  # scripts may get other ones


# What follows a script that took all of its time gets this share of that, and never less seconds.
_AFTER_SHARE = 0.25
_LEAST_S = 5.0


def end_of_opening(settings: Settings, began: float) -> float:
    """When all that follows the script must have ended, asked at the script's own end.

    An opening takes its limit and a quarter at most. Time in which the script waited for a person
    is not taken from what follows.
    """
    after_s = _AFTER_SHARE * settings.open_seconds
    return max(_clock() + after_s, began + settings.open_seconds + after_s)


def time_limits(settings: Settings, until: float = math.inf) -> tuple[Limit, ...]:
    """The limits of one stretch of user code; what they say to do is in `MORE_TIME`.

    until: when it must have ended, by `time.monotonic`.
    """
    allowed_s, cpu_s = settings.open_seconds, cpu_seconds(settings)
    clock_s = min(allowed_s, max(until - _clock(), _LEAST_S))
    reason = f"The script ran for {clock_s:g} s, the time it may take, and was stopped."
    if clock_s < allowed_s:
        reason = f"What follows the script took {clock_s:.0f} s, all that was left: stopped."
    return (
        Limit(_clock, clock_s, reason, _MORE.format("INSPECTOR_OPEN_SECONDS")),
        Limit(
            _processors,
            cpu_s,
            f"The script used {cpu_s:g} s of processor time, all that it may, and was stopped.",
            _MORE.format("INSPECTOR_CPU_SECONDS"),
        ),
    )
