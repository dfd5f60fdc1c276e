"""How long a file may run, by the clock and by the processors."""

from __future__ import annotations

import time

from inspector.loading.interruption import Limit
from inspector.session.settings import Settings, cpu_seconds

_MORE = "Look at the line at which it was, or give it more time: {}."
MORE_TIME = frozenset(map(_MORE.format, ("INSPECTOR_OPEN_SECONDS", "INSPECTOR_CPU_SECONDS")))
_clock, _processors = time.monotonic, time.process_time  # scripts may get other ones


def time_limits(settings: Settings) -> tuple[Limit, ...]:
    """The limits of one stretch of user code; what they say to do is in `MORE_TIME`."""
    clock_s, cpu_s = settings.open_seconds, cpu_seconds(settings)
    return (
        Limit(
            _clock,
            clock_s,
            f"The script ran for {clock_s:g} s, the time it may take, and was stopped.",
            _MORE.format("INSPECTOR_OPEN_SECONDS"),
        ),
        Limit(
            _processors,
            cpu_s,
            f"The script used {cpu_s:g} s of processor time, all that it may, and was stopped.",
            _MORE.format("INSPECTOR_CPU_SECONDS"),
        ),
    )
