"""A change to user code that its TensorFlow idioms need: methods of shapes and dtypes.

Keras 3 shapes are tuples and dtypes are names; TensorFlow's have methods (`x.shape.as_list()`,
`input_shape[-1].value`, `x.dtype.is_floating`, `variable.value()`). A tuple cannot be given
methods, so these few attribute accesses are compiled as a call that asks the object first and
answers for it only where it has no such attribute. Lines and columns stay what they were.

Loops are compiled as loops that can be ended from outside (`loops`).
"""

from __future__ import annotations

import ast
import builtins
from types import CodeType
from typing import Any

from inspector.compat import loops

HELPER = "__inspector_attribute__"
CALLED_VALUE = "value()"

_SHAPE_NAMES = frozenset(
    [
        "as_list",
        "rank",
        "ndims",
        "dims",
        "is_fully_defined",
        "num_elements",
        "concatenate",
        "with_rank",
        "assert_has_rank",
        "is_compatible_with",
        "merge_with",
        "assert_is_compatible_with",
        "known",
    ]
)
_DTYPE_NAMES = frozenset(
    [
        "is_floating",
        "is_integer",
        "is_bool",
        "is_complex",
        "is_unsigned",
        "as_numpy_dtype",
        "base_dtype",
        "real_dtype",
        "as_datatype_enum",
        "limits",
    ]
)
_NAMES = _SHAPE_NAMES | _DTYPE_NAMES | {"value"}


class _Attributes(ast.NodeTransformer):
    """Turns `x.as_list` into `__inspector_attribute__(x, "as_list")`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        called = node.func
        is_value = isinstance(called, ast.Attribute) and called.attr == "value"
        if is_value and not node.args and not node.keywords:
            # A method in TensorFlow, an attribute in Keras 3.
            assert isinstance(called, ast.Attribute)
            return _ask(node, self.visit(called.value), CALLED_VALUE)
        self.generic_visit(node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr not in _NAMES or not isinstance(node.ctx, ast.Load):
            return node
        return _ask(node, node.value, node.attr)

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.iter = _called(loops.LOOP_NAME, node.iter, node.iter)
        return node

    def visit_While(self, node: ast.While) -> ast.AST | list[ast.AST]:
        self.generic_visit(node)
        name = f"_inspector_rounds_{node.lineno}_{node.col_offset}"
        made = _called(loops.ROUNDS_NAME, node.test)
        more = ast.Call(ast.Attribute(ast.Name(name, ast.Load()), "more", ast.Load()), [], [])
        node.test = _placed(ast.BoolOp(ast.And(), [more, node.test]), node.test)
        rounds = ast.Assign([ast.Name(name, ast.Store())], made)
        return [_placed(rounds, node.test), node]


def _called(name: str, place: ast.expr, *arguments: ast.expr) -> Any:
    return _placed(ast.Call(ast.Name(name, ast.Load()), list(arguments), []), place)


def _placed(node: Any, place: ast.AST) -> Any:
    return ast.fix_missing_locations(ast.copy_location(node, place))


def _ask(node: ast.expr, owner: ast.expr, name: str) -> ast.expr:
    helper = ast.Name(HELPER, ast.Load())
    call = ast.Call(func=helper, args=[owner, ast.Constant(name)], keywords=[])
    return ast.fix_missing_locations(ast.copy_location(call, node))


def compile_user_code(source: str | bytes, filename: str) -> CodeType:
    """The code of a user's file, its TensorFlow idioms made to work.

    Raises:
        SyntaxError, ValueError: as `compile` does.
    """
    return compile(parse_user_code(source, filename), filename, "exec", dont_inherit=True)


def parse_user_code(source: str | bytes, filename: str) -> ast.Module:
    """What `compile_user_code` compiles.

    Raises:
        SyntaxError, ValueError: as `compile` does.
    """
    tree = ast.parse(source, filename)
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    if "tensorflow" in text or "keras" in text:
        setattr(builtins, HELPER, attribute)
        setattr(builtins, loops.LOOP_NAME, loops.loop)
        setattr(builtins, loops.ROUNDS_NAME, loops.Rounds)
        tree = _Attributes().visit(tree)
    return tree


def attribute(owner: Any, name: str) -> Any:
    """`owner.name`, with TensorFlow's answer where the object has none."""
    if name == CALLED_VALUE:
        found = getattr(owner, "value")  # noqa: B009  # mypy knows no such attribute
        return found() if callable(found) else found
    try:
        return getattr(owner, name)
    except AttributeError:
        adapted = _adapted(owner, name)
        if adapted is None:
            raise
        return adapted[0]


def _adapted(owner: Any, name: str) -> tuple[Any] | None:
    """TensorFlow's answer in a tuple (None is one); None where there is none."""
    if name == "value":
        return (owner,) if owner is None or isinstance(owner, int) else None
    if name in _SHAPE_NAMES and isinstance(owner, tuple | list):
        from inspector.compat.tf.shapes import TensorShape

        return (getattr(TensorShape(owner), name),)
    if name in _DTYPE_NAMES:
        from inspector.compat.tf.dtypes import as_dtype

        try:
            return (getattr(as_dtype(owner), name),)
        except (TypeError, KeyError, AttributeError):
            return None
    return None
