"""Every public name of the `tensorflow` stand-in, in one flat table.

    @public("math.reduce_sum", "reduce_sum")     defines tf.math.reduce_sum and tf.reduce_sum
    export("float32", DType("float32"))          the same for a value

`namespaces.py` builds the modules from the table, `table.py` writes docs/tensorflow.md from it.
A function runs with its TensorFlow name on the tape, so that the window shows `tf.reduce_sum`
for the ops that it consists of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from inspector.engine import tape

Function = TypeVar("Function", bound=Callable[..., Any])

NAMES: dict[str, Any] = {}


def export(names: str, value: Any) -> Any:
    """Offer `value` under each of the space-separated dotted names; returns it."""
    for name in names.split():
        assert name not in NAMES, f"tf.{name} is defined twice"
        NAMES[name] = value
    return value


def public(*names: str) -> Callable[[Function], Function]:
    """Offer a function under these dotted names, recorded under the shortest of them."""

    def register(function: Function) -> Function:
        wrapped = named(f"tf.{min(names, key=len)}", function)
        for name in names:
            export(name, wrapped)
        return wrapped

    return register


def named(name: str, function: Function) -> Function:
    """The function, stamping `name` on the op records that it makes."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        running = tape.current
        if running is None or running.function.startswith("tf."):
            return function(*args, **kwargs)
        before, running.function = running.function, name
        try:
            return function(*args, **kwargs)
        finally:
            running.function = before

    run.__tf_name__ = name  # type: ignore[attr-defined]
    return run  # type: ignore[return-value]
