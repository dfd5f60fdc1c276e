"""Which dtype mixed operands are computed in.

The rule is the front end's: `keras_backend` installs Keras' own `result_type`, so that an
operator in user code promotes as `keras.ops` does (int32 * 2.0 is float32, not float64). Without
a front end it is NumPy's. Answers are cached: the rule costs 25 µs, a look-up 0.2 µs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Rule = Callable[..., Any]

_cache: dict[tuple[Any, ...], np.dtype[Any]] = {}
_key: Callable[[], Any] = lambda: None  # noqa: E731  # replaced together with the rule
_rule: Rule = np.result_type


def install(rule: Rule, key: Callable[[], Any]) -> None:
    """Use `rule(*dtypes)`; `key()` names the settings that its answers depend on."""
    global _rule, _key
    _rule, _key = rule, key
    _cache.clear()


def result_type(*dtypes: Any) -> np.dtype[Any]:
    """The dtype of an op on operands of these dtypes; `int`, `float` stand for Python numbers."""
    asked = (_key(), *dtypes)
    found = _cache.get(asked)
    if found is None:
        found = _cache[asked] = _complex_type(dtypes) or dtype_of(_rule(*dtypes))
    return found


def _complex_type(dtypes: tuple[Any, ...]) -> np.dtype[Any] | None:
    """The complex dtype among others, where it has the digits of all of them.

    Keras' rule would make complex64 of complex128 and float64, which loses half of the digits of a
    gradient on its way.
    """
    given = [dtype for dtype in dtypes if isinstance(dtype, np.dtype)]
    widest = max((d for d in given if d.kind == "c"), key=lambda d: d.itemsize, default=None)
    if widest is None or not all(d.kind in "biuc" or is_float(d) for d in given):
        return None
    fits = all(2 * d.itemsize <= widest.itemsize for d in given if is_float(d))
    return widest if fits else None


def dtype_of(name: Any) -> Any:
    """A dtype by its Keras name ("bfloat16" and "float8_e4m3fn" too, which NumPy lacks)."""
    if isinstance(name, np.dtype):
        return name
    try:
        return _NAMED[name]
    except (KeyError, TypeError):
        return np.dtype(name)


def _named() -> dict[str, Any]:
    import ml_dtypes

    from inspector.engine.tensor import STRING

    extended = ("bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4")
    plain = [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
    ]
    plain += ["float64", "complex64", "complex128"]
    named: dict[str, Any] = {name: np.dtype(getattr(ml_dtypes, name)) for name in extended}
    named.update({name: np.dtype(name) for name in plain})
    named["string"] = STRING
    return named


_NAMED = _named()
EXTENDED_FLOATS = frozenset(_NAMED[n] for n in ("bfloat16", "float8_e4m3fn", "float8_e5m2"))
FLOATS = frozenset({_NAMED[n] for n in ("float16", "float32", "float64")} | EXTENDED_FLOATS)


def is_float(dtype: Any) -> bool:
    """Whether it is a floating dtype, bfloat16 and float8 among them (their `kind` is "V")."""
    return dtype in FLOATS


def is_inexact(dtype: Any) -> bool:
    """Whether values of this dtype can carry a gradient: floating or complex."""
    return dtype in FLOATS or dtype.kind == "c"


def float_limits(dtype: Any) -> tuple[float, float]:
    """The lowest and the highest finite value of a floating dtype."""
    import ml_dtypes

    limits: Any = ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]
    return float(limits.min), float(limits.max)


def precision(dtype: Any) -> float:
    """The distance from 1 to the next number of an inexact dtype."""
    import ml_dtypes

    return float(ml_dtypes.finfo(dtype).eps)  # type: ignore[no-untyped-call]


def integer_limits(dtype: Any) -> tuple[int, int]:
    """The lowest and the highest value of a whole-number dtype."""
    import ml_dtypes

    limits: Any = ml_dtypes.iinfo(dtype)  # type: ignore[no-untyped-call]
    return int(limits.min), int(limits.max)
