"""One trial of a primitive: its inputs, its constants, and what the walker may check on it.

A file `cases/<family>.py` has a list `CASES`; `test_registry.py` reads all of them and fails for
a primitive that none of them names. The folder `tests/engine` is on the import path of its tests
(conftest.py), so a case file begins with `from case import Case`.

    CASES = [
        Case("add", (matrix, row)),
        Case("take", (matrix, indices), {"axis": 0, "mode": "wrap"}, differentiable=(0,)),
        Case("nonzero", (matrix,), meta=False, expected=lambda x: np.nonzero(x)),
    ]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A primitive on given inputs.

    primitive:      its name in the REGISTRY.
    inputs:         NumPy arrays; floating ones in float64, for the gradient check.
    constants:      the keyword arguments.
    differentiable: numbers of the inputs whose gradients are checked against central
                    differences; None: all floating inputs, when the primitive has a vjp rule.
    expected:       what NumPy (or the maths) makes of the inputs, compared with `tolerance`; None
                    where only gradients, shapes and dtypes are checked.
    outputs:        numbers of the outputs whose gradients are checked; None: all floating ones.
    meta:           False when the shape depends on the data: then NoValue must be raised.
    tolerance:      relative, of values and gradients.
    step:           of the central difference.
    """

    primitive: str
    inputs: tuple[np.ndarray, ...]
    constants: dict[str, Any] = field(default_factory=dict)
    differentiable: tuple[int, ...] | None = None
    expected: Callable[..., Any] | None = None
    meta: bool = True
    tolerance: float = 1e-6
    step: float = 1e-6
    outputs: tuple[int, ...] | None = None
