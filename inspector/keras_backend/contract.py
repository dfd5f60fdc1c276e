"""What Keras 3.15 asks of a backend: read from its own NumPy backend's source, never imported.

The stock package is always installed (our hook only stands in front of it), so its source is the
list of names and signatures that ours are held against.
"""

from __future__ import annotations

import ast
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MODULES = ("core", "numpy", "nn", "math", "linalg", "image", "random", "rnn")


@dataclass(frozen=True, slots=True)
class Signature:
    """The names of a function's arguments, in order, and which of them have defaults."""

    arguments: tuple[str, ...]
    optional: frozenset[str]


def stock_folder() -> Path:
    """Where the stock NumPy backend's source lies."""
    found = importlib.util.find_spec("keras")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "src" / "backend" / "numpy"


@cache
def functions(module: str) -> dict[str, Signature]:
    """The public functions of one module of the contract, by name."""
    tree = ast.parse((stock_folder() / f"{module}.py").read_text(encoding="utf-8"))
    return {
        item.name: _signature(item.args)
        for item in tree.body
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")
    }


def _signature(given: ast.arguments) -> Signature:
    """A function of any arguments (`*args, **kwargs`) asks for none by name."""
    plain = [*given.posonlyargs, *given.args]
    names = [argument.arg for argument in plain]
    optional = names[len(names) - len(given.defaults) :] if given.defaults else []
    if given.vararg is not None and given.kwarg is None:
        names.append(f"*{given.vararg.arg}")
    for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        names.append(argument.arg)
        if default is not None:
            optional.append(argument.arg)
    return Signature(tuple(names), frozenset(optional))
