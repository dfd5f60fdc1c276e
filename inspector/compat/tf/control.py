"""Control flow, functions and modules: everything runs eagerly, so most of it is plain Python."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import dtype_name, dtype_of
from inspector.compat.tf.shapes import TensorShape, is_symbolic
from inspector.compat.tf.tensors import host, strings, tensor
from inspector.engine.tensor import Tensor

ops = keras.ops
tree = keras.tree


def truth(pred: Any) -> bool:
    """The Python truth of a predicate: a bool, a tensor or a variable."""
    return bool(host(tensor(pred))) if not isinstance(pred, bool) else pred


@public("cond")
def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    if is_symbolic(pred):
        return ops.cond(pred, true_fn, false_fn)
    chosen = true_fn if truth(pred) else false_fn
    return chosen() if chosen is not None else None


@public("case")
def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    for pred, function in pred_fn_pairs:
        if truth(pred):
            return function()
    return default() if default is not None else None


@public("switch_case")
def switch_case(
    branch_index: Any, branch_fns: Any, default: Any = None, name: str = "switch_case"
) -> Any:
    table = dict(branch_fns) if not callable(branch_fns[0]) else dict(enumerate(branch_fns))
    index = int(branch_index)
    function = table.get(index, default or table[max(table)])
    return function()


@public("while_loop")
def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
) -> Any:
    values = tree.map_structure(tensor, loop_vars)
    values = tuple(values) if isinstance(loop_vars, list | tuple) else (values,)
    left = None if maximum_iterations is None else int(maximum_iterations)
    while (left is None or left > 0) and truth(cond(*values)):
        made = body(*values)
        values = tuple(made) if isinstance(made, list | tuple) else (made,)
        left = None if left is None else left - 1
    return type(loop_vars)(values) if isinstance(loop_vars, list) else values


def _rows(elems: Any) -> Iterator[Any]:
    flat = [tensor(x) for x in tree.flatten(elems)]
    for index in range(flat[0].shape[0]):
        yield tree.pack_sequence_as(elems, [x[index] for x in flat])


def _stacked(results: list[Any]) -> Any:
    return tree.map_structure(lambda *parts: _stack(parts), *results)


def _stack(parts: Any) -> Any:
    found = [tensor(part) for part in parts]
    if found[0].dtype == "string":
        return strings(np.stack([part.texts() for part in found]))
    return ops.stack(found)


@public("map_fn", "vectorized_map")
def map_fn(
    fn: Callable[..., Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: Any = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
    **old: Any,
) -> Any:
    """`fn` on each row of `elems`, the results stacked."""
    if is_symbolic(elems):
        return _MapRows(fn)(elems)
    return _stacked([fn(row) for row in _rows(elems)])


class _MapRows(keras.Operation):
    """`tf.map_fn` as a node of a Functional graph."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        super().__init__()
        self.fn = fn

    def call(self, elems: Any) -> Any:
        return map_fn(self.fn, elems)

    def compute_output_spec(self, elems: Any) -> Any:
        row = tree.map_structure(lambda x: keras.KerasTensor(x.shape[1:], x.dtype), elems)
        first = tree.flatten(elems)[0].shape[0]
        made = keras.Function([*tree.flatten(row)], tree.flatten(self.fn(row))).outputs
        return tree.map_structure(
            lambda x: keras.KerasTensor((first, *x.shape), x.dtype),
            made[0] if len(made) == 1 else tuple(made),
        )


@public("scan")
def scan(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    rows = list(_rows(elems))
    rows = rows[::-1] if reverse else rows
    results = []
    if initializer is None:
        state, *rows = rows
        results.append(state)
    else:
        state = tree.map_structure(tensor, initializer)
    for row in rows:
        state = fn(state, row)
        results.append(state)
    return _stacked(results[::-1] if reverse else results)


@public("foldl")
def foldl(fn: Callable[..., Any], elems: Any, initializer: Any = None, **ignored: Any) -> Any:
    rows = list(_rows(elems))
    state, rows = (rows[0], rows[1:]) if initializer is None else (tensor(initializer), rows)
    for row in rows:
        state = fn(state, row)
    return state


@public("foldr")
def foldr(fn: Callable[..., Any], elems: Any, initializer: Any = None, **ignored: Any) -> Any:
    rows = list(_rows(elems))[::-1]
    state, rows = (rows[0], rows[1:]) if initializer is None else (tensor(initializer), rows)
    for row in rows:
        state = fn(state, row)
    return state


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


class TensorSpec:
    """`tf.TensorSpec`: a shape, a dtype and a name."""

    def __init__(self, shape: Any = None, dtype: Any = "float32", name: str | None = None) -> None:
        from inspector.compat.tf.dtypes import as_dtype

        self.shape = TensorShape(shape)
        self.dtype = as_dtype(dtype)
        self.name = name

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        return cls(tensor.shape, tensor.dtype, name)

    from_spec = from_tensor

    def is_compatible_with(self, other: Any) -> bool:
        return self.shape.is_compatible_with(other.shape) and self.dtype == dtype_of(other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and (self.shape, self.dtype) == (
            other.shape,
            other.dtype,
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r})"
        )


class RaggedTensorSpec(TensorSpec):
    """`tf.RaggedTensorSpec`."""

    def __init__(
        self, shape: Any = None, dtype: Any = "float32", ragged_rank: Any = None, **ignored: Any
    ) -> None:
        super().__init__(shape, dtype)
        self.ragged_rank = ragged_rank


export("TensorSpec TypeSpec", TensorSpec)
export("RaggedTensorSpec", RaggedTensorSpec)
export("SparseTensorSpec", type("SparseTensorSpec", (TensorSpec,), {}))


class TensorArray:
    """`tf.TensorArray`: a list of tensors that is written to and stacked."""

    def __init__(
        self, dtype: Any, size: Any = None, dynamic_size: Any = None, **ignored: Any
    ) -> None:
        self.dtype = dtype_name(dtype)
        self._items: list[Any] = [None] * (0 if size is None else int(size))

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        at = int(index)
        self._items += [None] * (at + 1 - len(self._items))
        self._items[at] = tensor(value, self.dtype)
        return self

    def read(self, index: Any, name: str | None = None) -> Any:
        return self._items[int(index)]

    def stack(self, name: str | None = None) -> Any:
        known = next(item for item in self._items if item is not None)
        return _stack([ops.zeros_like(known) if i is None else i for i in self._items])

    def gather(self, indices: Any, name: str | None = None) -> Any:
        return _stack([self._items[int(i)] for i in indices])

    def concat(self, name: str | None = None) -> Any:
        return ops.concatenate(self._items)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        self._items = list(ops.unstack(tensor(value)))
        return self

    def size(self, name: str | None = None) -> Any:
        return tensor(len(self._items))

    def identity(self) -> TensorArray:
        return self

    def mark_used(self) -> None:
        """Nothing is ever dropped unused."""


export("TensorArray", TensorArray)


@public("print")
def print_(*inputs: Any, **kwargs: Any) -> None:
    """Prints values, without the shape and dtype that `print` of a tensor would show."""
    import sys

    stream = kwargs.get("output_stream", sys.stderr)
    stream = stream if hasattr(stream, "write") else sys.stderr
    parts = [x.numpy() if isinstance(x, Tensor) and not x.is_meta else x for x in inputs]
    print(*parts, sep=kwargs.get("sep", " "), end=kwargs.get("end", "\n"), file=stream)
