"""Arrays that remember what made them: NumPy or CuPy, one tape, gradients read from it.

    array_module  which arrays, and why          primitive   an op with its four rules
    tensor        an array and its op record     primitives  all of them, by family
    tape          the op records of a run        autodiff    gradients, read from the tape
    promotion     dtypes of mixed operands       operators   what Python operators do
    subscript     x[key], any key                methods     x.sum(), x.reshape(...), x.T
    einsum        as transposes and products     products    matmul, dot, tensordot of any rank
    replay        a record run again             fusion      which ops of it may run as one
    accumulation  adding where places repeat     array_protocol  np.sqrt(x), np.array + x

The other modules hold the numerics of one primitive family each.
"""

# The primitives first: some are written with the operators, which are written with others.
from inspector.engine import primitives  # isort: skip
from inspector.engine import array_module, autodiff, operators, promotion, tape
from inspector.engine.autodiff import gradients
from inspector.engine.primitive import REGISTRY, Primitive
from inspector.engine.tape import OpRecord, Tape, paused, recording
from inspector.engine.tensor import STRING, Tensor, meta

operators.attach()

__all__ = [
    "REGISTRY",
    "STRING",
    "OpRecord",
    "Primitive",
    "Tape",
    "Tensor",
    "array_module",
    "autodiff",
    "gradients",
    "meta",
    "operators",
    "paused",
    "primitives",
    "promotion",
    "recording",
    "tape",
]
