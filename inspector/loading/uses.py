"""What a function does with its parameters, read off its text: how one may guess what they are.

def block(n, kernels, mode):
    for k in kernels:                            kernels: a sequence
        x = Conv2D(n, kernel_size=k)(x)          n: goes in as `filters`
    if mode == "sum": ...                        mode: may be "sum"
"""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import keras

_OF_SEQUENCES = {"len", "enumerate", "zip", "list", "tuple", "sum", "sorted", "reversed", "map"}
_OF_TENSORS = {"int_shape", "shape", "concatenate", "add", "multiply", "Concatenate", "Add"}
_DEEPEST = 3
_LIBRARIES = ("keras", "inspector", "numpy")


@dataclass(slots=True)
class Use:
    """What is known of one parameter.

    names:       the parameters of layers and functions that it is given for.
    words:       texts that it is compared with.
    keys:        the named entries that are read from it.
    answers:     texts that its named entries or attributes are compared with.
    parts:       into how many names it is unpacked; 0: it is not.
    last_index:  the largest place that it is asked for; -1: none.
    is_tensor:   a layer is called on it.
    is_called:   it is called itself.
    is_settings: its attributes or named entries are read.
    """

    names: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    last_index: int = -1
    keys: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    parts: int = 0
    is_sequence: bool = False
    is_tensor: bool = False
    is_called: bool = False
    is_settings: bool = False


def uses_of(function: Any, depth: int = 0) -> dict[str, Use]:
    """The use of each parameter of a function; empty where its text is not to be had."""
    code = inspect.unwrap(function)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return {}
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef):
        return {}
    arguments = definition.args
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    found = {argument.arg: Use() for argument in listed}
    reader = _Reader(found, getattr(code, "__globals__", {}), depth)
    for statement in definition.body:
        reader.visit(statement)
    return found


def uses_of_class(kind: type) -> dict[str, Use]:
    """The use of each parameter of `__init__`, also by way of `self.name = name`."""
    found = uses_of(kind.__init__)  # type: ignore[misc]
    tree = _class_text(kind)
    if tree is None:
        return found
    kept: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            for target in node.targets:
                if _is_of_self(target) and node.value.id in found:
                    kept[target.attr] = node.value.id  # type: ignore[attr-defined]
    reader = _Reader(found, getattr(kind.__init__, "__globals__", {}), 0, kept)  # type: ignore[misc]
    for method in ast.walk(tree):
        if isinstance(method, ast.FunctionDef) and method.name != "__init__":
            for statement in method.body:
                reader.visit(statement)
    return found


def _class_text(kind: type) -> ast.ClassDef | None:
    """The class in its file, found by the line of its `__init__`: it may belong to no module."""
    code = getattr(kind.__init__, "__code__", None)  # type: ignore[misc]
    if code is None:
        return None
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        is_it = isinstance(node, ast.ClassDef) and node.name == kind.__name__
        if is_it and node.lineno <= code.co_firstlineno <= (node.end_lineno or 0):  # type: ignore[attr-defined]
            return node  # type: ignore[return-value]
    return None


