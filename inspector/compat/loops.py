"""Loops of the user's own that run a model again and again: ended when they show nothing new.

Four thousand steps of gradient descent record the same as two. So every `for` and `while` of a
user's file asks here before each round (`rewrite` compiles it so), and a loop ends early when

    a model was called in at least two of its rounds,
    the rounds since then took longer than a few seconds, and
    it is the script's loop, or a callback's: not one inside a model's call or a training step.

Loops that run no model are left alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

LOOP_NAME = "__inspector_loop__"
ROUNDS_NAME = "__inspector_rounds__"

_ENOUGH_S = 4.0
_ROUNDS = 2
_WHY = "It ran a model in every round: ended early, since more rounds would show the same again."
_now = time.monotonic  # scripts get another clock

_calls = 0
_told: Callable[[str, str], None] | None = None


def watch_loops(told: Callable[[str, str], None] | None) -> None:
    """End long loops from now on and tell of each; None: leave them alone."""
    global _told
    _told = told


def model_called() -> None:
    """A layer or model was called; costs next to nothing."""
    global _calls
    _calls += 1


class Rounds:
    """The rounds of one loop, as far as they went."""

    def __init__(self) -> None:
        self._before = _calls
        self._busy = 0
        self._since = 0.0

    def more(self) -> bool:
        """Whether another round may begin; asked before each round, the first too."""
        if _calls == self._before:
            return True
        self._before = _calls
        self._busy += 1
        if self._busy == 1:
            self._since = _now()
            return True
        if self._busy <= _ROUNDS or _told is None or _now() - self._since < _ENOUGH_S:
            return True
        if _is_inside_a_model(sys._getframe(1)):
            return True
        _told("a loop", _WHY)
        return False


def loop(elements: Iterable[Any]) -> Iterator[Any]:
    """What a `for` of user code iterates over."""
    rounds = Rounds()
    for element in elements:
        if not rounds.more():
            return
        yield element


def _is_inside_a_model(frame: FrameType | None) -> bool:
    """Whether Keras, and not the script or a callback, asked for what runs here."""
    while frame is not None:
        name = frame.f_code.co_filename
        if "/keras/src/" in name or "/keras_backend/" in name:
            return "/callbacks/" not in name
        frame = frame.f_back
    return False
