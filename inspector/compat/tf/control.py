"""Control flow, functions and modules: everything runs eagerly, so most of it is plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from inspector.compat.registry import public
from inspector.compat.tf.shapes import is_symbolic
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
    return tree.map_structure(lambda *parts: stacked(parts), *results)


def stacked(parts: Any) -> Any:
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


@public("print")
def print_(*inputs: Any, **kwargs: Any) -> None:
    """Prints values, without the shape and dtype that `print` of a tensor would show."""
    import sys

    stream = kwargs.get("output_stream", sys.stderr)
    stream = stream if hasattr(stream, "write") else sys.stderr
    parts = [x.numpy() if isinstance(x, Tensor) and not x.is_meta else x for x in inputs]
    print(*parts, sep=kwargs.get("sep", " "), end=kwargs.get("end", "\n"), file=stream)
