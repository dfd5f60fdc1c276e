"""`numpy.loadtxt` and `genfromtxt` of an address or a missing file: rows with a class in front."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.loading.situation import Situation

_WHY = "It is not on this machine: made-up rows, a class of -1 or 1 and numbers after it."
# Rows and columns of well-known files; those of the UCR archive have the class first.
_KNOWN = {"forda": (360, 501), "fordb": (360, 501), "ecg": (200, 141), "diabetes": (768, 9)}


def install(situation: Situation) -> None:
    """Answer NumPy's readers of text where there is nothing to read."""
    for name in ("loadtxt", "genfromtxt"):
        situation.patches.wrap(np, name, functools.partial(_unless_there, situation, name))


def _unless_there(
    situation: Situation, name: str, original: Callable[..., Any]
) -> Callable[..., Any]:
    @functools.wraps(original)
    def read(source: Any, *args: Any, **options: Any) -> Any:
        if not isinstance(source, str | os.PathLike) or os.path.exists(source):
            return original(source, *args, **options)
        path = os.fspath(source)
        situation.notes.add(f"numpy.{name}({path!r})", _WHY)
        return _rows(os.path.basename(path).lower())

    return read


def _rows(name: str) -> Any:
    size = next((size for part, size in _KNOWN.items() if part in name), (400, 9))
    rows = np.random.default_rng(0).normal(size=size)
    rows[:, 0] = np.where(np.arange(size[0]) % 2, 1.0, -1.0)
    return rows
