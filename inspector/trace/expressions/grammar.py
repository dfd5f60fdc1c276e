"""What may be written: text to a checked syntax tree, or an error that says what is wrong."""

from __future__ import annotations

import ast
import difflib
import math
import warnings
from collections.abc import Iterable

from inspector.errors import ExpressionError
from inspector.trace.expressions.functions import FUNCTIONS
from inspector.trace.expressions.site import FIELDS

MOST_CHARACTERS, MOST_PARTS, DEEPEST = 500, 200, 40
_LARGEST_NUMBER = 2**63
_OPERATORS = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult,
    ast.UAdd, ast.USub, ast.Not, ast.And, ast.Or, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt,
    ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn, ast.Invert, ast.BitAnd, ast.BitOr, ast.Load,
)  # fmt: skip
_SHAPES = (
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Constant, ast.Name,
    ast.Attribute, ast.Subscript, ast.Slice, ast.Tuple,
)  # fmt: skip
_CALLS = "abs(y), max(y), mean(y, axis=0), any(isnan(y))"


class Expression:
    """A text that was understood; `fields` are the names of the current call that it reads.

    reads_current: whether it says anything of the current call; else it is about named calls.
    """

    def __init__(self, text: str, tree: ast.expr) -> None:
        self.text = text
        self.tree = tree
        self.fields = frozenset(_fields(tree))

    @property
    def reads_current(self) -> bool:
        return bool(self.fields - {"loss"})

    def __repr__(self) -> str:
        return f"<expression {self.text}>"


def parse(text: str) -> Expression:
    """Understand an expression.

    >>> sorted(parse("max(abs(y)) > 10 and mask is None").fields)
    ['mask', 'y']

    Raises:
        ExpressionError: it is empty, too long, no expression, or uses what is not offered.
    """
    if not text.strip():
        raise ExpressionError(
            "The expression is empty.", fix="Write one, such as max(abs(y)) > 10."
        )
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(
            f"The expression has {len(text)} characters, more than {MOST_CHARACTERS}.",
            fix="Write a shorter one, or several.",
        )
    tree = _tree(text)
    parts = list(_parts_to(DEEPEST, tree))
    if len(parts) > MOST_PARTS:
        raise ExpressionError(
            f"The expression has {len(parts)} parts, more than {MOST_PARTS}.",
            fix="Split it into several.",
        )
    for part in parts:
        _check(part)
    return Expression(text.strip(), tree)


def _tree(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        at = f" at character {error.offset}" if error.offset else ""
        raise ExpressionError(
            f"{text.strip()!r} is no expression: {error.msg}{at}.",
            fix="Write it as in Python, such as max(abs(y)) > 10.",
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(
            f"{text.strip()[:60]!r} cannot be read: {error or type(error).__name__}.",
            fix="Write it as in Python, such as max(abs(y)) > 10.",
        ) from error


def _parts_to(depth: int, tree: ast.AST) -> Iterable[ast.AST]:
    waiting = [(tree, 1)]
    while waiting:
        part, level = waiting.pop()
        if level > depth:
            raise ExpressionError(
                f"The expression is nested more than {depth} deep.", fix="Split it into several."
            )
        yield part
        waiting.extend((child, level + 1) for child in ast.iter_child_nodes(part))


def _check(part: ast.AST) -> None:
    if isinstance(part, ast.Constant):
        _check_constant(part.value)
    elif isinstance(part, ast.Name):
        _check_name(part.id)
    elif isinstance(part, ast.Call):
        _check_call(part)
    elif isinstance(part, ast.Attribute):
        if part.attr.startswith("_"):
            raise ExpressionError(
                f"There is nothing called .{part.attr} here.", fix="Write w.kernel or at(...).y."
            )
    elif not isinstance(part, (*_OPERATORS, *_SHAPES, ast.keyword)):
        raise ExpressionError(
            f"{_word_of(part)} cannot be used here.",
            fix=f"Use numbers, comparisons, and, or, not, arithmetic, indexing, and {_CALLS}.",
        )


def _check_constant(value: object) -> None:
    if isinstance(value, bool | str | None | type(Ellipsis)):
        return
    if isinstance(value, int | float) and abs(value) <= _LARGEST_NUMBER and math.isfinite(value):
        return
    what = "A text of bytes" if isinstance(value, bytes) else f"The number {str(value)[:30]}"
    raise ExpressionError(
        f"{what} cannot be used here.", fix="Use whole and decimal numbers below 2**63."
    )


def _check_name(name: str) -> None:
    if name in FIELDS or name in FUNCTIONS or name == "at":
        return
    near = difflib.get_close_matches(name, [*FIELDS, *FUNCTIONS], 1)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise ExpressionError(
        f"There is nothing called {name!r} here.",
        fix=f"{hint}There is {', '.join(FIELDS)}; and the functions {', '.join(FUNCTIONS)}, at.",
    )


def _check_call(part: ast.Call) -> None:
    if not isinstance(part.func, ast.Name):
        raise ExpressionError("Only functions can be called, not values.", fix=f"Write {_CALLS}.")
    name = part.func.id
    if name == "at":
        argument = part.args[0] if len(part.args) == 1 else None
        is_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if not is_text or part.keywords:
            raise ExpressionError(
                "at() takes the path of a call in quotes.", fix='Write at("encoder/dense").y.'
            )
        return
    if name not in FUNCTIONS:
        near = difflib.get_close_matches(name, FUNCTIONS, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise ExpressionError(
            f"There is no function called {name!r}.",
            fix=f"{hint}There is {', '.join(FUNCTIONS)}, at.",
        )
    function = FUNCTIONS[name]
    words = [keyword.arg for keyword in part.keywords]
    given = len(part.args) + len(words)
    if any(isinstance(argument, ast.Starred) for argument in part.args) or set(words) - {"axis"}:
        raise ExpressionError(
            f"{name}() takes values, and axis=.", fix=f"Write {function.example}."
        )
    if not function.least <= given <= function.most or ("axis" in words and not function.has_axis):
        raise ExpressionError(
            f"{name}() cannot be given {given} arguments like these.",
            fix=f"Write {function.example}.",
        )


def _fields(tree: ast.expr) -> Iterable[str]:
    called = {id(part.func) for part in ast.walk(tree) if isinstance(part, ast.Call)}
    for part in ast.walk(tree):
        if isinstance(part, ast.Name) and id(part) not in called and part.id in FIELDS:
            yield part.id


def _word_of(part: ast.AST) -> str:
    words: dict[type[ast.AST], str] = {
        ast.IfExp: "`a if b else c`",
        ast.Lambda: "lambda",
        ast.ListComp: "A comprehension",
        ast.GeneratorExp: "A comprehension",
        ast.JoinedStr: "A formatted text",
        ast.NamedExpr: "An assignment",
        ast.List: "A list",
        ast.Dict: "A dictionary",
        ast.Await: "await",
        ast.LShift: "<<",
        ast.RShift: ">>",
        ast.BitXor: "^",
    }
    return words.get(type(part), f"A {type(part).__name__.lower()}")
