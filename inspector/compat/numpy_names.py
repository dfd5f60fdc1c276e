"""NumPy 1's names that NumPy 2 lacks (`np.Inf`, `np.float`), answered to user code alone.

Libraries go on seeing NumPy as it is: some tell its version by the names that it has.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.compat.missing import is_user_file
from inspector.compat.notes import note

_RENAMED = """
Inf inf  Infinity inf  PINF inf  infty inf  NaN nan  float_ float64  complex_ complex128
cfloat complex128  singlecomplex complex64  longfloat longdouble  longcomplex clongdouble
clongfloat clongdouble  string_ bytes_  unicode_ str_  bool8 bool_  int0 intp  uint0 uintp
object0 object_  str0 str_  bytes0 bytes_  product prod  cumproduct cumprod  sometrue any
alltrue all  round_ round  trapz trapezoid  mat asmatrix
"""
_TODAY = dict(pair.split() for pair in _RENAMED.replace("\n", "  ").strip().split("  "))


def _asfarray(a: Any, dtype: Any = np.float64) -> Any:
    inexact = np.issubdtype(np.dtype(dtype), np.inexact)
    return np.asarray(a, dtype if inexact else np.float64)


# What is no other NumPy name: its value, and what to write today.
_VALUES: dict[str, tuple[Any, str]] = {
    **{kind.__name__: (kind, kind.__name__) for kind in (float, int, object, str, complex)},
    "unicode": (str, "str"),
    "NINF": (-np.inf, "-np.inf"),
    "PZERO": (0.0, "0.0"),
    "NZERO": (-0.0, "-0.0"),
    "asfarray": (_asfarray, "np.asarray with a dtype"),
    "asscalar": (lambda a: np.asarray(a).item(), "a.item()"),
    "in1d": (lambda a, *rest, **kwargs: np.isin(np.ravel(a), *rest, **kwargs), "np.isin"),
    "msort": (lambda a: np.sort(a, axis=0), "np.sort(a, axis=0)"),
}


def _answer(name: str) -> Any:
    if name in _TODAY:
        value, today = getattr(np, _TODAY[name]), f"np.{_TODAY[name]}"
    else:
        value, today = _VALUES[name]
    note(f"np.{name}", f"NumPy has it no more; write {today} today.")
    return value


def attach() -> Callable[[], None]:
    """Answer the names from now on; what is returned takes that back."""
    before = np.__getattr__

    def answer(name: str) -> Any:
        known = name in _TODAY or name in _VALUES
        if known and is_user_file(sys._getframe(1).f_code.co_filename):
            return _answer(name)
        return before(name)

    def detach() -> None:
        vars(np)["__getattr__"] = before

    vars(np)["__getattr__"] = answer
    return detach
