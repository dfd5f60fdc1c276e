"""A script that chooses Keras' backend: ours stays, and the choice is listed."""

from __future__ import annotations

import re

from inspector.loading.situation import Situation

_CHOICE = re.compile(rb"""^[^#]*(KERAS_BACKEND['"]\]?\s*(=[^=]|,)|\bset_backend\()""", re.MULTILINE)


def install(situation: Situation) -> None:
    """Note where the script sets `KERAS_BACKEND`, which Keras has read before."""
    source = situation.path.read_bytes()
    for found in _CHOICE.finditer(source):
        line = source.count(b"\n", 0, found.end(1)) + 1
        situation.notes.add_at(
            "the choice of Keras' backend",
            "Keras runs on Inspector's own engine, whatever the script chooses.",
            str(situation.path),
            line,
        )
