"""The walker: a checked expression and a site to a value, within a budget of numbers touched."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.errors import ExpressionError
from inspector.trace.expressions.functions import FUNCTIONS
from inspector.trace.expressions.grammar import Expression
from inspector.trace.expressions.site import Site, Weights

MOST_NUMBERS = 200_000_000
MOST_SHOWN = 6
_ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.true_divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.BitAnd: np.logical_and,
    ast.BitOr: np.logical_or,
}
_COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
_FAULTS = (TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError, MemoryError)


def evaluate(expression: Expression, site: Site, most: int = MOST_NUMBERS) -> Any:
    """The value of an expression at a site: a number, a truth, an array, a shape, a text, None.

    >>> from inspector.trace.expressions import parse
    >>> def read(tensor): return np.array(tensor)
    >>> site = Site("dense", read, lambda path: None, outputs=([1.0, -3.0],))
    >>> bool(evaluate(parse("max(abs(y)) > 2"), site))
    True

    Raises:
        ExpressionError: a tensor is not there, shapes do not fit, or it takes too many numbers.
    """
    with np.errstate(all="ignore"):
        return _Walk(expression.text, site, most).value(expression.tree)


def is_true(value: Any) -> bool:
    """Whether a condition holds; an array of several truths does not say.

    Raises:
        ExpressionError: it is an array of several values, or no truth at all.
    """
    if isinstance(value, np.ndarray) and value.size != 1:
        raise ExpressionError(
            f"A condition is one truth, not an array of shape {value.shape}.",
            fix="Wrap it in any(...) or all(...).",
        )
    if isinstance(value, bool | int | float | np.generic | np.ndarray) or value is None:
        return bool(value)
    raise ExpressionError(
        f"A condition is true or false, not {value_text(value)}.", fix="Compare it with something."
    )


def value_text(value: Any) -> str:
    """A value for people, short."""
    if isinstance(value, Site):
        return value.label
    if isinstance(value, Weights):
        return f"{len(value.named)} weights"
    if isinstance(value, np.ndarray) and value.ndim:
        first = ", ".join(_number_text(item) for item in value.reshape(-1)[:MOST_SHOWN])
        more = ", …" if value.size > MOST_SHOWN else ""
        return f"{value.dtype.name}{list(value.shape)}: {first}{more}"
    if isinstance(value, tuple):
        inner = ", ".join(map(value_text, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return _number_text(value)


def _number_text(value: Any) -> str:
    if isinstance(value, np.generic | np.ndarray):
        value = value.item()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


class _Walk:
    """One evaluation: counts the numbers that its operations touch."""

    def __init__(self, text: str, site: Site, most: int) -> None:
        self._text, self._site = text, site
        self._left = most
        self._read: dict[tuple[str, str], Any] = {}

    def value(self, part: ast.expr) -> Any:
        if isinstance(part, ast.Constant):
            return part.value
        if isinstance(part, ast.Name):
            return self._field(self._site, part.id)
        if isinstance(part, ast.Attribute):
            return self._attribute(part)
        if isinstance(part, ast.Subscript):
            return self._subscript(part)
        if isinstance(part, ast.Tuple):
            return tuple(self.value(item) for item in part.elts)
        if isinstance(part, ast.BoolOp):
            return self._logic(part)
        if isinstance(part, ast.UnaryOp):
            return self._unary(part)
        if isinstance(part, ast.BinOp):
            return self._binary(part.op, self.value(part.left), self.value(part.right))
        if isinstance(part, ast.Compare):
            return self._compare(part)
        if isinstance(part, ast.Call):
            return self._call(part)
        raise self._wrong("a part of it has no value", "Take it out.")

    def _field(self, site: Site, name: str) -> Any:
        key = (site.label, name)
        if key not in self._read:
            if name not in FUNCTIONS or name == "shape":
                self._read[key] = site.field(name)
            else:
                raise self._wrong(f"{name} is a function", f"Write {FUNCTIONS[name].example}.")
        return self._read[key]

    def _attribute(self, part: ast.Attribute) -> Any:
        owner = self.value(part.value)
        if isinstance(owner, Site):
            return self._field(owner, part.attr)
        if isinstance(owner, Weights):
            return owner.one(part.attr)
        known = FUNCTIONS.get(part.attr)
        raise self._wrong(
            f"only w and at(...) have parts like .{part.attr}",
            f"Write {known.example if known else 'w.kernel'}.",
        )

    def _subscript(self, part: ast.Subscript) -> Any:
        owner = self.value(part.value)
        key = self._key(part.slice)
        if isinstance(owner, Weights) and isinstance(key, str):
            return owner.one(key)
        if isinstance(owner, tuple) and isinstance(key, int | slice):
            return self._tried(lambda: owner[key])
        if not isinstance(owner, np.ndarray | np.generic | Weights):
            raise self._wrong(f"{value_text(owner)} has no parts", "Index x, y, w or a shape.")
        array = self._array(owner)
        if isinstance(key, np.ndarray | np.generic):
            key = np.asarray(key)
            if key.dtype.kind != "b" or key.shape != array.shape[: key.ndim]:
                raise self._wrong(
                    "an index is a number, a slice or a comparison", "Write y[0] or y[y > 0]."
                )
        self._pay(array.size)
        return self._tried(lambda: array[key])

    def _key(self, part: ast.expr) -> Any:
        if isinstance(part, ast.Slice):
            ends = (part.lower, part.upper, part.step)
            return slice(*(None if end is None else self._whole(end) for end in ends))
        if isinstance(part, ast.Tuple):
            keys = tuple(self._key(item) for item in part.elts)
            if any(isinstance(key, np.ndarray | str | tuple) for key in keys):
                raise self._wrong("an index is a number, a slice or …", "Write y[0, :, 1].")
            return keys
        key = self.value(part)
        if isinstance(key, np.ndarray | np.generic) and np.asarray(key).dtype.kind == "b":
            return key
        return key if isinstance(key, str | type(Ellipsis)) or key is None else self._index(key)

    def _whole(self, part: ast.expr) -> int:
        return self._index(self.value(part))

    def _index(self, value: Any) -> int:
        if isinstance(value, np.ndarray | np.generic) and np.ndim(value) == 0:
            value = value.item()
        found: int = self._tried(operator.index, value)
        return found

    def _logic(self, part: ast.BoolOp) -> bool:
        wanted = isinstance(part.op, ast.Or)
        for operand in part.values:
            if is_true(self.value(operand)) is wanted:
                return wanted
        return not wanted

    def _unary(self, part: ast.UnaryOp) -> Any:
        value = self.value(part.operand)
        if isinstance(part.op, ast.Not):
            return not is_true(value)
        array = self._array(value)
        self._pay(array.size)
        if isinstance(part.op, ast.Invert):
            return self._tried(lambda: np.logical_not(array)[()])
        run = np.negative if isinstance(part.op, ast.USub) else np.positive
        # NumPy knows no negative truth.
        return self._tried(lambda: run(array * 1 if array.dtype.kind == "b" else array)[()])

    def _binary(self, kind: ast.operator, left: Any, right: Any) -> Any:
        a, b = self._array(left), self._array(right)
        if isinstance(kind, ast.MatMult):
            self._pay(a.size * (b.shape[-1] if b.ndim else 1) + b.size)
            return self._tried(lambda: np.matmul(a, b)[()])
        self._pay(self._broadcast_size(a, b))
        if isinstance(kind, ast.Pow):
            # In floats: whole numbers to a power grow without end, or wrap.
            return self._tried(lambda: np.power(_as_float(a), _as_float(b))[()])
        run = _ARITHMETIC[type(kind)]
        if a.dtype.kind == b.dtype.kind == "b" and not isinstance(kind, ast.BitAnd | ast.BitOr):
            a, b = a * 1, b * 1
        return self._tried(lambda: run(a, b)[()])

    def _compare(self, part: ast.Compare) -> Any:
        left = self.value(part.left)
        found: Any = None
        for kind, operand in zip(part.ops, part.comparators, strict=True):
            right = self.value(operand)
            one = self._compared(kind, left, right)
            found = one if found is None else self._tried(np.logical_and, found, one)
            left = right
        return found

    def _compared(self, kind: ast.cmpop, left: Any, right: Any) -> Any:
        if isinstance(kind, ast.Is | ast.IsNot):
            if left is not None and right is not None:
                raise self._wrong("`is` asks for None only", "Write mask is None, or use ==.")
            return (left is right) == isinstance(kind, ast.Is)
        if isinstance(kind, ast.In | ast.NotIn):
            if not isinstance(right, tuple):
                raise self._wrong("`in` looks into a shape", "Write 10 in shape.")
            return any(_is_equal(left, item) for item in right) == isinstance(kind, ast.In)
        if isinstance(kind, ast.Eq | ast.NotEq) and (_is_plain(left) or _is_plain(right)):
            return _is_equal(left, right) == isinstance(kind, ast.Eq)
        a, b = self._array(left), self._array(right)
        self._pay(self._broadcast_size(a, b))
        return self._tried(lambda: _COMPARISONS[type(kind)](a, b)[()])

    def _call(self, part: ast.Call) -> Any:
        assert isinstance(part.func, ast.Name)  # the grammar lets nothing else through
        name = part.func.id
        if name == "at":
            assert isinstance(part.args[0], ast.Constant)
            return self._at(str(part.args[0].value))
        given = [self._array(self.value(argument)) for argument in part.args]
        words = {str(word.arg): self._whole(word.value) for word in part.keywords}
        function = FUNCTIONS[name]
        if function.has_axis and len(given) == 2:
            words["axis"] = self._index(given.pop())
        self._pay(2 * sum(array.size for array in given))
        if len(given) == 3:
            self._pay(self._broadcast_size(self._broadcast(given[0], given[1]), given[2]))
        found = self._tried(lambda: function.run(*given, **words))
        return found[()] if isinstance(found, np.ndarray) else found

    def _at(self, path: str) -> Site:
        found = self._site.find(path)
        if found is None:
            raise ExpressionError(
                f"No call of {path!r} has run yet, or there is none.",
                fix="Step on, or check the path: it is written in the list of calls.",
            )
        return found

    def _array(self, value: Any) -> np.ndarray[Any, Any]:
        if isinstance(value, Weights):
            return value.all()
        if isinstance(value, bool | int | float | np.ndarray | np.generic):
            return np.asarray(value)
        if isinstance(value, tuple) and all(isinstance(item, int) for item in value):
            return np.asarray(value)
        what = "there is no mask" if value is None else f"{value_text(value)} is no number"
        raise self._wrong(what, "Use tensors and numbers here; ask `mask is None` first.")

    def _broadcast_size(self, a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> int:
        return int(self._broadcast(a, b).size)

    def _broadcast(self, a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> Any:
        try:
            return np.broadcast(a, b)
        except ValueError as error:
            raise self._wrong(
                f"shapes {a.shape} and {b.shape} do not fit together",
                "Index or reduce one of them.",
            ) from error

    def _pay(self, numbers: int) -> None:
        self._left -= numbers
        if self._left < 0:
            raise self._wrong(
                "it touches too many numbers", "Look at a part of the tensor, such as y[:8]."
            )

    def _tried(self, run: Callable[..., Any], *operands: Any) -> Any:
        try:
            return run(*operands)
        except _FAULTS as error:
            raise self._wrong(
                f"{str(error) or type(error).__name__}",
                "Check shapes and kinds: shape(x), dtype(x).",
            ) from error

    def _wrong(self, why: str, fix: str) -> ExpressionError:
        return ExpressionError(f"{self._text}: {why}.", fix=fix)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | tuple)


def _is_equal(left: Any, right: Any) -> bool:
    if isinstance(left, tuple) and isinstance(right, tuple):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(_is_equal(a, b) for a, b in pairs)
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return (
            bool(np.array_equal(left, right))
            if not (_is_plain(left) or _is_plain(right))
            else False
        )
    return bool(left == right)


def _as_float(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return array if array.dtype.kind in "fc" else array.astype(np.float64)
