"""Keras on our backend in this process, the stand-ins in place, and a way to run user code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector.keras_backend import install

install()

from inspector import compat  # noqa: E402  # only once the backend is in place


class User:
    """Runs source as a user's file; `notes` are the replacements that were told."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "model.py"
        self.notes: list[tuple[str, str]] = []

    def run(self, source: str) -> dict[str, Any]:
        self.path.write_text(source)
        code = compat.compile_user_code(source, str(self.path))
        names: dict[str, Any] = {"__name__": "__main__", "__file__": str(self.path)}
        exec(code, names)
        return names


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    made = User(tmp_path)
    installed = compat.install(lambda what, why: made.notes.append((what, why)))
    yield made
    installed.remove()


@pytest.fixture
def tf(user: User) -> Any:
    """The stand-in, imported as user code does."""
    return user.run("import tensorflow as tf\n")["tf"]


@pytest.fixture
def values() -> Callable[[Any], Any]:
    """Plain Python values of a tensor or of a list of tensors."""

    def read(x: Any) -> Any:
        if isinstance(x, list | tuple):
            return [read(part) for part in x]
        return x.numpy().tolist() if hasattr(x, "numpy") else x

    return read