def _is_of_self(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def names_within(function: Any) -> set[str]:
    """Names that a function uses, and those that the user's functions use that it calls."""
    found: set[str] = set()
    waiting = [inspect.unwrap(function)]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        names = set(_names(one))
        found |= names
        space = getattr(one, "__globals__", None) or getattr(
            getattr(one, "__init__", None), "__globals__", {}
        )
        for name in names:
            other = space.get(name)
            is_code = inspect.isfunction(other) or inspect.isclass(other)
            if is_code and str(other.__module__).partition(".")[0] not in _LIBRARIES:
                waiting.append(other)
    return found


def _names(value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        for method in vars(value).values():
            if inspect.isfunction(method):
                yield from _names(method)
        return
    codes = [value.__code__] if hasattr(value, "__code__") else []
    while codes:
        code = codes.pop()
        yield from (*code.co_names, *code.co_freevars)
        codes += [constant for constant in code.co_consts if hasattr(constant, "co_names")]


class _Reader(ast.NodeVisitor):
    def __init__(
        self,
        found: dict[str, Use],
        space: dict[str, Any],
        depth: int,
        kept: dict[str, str] | None = None,
    ) -> None:
        self._kept = kept
        self._found = found
        self._space = space
        self._depth = depth

    def _use(self, node: ast.AST) -> Use | None:
        if self._kept is None:
            return self._found.get(node.id) if isinstance(node, ast.Name) else None
        # In the other methods only what `self` keeps is known.
        return self._found.get(self._kept.get(node.attr, "")) if _is_of_self(node) else None  # type: ignore[attr-defined]

    def visit_Call(self, node: ast.Call) -> None:
        is_layer_call = isinstance(node.func, ast.Call)
        called = self._use(node.func)
        if called is not None:
            called.is_called = True
        for place, given in enumerate(node.args):
            self._given(node, given, place, is_layer_call)
        for keyword in node.keywords:
            if keyword.arg is not None:
                self._named(keyword.value, _parameter(_last_name(node.func), keyword.arg))
        self.generic_visit(node)

    def _given(self, node: ast.Call, given: ast.AST, place: int, is_layer_call: bool) -> None:
        callee = _last_name(node.func)
        if isinstance(given, ast.Starred):
            given, callee = given.value, "list"
        parts = given.elts if isinstance(given, ast.List | ast.Tuple) else [given]
        for part in parts:
            use = self._use(part)
            if use is None:
                continue
            if is_layer_call or callee in _OF_TENSORS:
                use.is_tensor = True
            elif callee in _OF_SEQUENCES:
                use.is_sequence = True
        if not is_layer_call:
            self._by_place(callee, given, place)

    def _by_place(self, callee: str, given: ast.AST, place: int) -> None:
        """An argument by position means what its parameter is called."""
        if callee == "Input":
            self._named(given, "shape" if place == 0 else "")
            return
        if callee == "range":
            self._named(given, "count")
            return
        layer = getattr(keras.layers, callee, None)
        own = self._space.get(callee)
        if inspect.isclass(layer):
            names = _parameters(layer)
            self._named(given, _parameter(callee, names[place]) if place < len(names) else "")
        elif inspect.isfunction(own) and self._depth < _DEEPEST:
            self._as_used_there(own, given, place)

    def _as_used_there(self, function: Any, given: ast.AST, place: int) -> None:
        use, names = self._use(given), _parameters(function)
        if use is None or place >= len(names):
            return
        there = uses_of(function, self._depth + 1).get(names[place], Use())
        use.names += [names[place], *there.names]
        use.words += there.words
        use.last_index = max(use.last_index, there.last_index)
        use.is_sequence |= there.is_sequence
        use.is_tensor |= there.is_tensor
        use.is_called |= there.is_called
        use.is_settings |= there.is_settings

    def _named(self, given: ast.AST, name: str) -> None:
        use = self._use(given)
        if use is not None and name:
            use.names.append(name)
        elif isinstance(given, ast.Tuple | ast.List) and name.endswith("shape"):
            for place, part in enumerate(given.elts):
                inner = self._use(part)
                if inner is not None:
                    inner.names.append(_axis(place, len(given.elts)))

    def visit_Subscript(self, node: ast.Subscript) -> None:
        use, place = self._use(node.value), _constant(node.slice)
        if use is not None:
            if isinstance(place, str):
                use.is_settings = True
                use.keys.append(place)
            elif isinstance(place, int):
                use.is_sequence, use.last_index = True, max(use.last_index, place)
            elif isinstance(node.slice, ast.Slice):
                use.is_sequence = True
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        use, target = self._use(node.value), node.targets[0]
        if use is not None and isinstance(target, ast.Tuple | ast.List):
            use.is_sequence, use.parts = True, len(target.elts)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._iterated(node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._iterated(node.iter)
        self.generic_visit(node)

    def _iterated(self, node: ast.AST) -> None:
        use = self._use(node)
        if use is not None:
            use.is_sequence = True

    def visit_Attribute(self, node: ast.Attribute) -> None:
        use = self._use(node.value)
        if use is not None:
            if node.attr in ("shape", "get_shape", "dtype"):
                use.is_tensor = True
            else:
                use.is_settings = True
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        use, words = self._use(node.left), _texts(node.comparators)
        if use is not None:
            use.words += words
        elif words and isinstance(node.left, ast.Subscript | ast.Attribute):
            of, entry = self._use(node.left.value), _entry(node.left)
            if of is not None and entry:
                of.answers.setdefault(entry, words[0])
        self.generic_visit(node)


def _texts(nodes: list[ast.expr]) -> list[str]:
    """The texts among what something is compared with."""
    found: list[str] = []
    for node in nodes:
        parts = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node]
        found += [word for word in map(_constant, parts) if isinstance(word, str)]
    return found


def _entry(node: ast.Subscript | ast.Attribute) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    name = _constant(node.slice)
    return name if isinstance(name, str) else ""


def _parameter(callee: str, name: str) -> str:
    """A parameter's name, or a word that says more: the rows of an Embedding are words."""
    return "vocab_size" if (callee, name) == ("Embedding", "input_dim") else name


def _axis(place: int, count: int) -> str:
    if count == 1:
        return "features"
    return "channels" if place == count - 1 else ("image_size" if count > 2 else "timesteps")


def _parameters(value: Any) -> list[str]:
    try:
        return [name for name in inspect.signature(value).parameters if name != "self"]
    except (TypeError, ValueError):
        return []


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _constant(node: ast.AST) -> Any:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return 0  # [-1]: the last one
    return node.value if isinstance(node, ast.Constant) else None
