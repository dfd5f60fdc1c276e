"""SciPy's minimizers around a model: the loss and its gradient are computed once.

Style transfer and its like hand a model's loss to `fmin_l_bfgs_b` and let it run for minutes.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.loading.situation import Situation

_WHY = "The loss and its gradient are computed once, where it starts; more would show the same."
_NAMES = ("fmin_l_bfgs_b", "fmin_bfgs", "fmin_cg", "fmin_ncg", "fmin", "minimize")


def install(situation: Situation) -> None:
    """Answer for the minimizers, if the script's text names SciPy's."""
    if b"scipy.optimize" not in situation.path.read_bytes():
        return
    optimize = importlib.import_module("scipy.optimize")
    for name in _NAMES:
        if hasattr(optimize, name):
            situation.patches.set(optimize, name, _once(situation, name))


def _once(situation: Situation, name: str) -> Callable[..., Any]:
    def minimized(loss: Any, start: Any, *args: Any, **options: Any) -> Any:
        situation.notes.add(f"scipy.optimize.{name}", _WHY)
        gradient = options.get("fprime") or options.get("jac")
        value = loss(start, *(options.get("args") or ()))
        if callable(gradient):
            gradient(start, *(options.get("args") or ()))
        elif isinstance(value, tuple):
            value = value[0]
        point = np.array(start, dtype=float)
        if name == "minimize":
            result = importlib.import_module("scipy.optimize").OptimizeResult
            return result(x=point, fun=value, success=True, nit=1, message=_WHY)
        return (point, value, {"nit": 1, "warnflag": 0}) if name == "fmin_l_bfgs_b" else point

    return minimized
