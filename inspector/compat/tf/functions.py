"""`tf.function`, scopes and `tf.Module`: nothing is compiled, everything runs as Python."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.tensors import tensor

ops = keras.ops
tree = keras.tree


class Function:
    """What `tf.function` makes: the Python function itself, called eagerly."""

    def __init__(self, python_function: Callable[..., Any], input_signature: Any = None) -> None:
        functools.update_wrapper(self, python_function)
        self.python_function = python_function
        self.input_signature = input_signature

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.input_signature is not None:
            # A signature's tensors arrive as tensors, whatever was passed.
            given = [tensor(a) if _is_data(a) else a for a in args]
            return self.python_function(*given, **kwargs)
        return self.python_function(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        bound = self.python_function.__get__(instance, owner)
        return Function(bound, self.input_signature)

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> Function:
        return self

    def experimental_get_tracing_count(self) -> int:
        return 1

    @property
    def structured_outputs(self) -> Any:
        return None


def _is_data(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | int | float | list | str)


@public("function")
def function(
    func: Callable[..., Any] | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    jit_compile: Any = None,
    reduce_retracing: bool = False,
    **ignored: Any,
) -> Any:
    """The decorator, with or without arguments; nothing is compiled."""
    if func is None:
        return lambda inner: Function(inner, input_signature)
    return Function(func, input_signature)


export("types.experimental.ConcreteFunction types.experimental.GenericFunction", Function)


@public("py_function", "numpy_function")
def py_function(
    func: Callable[..., Any] | None = None,
    inp: Any = None,
    Tout: Any = None,
    name: str | None = None,
    stateful: bool = True,
) -> Any:
    assert func is not None
    made = func(*[tensor(x) for x in inp or ()])
    if isinstance(Tout, list | tuple):
        return [tensor(x, getattr(t, "dtype", t)) for x, t in zip(made, Tout, strict=True)]
    return None if Tout is None else tensor(made, getattr(Tout, "dtype", Tout))


@public("stop_gradient")
def stop_gradient(input: Any, name: str | None = None) -> Any:
    return ops.stop_gradient(tensor(input))


@public("custom_gradient")
def custom_gradient(f: Callable[..., Any]) -> Any:
    def run(*args: Any) -> Any:
        def with_rule(*inputs: Any) -> tuple[Any, Callable[..., Any]]:
            outputs, rule = f(*inputs)
            return outputs, lambda *upstream: rule(*upstream)

        return ops.custom_gradient(with_rule)(*map(tensor, args))

    return functools.wraps(f)(run)


@public("recompute_grad")
def recompute_grad(f: Callable[..., Any]) -> Any:
    return f


@public("grad_pass_through")
def grad_pass_through(f: Callable[..., Any]) -> Any:
    return custom_gradient(lambda x: (f(x), lambda g: g))


@public("group")
def group(*inputs: Any, **kwargs: Any) -> None:
    """Everything has run already."""


@public("no_op")
def no_op(name: str | None = None) -> None:
    return None


@public("tuple")
def tuple_(tensors: Any, control_inputs: Any = None, name: str | None = None) -> Any:
    return list(tensors)


class _Scope(contextlib.AbstractContextManager[Any]):
    """A context manager that changes nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.name = args[0] if args and isinstance(args[0], str) else ""

    def __enter__(self) -> Any:
        return self.name

    def __exit__(self, *error: object) -> None:
        return None


export("device control_dependencies xla.experimental.jit_scope", _Scope)
export("name_scope init_scope compat.v1.variable_scope", _Scope)
export("profiler.experimental.Trace profiler.experimental.Profile", _Scope)


@public("executing_eagerly")
def executing_eagerly() -> bool:
    return True


class Module:
    """`tf.Module`: finds the variables and modules among its attributes."""

    def __init__(self, name: str | None = None) -> None:
        self._name = name

    @property
    def name(self) -> str:
        return getattr(self, "_name", None) or type(self).__name__.lower()

    @property
    def variables(self) -> tuple[Any, ...]:
        return tuple(_variables(self, set()))

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        return tuple(v for v in self.variables if v.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Any, ...]:
        return tuple(v for v in self.variables if not v.trainable)

    @property
    def submodules(self) -> tuple[Any, ...]:
        found: list[Any] = []
        _walk(self, found.append, set(), lambda x: isinstance(x, Module | keras.Layer))
        return tuple(found)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # As in TensorFlow: a module need not be callable; those that are define it themselves.
        raise NotImplementedError(f"{type(self).__name__} defines no __call__")

    @classmethod
    def with_name_scope(cls, method: Any) -> Any:
        return method

    @property
    def name_scope(self) -> _Scope:
        return _Scope(self.name)


export("Module", Module)
export("__internal__.tracking.Trackable", object)


def _variables(owner: Any, seen: set[int]) -> list[Any]:
    found: list[Any] = []
    _walk(owner, found.append, seen, lambda x: isinstance(x, keras.Variable))
    return found


def _walk(owner: Any, add: Any, seen: set[int], wanted: Callable[[Any], bool]) -> None:
    """Visit what an object's attributes hold, nested containers and modules included."""
    for leaf in tree.flatten(list(vars(owner).values())):
        if id(leaf) in seen:
            continue
        seen.add(id(leaf))
        if isinstance(leaf, keras.Layer) and not wanted(leaf):
            for variable in leaf.variables:
                if id(variable) not in seen and wanted(variable):
                    seen.add(id(variable))
                    add(variable)
        elif wanted(leaf):
            add(leaf)
        if isinstance(leaf, Module):
            _walk(leaf, add, seen, wanted)
