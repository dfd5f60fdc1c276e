"""Chains of elementwise ops, and activation functions, as one generated kernel each.

The shapes of a replay never change, so they stand in the kernel as numbers, which the compiler
divides by quickly. Kernels are kept by their text: a chain that comes again (a residual block,
say) is compiled once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.engine.cuda import launch
from inspector.engine.cuda.dispatch import note
from inspector.engine.expressions import expression, formula, has_expression
from inspector.engine.fusion import Chain
from inspector.engine.rules import Shape
from inspector.engine.tape import OpRecord
from inspector.engine.tensor import Tensor

_THREADS = 256


def may_join(record: OpRecord) -> bool:
    """Whether the op can be part of a generated kernel."""
    return has_expression(record) and launch.fits(record.outputs[0])


def runner(chain: Chain) -> Callable[..., tuple[Any, ...]]:
    """A function `(xp, *arrays)` that gives the chain's outputs."""
    text, blocks = source(chain), -(-int(np.prod(chain.shape)) // _THREADS)

    def run(xp: Any, *arrays: Any) -> tuple[Any, ...]:
        made = tuple(xp.empty(t.shape, t.dtype) for t in chain.outputs)
        operands = (*[xp.ascontiguousarray(a) for a in arrays], *made)
        _kernel(xp.RawModule, text)((blocks,), (_THREADS,), operands)
        return made

    return run


@functools.lru_cache(maxsize=4096)
def _kernel(make: Callable[..., Any], text: str) -> Any:
    return make(code=text).get_function("fused")


def source(chain: Chain) -> str:
    """The whole text of the kernel of a chain."""
    wide = any(t.dtype == np.float64 for t in (*chain.inputs, *chain.outputs))
    stored = launch.STORED["float64" if wide else "float32"]
    return f"{launch.prelude(stored)}\n{kernel(chain)}"


def kernel(chain: Chain, name: str = "fused") -> str:
    """The kernel alone: a thread per element, one line per op."""
    tensors = (*chain.inputs, *[t for record in chain.records for t in record.outputs])
    names = {tensor.id: f"v{number}" for number, tensor in enumerate(tensors)}
    operands = [f"const {_type(t)}* in{n}" for n, t in enumerate(chain.inputs)]
    operands += [f"{_type(t)}* out{n}" for n, t in enumerate(chain.outputs)]
    body = []
    for record in chain.records:
        made = record.outputs[0]
        value = expression(record, [names[t.id] for t in record.inputs])
        body.append(f"{_type(made)} {names[made.id]} = {value};")
    body += [f"out{n}[i] = {names[t.id]};" for n, t in enumerate(chain.outputs)]
    # Of `full_like`'s operand only the shape is read.
    read = set(re.findall(r"\bv\d+\b", "\n".join(body)))
    loads = [
        f"{_type(t)} {names[t.id]} = in{n}[{position(t.shape, chain.shape)}];"
        for n, t in enumerate(chain.inputs)
        if names[t.id] in read
    ]
    lines = [
        f'extern "C" __global__ void {name}({", ".join(operands)}) {{',
        "  int i = THREAD;",
        f"  if (i >= {int(np.prod(chain.shape))}) return;",
        *[f"  {line}" for line in (*loads, *body)],
        "}",
    ]
    return "\n".join(lines)


def _activation(name: str) -> Any:
    """The rule of an activation function (or its gradient), which takes many array operations."""

    def rule(xp: Any, *arrays: Any, **constants: Any) -> Any:
        if not launch.takes(*arrays) or any(a.shape != arrays[0].shape for a in arrays):
            return None
        given = [xp.ascontiguousarray(a) for a in arrays]
        out = xp.empty(given[0].shape, given[0].dtype)
        text = _alone(name, len(arrays), launch.STORED[out.dtype.name], **constants)
        blocks = -(-out.size // _THREADS)
        _kernel(xp.RawModule, text)((blocks,), (_THREADS,), (*given, out, np.int32(out.size)))
        note(f"kernel {name}")
        return out

    return rule


@functools.lru_cache(maxsize=1024)
def _alone(name: str, count: int, stored: int, **constants: Any) -> str:
    """One op on arrays of one shape, in any of the dtypes."""
    operands = ", ".join(f"const T* in{n}" for n in range(count))
    loads = " ".join(f"A v{n} = get(in{n}[i]);" for n in range(count))
    value = formula(name, [f"v{n}" for n in range(count)], constants)
    return f"""{launch.prelude(stored)}
extern "C" __global__ void fused({operands}, T* out, int count) {{
  int i = THREAD;
  if (i >= count) return;
  {loads}
  out[i] = put({value});
}}"""


_ACTIVATIONS = ("elu", "gelu", "gelu_tanh", "leaky_relu", "ramp", "sigmoid", "silu", "softplus")
_GRADIENTS = ("gelu", "leaky_relu", "relu", "sigmoid", "silu", "softplus")
RULES = {
    name: _activation(name) for name in (*_ACTIVATIONS, *[f"{name}_grad" for name in _GRADIENTS])
}


def _type(tensor: Tensor) -> str:
    return "bool" if tensor.dtype.name == "bool" else "A"


def position(shape: Shape, whole: Shape) -> str:
    """Where element i of the whole lies in an array that is broadcast to it.

    >>> position((4, 5), (4, 5)), position((5,), (4, 5)), position((4, 1), (4, 5))
    ('i', 'i % 5', 'i / 5')
    """
    shape = (1,) * (len(whole) - len(shape)) + tuple(shape)
    axes = _merged([(n, size != 1 or n == 1) for n, size in zip(whole, shape, strict=True)])
    terms, inner, stride = [], 1, 1
    for number, (size, is_there) in reversed(list(enumerate(axes))):
        if is_there and size > 1:
            place = "i" if inner == 1 else f"i / {inner}"
            place += "" if number == 0 else f" % {size}"
            terms.append(place if stride == 1 else f"({place}) * {stride}")
            stride *= size
        inner *= size
    return " + ".join(reversed(terms)) or "0"


def _merged(axes: list[tuple[int, bool]]) -> list[tuple[int, bool]]:
    """Neighbouring axes that are all there, or all broadcast, as one."""
    found: list[tuple[int, bool]] = []
    for size, is_there in axes:
        if size == 1:
            continue
        if found and found[-1][1] == is_there:
            found[-1] = (found[-1][0] * size, is_there)
        else:
            found.append((size, is_there))
    return found
