"""Sleeping: shortened, since nobody waits for anything while a file is inspected."""

from __future__ import annotations

import sys
import time

from inspector.loading.situation import Situation

_LONGEST_S = 0.01


def install(situation: Situation) -> None:
    """Make `time.sleep` short."""
    sleep = time.sleep

    def sleep_briefly(seconds: float) -> None:
        # Libraries sleep too (a queue's poll); only the script's own sleeps are cut.
        caller = sys._getframe(1).f_code.co_filename
        if seconds > _LONGEST_S and situation.files.contains(caller):
            situation.notes.add(f"time.sleep({seconds:g})", f"Shortened to {_LONGEST_S} s.")
            seconds = _LONGEST_S
        sleep(seconds)

    situation.patches.set(time, "sleep", sleep_briefly)
