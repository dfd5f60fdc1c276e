"""`tf.debugging` and `tf.Assert`: assertions that raise InvalidArgumentError, as eager ones do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import dtype_name
from inspector.compat.tf.runtime import InvalidArgumentError
from inspector.compat.tf.shapes import is_symbolic
from inspector.compat.tf.tensors import host, tensor
from inspector.engine.tensor import Tensor


def _has_values(*values: Any) -> bool:
    return not any(is_symbolic(v) or (isinstance(v, Tensor) and v.is_meta) for v in values)


def _compare(word: str, holds: Callable[[Any, Any], Any]) -> None:
    def check(x: Any, y: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
        if not _has_values(x, y):
            return
        first, second = host(tensor(x)), host(tensor(y))
        if not np.all(holds(first, second)):
            text = f"{message}: " if message else ""
            raise InvalidArgumentError(f"{text}{first} and {second}: assert_{word} does not hold")

    export(f"debugging.assert_{word}", check)
    if word in ("equal", "greater", "less", "rank"):
        export(f"assert_{word}", check)


for _word, _holds in (
    ("equal", np.equal),
    ("none_equal", np.not_equal),
    ("greater", np.greater),
    ("greater_equal", np.greater_equal),
    ("less", np.less),
    ("less_equal", np.less_equal),
):
    _compare(_word, _holds)


def _sign(word: str, holds: Callable[[Any], Any]) -> None:
    def check(x: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
        if _has_values(x) and not np.all(holds(host(tensor(x)))):
            raise InvalidArgumentError(f"{message or ''} {host(tensor(x))} is not {word}")

    export(f"debugging.assert_{word}", check)


_sign("positive", lambda x: x > 0)
_sign("non_negative", lambda x: x >= 0)
_sign("negative", lambda x: x < 0)
_sign("non_positive", lambda x: x <= 0)


@public("debugging.assert_near")
def assert_near(
    x: Any, y: Any, rtol: Any = None, atol: Any = None, message: Any = None, **ignored: Any
) -> None:
    if _has_values(x, y):
        relative, absolute = (1e-6 if t is None else float(t) for t in (rtol, atol))
        if not np.allclose(host(tensor(x)), host(tensor(y)), relative, absolute):
            raise InvalidArgumentError(f"{message or ''} {x} and {y} are not near")


@public("debugging.assert_rank")
def assert_rank(x: Any, rank: Any, message: Any = None, name: Any = None) -> None:
    found = len(tensor(x).shape)
    if found != int(rank):
        raise ValueError(f"{message or ''} the tensor has rank {found}, not {int(rank)}")


@public("debugging.assert_rank_at_least")
def assert_rank_at_least(x: Any, rank: Any, message: Any = None, name: Any = None) -> None:
    found = len(tensor(x).shape)
    if found < int(rank):
        raise ValueError(f"{message or ''} the tensor has rank {found}, less than {int(rank)}")


@public("debugging.assert_shapes")
def assert_shapes(shapes: Any, data: Any = None, **ignored: Any) -> None:
    """Symbols of the shapes must stand for one size each."""
    sizes: dict[Any, int] = {}
    for value, wanted in shapes.items() if isinstance(shapes, dict) else shapes:
        for size, symbol in zip(tensor(value).shape, wanted, strict=True):
            if symbol in (None, ".") or size is None:
                continue
            known = symbol if isinstance(symbol, int) else sizes.setdefault(symbol, size)
            if known != size:
                raise ValueError(f"the axis {symbol} has size {size}, not {known}")


@public("debugging.assert_type")
def assert_type(tensor: Any, tf_type: Any, message: Any = None, name: Any = None) -> None:
    if dtype_name(tensor.dtype) != dtype_name(tf_type):
        raise TypeError(f"{message or ''} the tensor is {tensor.dtype}, not {tf_type}")


@public("debugging.check_numerics")
def check_numerics(tensor: Any, message: str = "", name: Any = None) -> Any:
    if _has_values(tensor) and not np.all(np.isfinite(host(_tensor(tensor)))):
        raise InvalidArgumentError(f"{message} : Tensor had NaN or Inf values")
    return tensor


_tensor = tensor


@public("debugging.assert_all_finite")
def assert_all_finite(x: Any, message: str, name: Any = None) -> Any:
    return check_numerics(x, message)


@public("debugging.Assert", "Assert")
def assert_(condition: Any, data: Any, summarize: Any = None, name: Any = None) -> None:
    if _has_values(condition) and not bool(np.all(host(tensor(condition)))):
        raise InvalidArgumentError(f"Assertion failed: {data}")


@public("debugging.is_numeric_tensor")
def is_numeric_tensor(tensor: Any) -> bool:
    return dtype_name(getattr(tensor, "dtype", "string")) not in ("string", "bool")
