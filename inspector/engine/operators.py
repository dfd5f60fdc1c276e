"""Python operators on Tensors: promotion first, then the primitive.

Two operands of one floating dtype, or a tensor and a Python number of its kind, go straight to
the primitive; everything else asks `promotion.result_type`. Unknown operands (a Keras variable,
a symbolic KerasTensor) get `NotImplemented`, so that their own operator answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from inspector.engine import array_protocol, methods, products, subscript
from inspector.engine.operands import as_tensor, cast_to, constant, dtype_with, operands
from inspector.engine.primitives import (
    arithmetic,
    bitwise,
    comparison,
    elementwise,
    joining,
    reduction,
)
from inspector.engine.tensor import Tensor
from inspector.errors import EngineError

__all__ = ["TABLE", "as_tensor", "attach", "binary", "cast_to", "constant", "reflected"]

Operator = Callable[[Tensor, Any], Any]


def binary(run: Callable[..., Any], *extra: type) -> Operator:
    """An operator that promotes and runs; `extra` types join the promotion (float for `/`)."""

    def operator(x: Tensor, other: Any) -> Any:
        pair = operands(x, other, extra)
        return NotImplemented if pair is None else run(*pair)

    return operator


def reflected(run: Callable[..., Any], *extra: type) -> Operator:
    """The same with the tensor on the right: `2 - x`."""

    def operator(x: Tensor, other: Any) -> Any:
        pair = operands(x, other, extra)
        return NotImplemented if pair is None else run(pair[1], pair[0])

    return operator


def both(name: str, run: Callable[..., Any], *extra: type) -> dict[str, Operator]:
    """The operator and its reflected form, by their special names."""
    return {f"__{name}__": binary(run, *extra), f"__r{name}__": reflected(run, *extra)}


def _unpromoted(run: Callable[..., Any]) -> Callable[[Tensor], Any]:
    return lambda x: run(x)


def _power(x: Tensor, other: Any) -> Any:
    if type(other) in (int, float) and x.dtype.kind not in "bT":
        found = products.power_of(cast_to(x, dtype_with(x, other)), other)
        if found is not None:
            return found
    return _general_power(x, other)


_general_power = binary(arithmetic.power)


def _reflected_divmod(x: Tensor, other: Any) -> Any:
    return TABLE["__rfloordiv__"](x, other), TABLE["__rmod__"](x, other)


def _matmul(x: Tensor, other: Any) -> Any:
    pair = operands(x, other)
    return NotImplemented if pair is None else products.matmul(*pair)


def _reflected_matmul(x: Tensor, other: Any) -> Any:
    pair = operands(x, other)
    return NotImplemented if pair is None else products.matmul(pair[1], pair[0])


def _iterate(x: Tensor) -> Iterator[Tensor]:
    if not x.shape:
        raise TypeError("iteration over a tensor of shape ()")
    return iter(joining.unstack(x, axis=0, count=x.shape[0]))


def _set_item(x: Tensor, key: Any, value: Any) -> None:
    raise EngineError(
        f"A tensor of shape {x.shape} was assigned to at an index; recorded values never change.",
        fix="Make a new tensor with `ops.slice_update` or `ops.scatter_update`, or pick values "
        "with `ops.where`.",
    )


def _contains(x: Tensor, value: Any) -> bool:
    return bool(reduction.any_(x == value))


TABLE: dict[str, Any] = {
    **both("add", arithmetic.add),
    **both("sub", arithmetic.subtract),
    **both("mul", arithmetic.multiply),
    **both("truediv", arithmetic.divide, float),
    **both("floordiv", arithmetic.floor_divide),
    **both("mod", arithmetic.remainder),
    "__pow__": _power,
    "__rpow__": reflected(arithmetic.power),
    "__divmod__": lambda x, other: (x // other, x % other),
    "__rdivmod__": _reflected_divmod,
    "__matmul__": _matmul,
    "__rmatmul__": _reflected_matmul,
    **both("and", bitwise.bitwise_and),
    **both("or", bitwise.bitwise_or),
    **both("xor", bitwise.bitwise_xor),
    **both("lshift", bitwise.left_shift),
    **both("rshift", bitwise.right_shift),
    "__eq__": binary(comparison.equal),
    "__ne__": binary(comparison.not_equal),
    "__lt__": binary(comparison.less),
    "__le__": binary(comparison.less_equal),
    "__gt__": binary(comparison.greater),
    "__ge__": binary(comparison.greater_equal),
    "__neg__": _unpromoted(arithmetic.negative),
    "__pos__": lambda x: x,
    "__abs__": _unpromoted(elementwise.absolute),
    "__invert__": _unpromoted(bitwise.invert),
    "__round__": lambda x, decimals=0: elementwise.round_(x, decimals=decimals or 0),
    "__getitem__": lambda x, key: subscript.item(x, key),
    "__setitem__": _set_item,
    "__iter__": _iterate,
    "__contains__": _contains,
}


def attach() -> None:
    """Give Tensor its operators, its array methods and NumPy's protocols."""
    for name, operator in {**TABLE, **methods.TABLE, **array_protocol.TABLE}.items():
        setattr(Tensor, name, operator)
