"""How exact products of float32 are on a GPU: one switch.

exact   as on the CPU; what a debugger should show
tf32    products of 10-bit fractions on tensor cores, summed in float32
half    operands rounded to float16, summed in float32

INSPECTOR_GPU_PRECISION sets it for a process; CuPy reads its part of it when it is imported.
"""

from __future__ import annotations

import os
from typing import Literal, get_args

from inspector.errors import EngineError

Precision = Literal["exact", "tf32", "half"]
VARIABLE = "INSPECTOR_GPU_PRECISION"

current: Precision = "exact"


def choose() -> Precision:
    """Read the switch; to be called before CuPy is imported.

    Raises:
        EngineError: it has a value of no meaning.
    """
    global current
    asked = os.environ.get(VARIABLE, "exact")
    for known in get_args(Precision):
        if asked == known:
            current = known
            os.environ["CUPY_TF32"] = "1" if known == "tf32" else "0"
            return current
    raise EngineError(
        f"{VARIABLE} is {asked!r}.", fix=f"Set it to one of {', '.join(get_args(Precision))}."
    )
