"""Arrays that remember what made them: NumPy or CuPy, one tape, gradients read from it.

array_module  which arrays, and why          primitive   an op with its four rules
tensor        an array and its op record     primitives  all of them, by family
tape          the op records of a run        autodiff    gradients, read from the tape
promotion     dtypes of mixed operands       operators   what Python operators do
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
