"""A primitive: one array function with its four rules, and the way to run it.

    rule      question                              signature
    forward   what is computed                      (xp, *arrays, **constants)
    shape     which shapes come out                 (*shapes, **constants)
    dtype     which dtypes come out                 (*dtypes, **constants)
    vjp       which gradients go in (None: none)    (wanted, g, y, *inputs, **constants)

All four see plain Python values besides the operands: `constants` (axes, strides, ...) never
change a gradient. Shapes are tuples of ints: symbolic builds run twice with different numbers
for unknown axes (see `keras_backend.core`), so no rule ever meets None.

A `vjp` rule is written in Tensor operators and primitives, so a backward pass is itself a record
that can be stepped and differentiated again. `wanted[i]` tells whether input i needs a gradient;
`each(...)` and `joint(...)` below build such rules. For a primitive with several outputs `g` and
`y` are tuples, with None in `g` for outputs nothing depends on.

Every primitive is in `REGISTRY`; tests walk it, so none can go without a case.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from inspector.engine import array_module, tape
from inspector.engine.tensor import Tensor
from inspector.errors import EngineError, NoValue, OutOfMemory, ShapeMismatch

Rule = Callable[..., Any]
Function = TypeVar("Function", bound=Callable[..., Any])

REGISTRY: dict[str, Primitive] = {}


class Primitive:
    """One array function with its rules; calling it runs it on Tensors and records it.

    elementwise: output i depends on input i only, so chains of them may be fused.
    many:        it has several outputs and returns a tuple.
    """

    __slots__ = ("doc", "dtype", "elementwise", "family", "forward", "many", "name", "shape", "vjp")

    def __init__(
        self,
        name: str,
        forward: Rule,
        *,
        shape: Rule,
        dtype: Rule,
        vjp: Rule | None = None,
        many: bool = False,
        elementwise: bool = False,
    ) -> None:
        self.name = name
        self.forward = forward
        self.shape = shape
        self.dtype = dtype
        self.vjp = vjp
        self.many = many
        self.elementwise = elementwise
        self.family = forward.__module__.rpartition(".")[2]
        self.doc = forward.__doc__ or ""

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __call__(self, *inputs: Tensor, **constants: Any) -> Any:
        """Run it; record it when a tape is running. All inputs are Tensors, dtypes as they are."""
        for tensor in inputs:
            if tensor.data is None:
                return self._infer(inputs, constants)
        running = tape.current
        started = time.perf_counter() if running is not None else 0.0
        try:
            produced = self.forward(array_module.xp, *[t.data for t in inputs], **constants)
        except Exception as error:
            raise _explained(self, inputs, constants, error) from error
        outputs = tuple(map(_wrap, produced)) if self.many else (_wrap(produced),)
        if running is not None:
            running.append(self, inputs, outputs, constants, time.perf_counter() - started)
        return outputs if self.many else outputs[0]

    def infer(self, *inputs: Tensor, **constants: Any) -> Any:
        """What would come out, without computing: for ops without operands in a symbolic build."""
        return self._infer(inputs, constants)

    def _infer(self, inputs: tuple[Tensor, ...], constants: dict[str, Any]) -> Any:
        try:
            shapes = self.shape(*[t.shape for t in inputs], **constants)
            dtypes = self.dtype(*[t.dtype for t in inputs], **constants)
        except (ValueError, IndexError, TypeError) as error:
            raise _explained(self, inputs, constants, error) from error
        if not self.many:
            return self._record_meta(inputs, (Tensor(None, tuple(shapes), dtypes),), constants)[0]
        made = tuple(Tensor(None, tuple(s), d) for s, d in zip(shapes, dtypes, strict=True))
        return self._record_meta(inputs, made, constants)

    def _record_meta(
        self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...], constants: dict[str, Any]
    ) -> tuple[Tensor, ...]:
        # A build run steps through symbolic ops too, so they go on the tape like real ones.
        if tape.current is not None:
            tape.current.append(self, inputs, outputs, constants)
        return outputs


def primitive(
    *,
    shape: Rule,
    dtype: Rule,
    vjp: Rule | None = None,
    many: bool = False,
    elementwise: bool = False,
    name: str | None = None,
) -> Callable[[Callable[..., Any]], Primitive]:
    """Make a forward function `f(xp, *arrays, **constants)` a registered primitive."""

    def register(forward: Callable[..., Any]) -> Primitive:
        made = Primitive(
            name or forward.__name__.rstrip("_"),
            forward,
            shape=shape,
            dtype=dtype,
            vjp=vjp,
            many=many,
            elementwise=elementwise,
        )
        if made.name in REGISTRY:
            raise EngineError(
                f"Two primitives are called {made.name!r}.", fix="Give one of them another name."
            )
        REGISTRY[made.name] = made
        return made

    return register


def each(*rules: Rule | None) -> Rule:
    """A vjp rule from one rule per input, `rule(g, y, *inputs, **constants)`; None: no gradient.

    A rule runs only when its input needs a gradient.
    """

    def vjp(
        wanted: Sequence[bool], g: Any, y: Any, *inputs: Tensor, **constants: Any
    ) -> list[Tensor | None]:
        return [
            rule(g, y, *inputs, **constants) if rule is not None and want else None
            for rule, want in zip(rules, wanted, strict=True)
        ]

    return vjp


def joint(rule: Rule) -> Rule:
    """A vjp rule from one that gives all gradients at once, `rule(g, y, *inputs, **constants)`."""

    def vjp(
        wanted: Sequence[bool], g: Any, y: Any, *inputs: Tensor, **constants: Any
    ) -> list[Tensor | None]:
        return list(rule(g, y, *inputs, **constants))

    return vjp


def _wrap(array: Any) -> Tensor:
    # NumPy reductions return scalars where CuPy returns 0-d arrays; Tensors always hold arrays.
    xp = array_module.xp
    return Tensor(array if type(array) is xp.ndarray else xp.asarray(array))


def _explained(
    op: Primitive, inputs: tuple[Tensor, ...], constants: dict[str, Any], error: Exception
) -> Exception:
    """The same error, naming the op and the full shapes of its operands."""
    explained = _explanation(op, inputs, constants, error)
    if tape.current is not None:
        tape.current.failed = (op, inputs, constants, explained)
    return explained


def _explanation(
    op: Primitive, inputs: tuple[Tensor, ...], constants: dict[str, Any], error: Exception
) -> Exception:
    if isinstance(error, EngineError):
        return error
    operands = ", ".join(f"{t.shape} {t.dtype}" for t in inputs)
    if isinstance(error, MemoryError):
        return OutOfMemory(
            f"{op.name}: {error}. Operands: {operands}.",
            fix="Use a smaller batch or a smaller layer.",
        )
    said = _said_by_rule(op, inputs, constants)
    if isinstance(error, ValueError) and (said or _is_about_shapes(error)):
        return ShapeMismatch(
            f"{op.name}: {said or error} (operands: {operands}).",
            fix="Compare the operands' shapes, axis by axis.",
        )
    error.add_note(f"In {op.name}, on operands {operands}.")
    return error


def _is_about_shapes(error: ValueError) -> bool:
    """Whether it is not about values (a negative power of a whole number, say)."""
    words = ("shape", "broadcast", "dimension", "size", "axis", "axes")
    return any(word in str(error) for word in words)


def _said_by_rule(op: Primitive, inputs: tuple[Tensor, ...], constants: dict[str, Any]) -> str:
    """What the op's own shape rule has against these operands: clearer than the array module."""
    try:
        op.shape(*[t.shape for t in inputs], **constants)
    except NoValue:  # a rule for symbolic tensors: these have values
        return ""
    except (ValueError, IndexError, TypeError) as error:
        return str(error)
    return ""


def size_of(shape: Sequence[int]) -> int:
    """Number of elements of an array of this shape."""
    return math.prod(shape)
