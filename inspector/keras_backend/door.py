"""The door that every backend function passes when Keras calls it.

It tells the running tape which function the next ops belong to ("softmax"); functions that call
each other inside do not pass it again, so the outermost name stays. With no tape running it costs
two look-ups. A name that Keras' contract has and we do not is answered with a function that says
so when it is called, since Keras looks most of them up only then.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from inspector.engine import tape
from inspector.errors import NotAvailable, OutOfMemory
from inspector.keras_backend import contract

# These call back into the user's code, whose ops belong to functions of their own.
CALLS_BACK = frozenset(
    {"associative_scan", "compute_output_spec", "cond", "fori_loop", "map", "remat", "rnn"}
    | {"scan", "switch", "vectorized_map", "while_loop"}
)


def labelled(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function, writing its name on the op records that it makes."""

    def call(*args: Any, **kwargs: Any) -> Any:
        running = tape.current
        unnamed = running if running is not None and not running.function else None
        if unnamed is not None:
            unnamed.function = name
        try:
            return function(*args, **kwargs)
        except OutOfMemory:
            raise
        except MemoryError as error:
            # NumPy's own cannot be made anew from its message, which Keras does to add to it.
            raise OutOfMemory(
                f"{name}: {error}.", fix="Use a smaller batch or a smaller layer."
            ) from error
        finally:
            if unnamed is not None:
                unnamed.function = ""

    return like_keras(call, function)


def like_keras(call: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """`call` under the function's name and signature, without its annotations.

    Keras compares its own signatures with the backend's, and its own have none.
    """
    functools.update_wrapper(call, function)
    given = inspect.signature(function)
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in given.parameters.values()]
    call.__signature__ = inspect.Signature(bare)  # type: ignore[attr-defined]
    return call


def unlabelled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as Keras should see it, with no name put on its ops."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return like_keras(call, function)


def expose(module_name: str, *sources: ModuleType) -> None:
    """Fill an adapter module with the public names of our modules, functions through the door."""
    module = sys.modules[module_name]
    for source in sources:
        for name, value in vars(source).items():
            if not name.startswith("_") and _is_ours(value):
                door = unlabelled(value) if name in CALLS_BACK else labelled(value, name)
                setattr(module, name, door)
    family = module_name.rpartition(".")[2]
    setattr(module, "__getattr__", _missing_names(family))  # noqa: B010  # mypy refuses the plain form


def _is_ours(value: Any) -> bool:
    """Whether it was written in this package: what a module merely imports is not passed on."""
    return inspect.isfunction(value) and value.__module__.startswith("inspector.keras_backend")


def _missing_names(family: str) -> Callable[[str], Any]:
    def answer(name: str) -> Any:
        if name not in contract.functions(family):
            raise AttributeError(f"Keras' backend has no {family}.{name}")
        return functools.partial(_refuse, f"{family}.{name}")

    return answer


def _refuse(name: str, *args: Any, **kwargs: Any) -> NoReturn:
    from keras.src.backend.common.name_scope import current_path

    wanted_by = current_path() or "code outside of any layer"
    raise NotAvailable(
        f"Inspector's backend does not have `{name}` yet; {wanted_by} asked for it.",
        fix="Use another operation in its place, or report this name.",
    )
