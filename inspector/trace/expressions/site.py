"""Where an expression is evaluated: one call (or op), and how its tensors are read.

The same names in a recorded run, where tensors are ids, and in a run that goes on, where they are
tensors: a `Site` holds whatever names a tensor, and a function that reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from inspector.errors import ExpressionError
from inspector.trace.document import Shape

Array = np.ndarray[Any, Any]

FIELDS: dict[str, str] = {
    "x": "the first input",
    "y": "the first output",
    "inputs": "all inputs: inputs[1]",
    "outputs": "all outputs: outputs[1]",
    "w": "the weights: w.kernel, or all of them as one row of numbers",
    "shape": "the shape of the first output",
    "mask": "the mask of the first output, or None",
    "mask_in": "the mask of the first input, or None",
    "training": "whether the call ran in training mode, or None",
    "loss": "the run's total loss",
}


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one call by name."""

    label: str
    named: tuple[tuple[str, Any], ...]
    read: Callable[[Any], Array]

    def one(self, name: str) -> Array:
        """The weight of a name, or of the last part of a path."""
        for full, tensor in self.named:
            if name in (full, full.rpartition("/")[2]):
                return self.read(tensor)
        names = ", ".join(full.rpartition("/")[2] for full, _ in self.named) or "none"
        raise ExpressionError(
            f"{self.label} has no weight called {name!r}.", fix=f"Its weights are: {names}."
        )

    def size(self, size_of: Callable[[Any], int]) -> int:
        return sum(size_of(tensor) for _, tensor in self.named)

    def all(self) -> Array:
        """Every number of every weight, in one row."""
        if not self.named:
            raise ExpressionError(f"No weights at {self.label}.", fix="Use x or y there.")
        return np.concatenate([np.ravel(self.read(tensor)) for _, tensor in self.named])


@dataclass(frozen=True, slots=True)
class Site:
    """One call or op, by what its expressions may name.

    read: gives the values of a tensor; raises ExpressionError where there are none.
    find: the newest finished call of a path, None before there is one.
    """

    label: str
    read: Callable[[Any], Array]
    find: Callable[[str], Site | None]
    inputs: tuple[Any, ...] = ()
    outputs: tuple[Any, ...] = ()
    weights: tuple[tuple[str, Any], ...] = ()
    shape: Shape | None = None
    mask: Any = None
    mask_in: Any = None
    training: bool | None = None
    loss: float | None = None

    def field(self, name: str) -> Any:
        """What one of `FIELDS` is here."""
        if name in ("x", "y"):
            return self._first(name)
        if name == "inputs":
            return tuple(self.read(tensor) for tensor in self.inputs)
        if name == "outputs":
            return tuple(self.read(tensor) for tensor in self.outputs)
        if name == "w":
            return Weights(self.label, self.weights, self.read)
        if name in ("mask", "mask_in"):
            mask = self.mask if name == "mask" else self.mask_in
            return None if mask is None else self.read(mask)
        if name == "loss" and self.loss is None:
            raise ExpressionError(
                "There is no total loss here.", fix="Look at a training step, when it has ended."
            )
        if name in FIELDS:
            return getattr(self, name)
        raise ExpressionError(
            f"A call has nothing called {name!r}.", fix=f"It has {', '.join(FIELDS)}."
        )

    def _first(self, name: str) -> Array:
        tensors, what = (self.inputs, "input") if name == "x" else (self.outputs, "output")
        if not tensors:
            raise ExpressionError(
                f"{self.label} has no {what}.", fix=f"Ask elsewhere for {name}, or step on."
            )
        return self.read(tensors[0])
