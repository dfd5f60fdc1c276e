"""`tf.GradientTape` on the engine's tape.

Entering opens a segment of the running tape (or starts one), so a tape inside a recorded run
reads the very records that the window shows. Trainable variables are watched by being read;
other tensors by `watch`, or by being computed while the tape records. An inner tape's backward
ops land on the outer one's segment: that is all that higher derivatives need.

A variable may be assigned between its use and `gradient`; the gradient is the one of the values
that were used, so the tape keeps the values that were replaced while it lives.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.tensors import tensor
from inspector.engine import autodiff
from inspector.engine import tape as engine_tape
from inspector.engine.tape import OpRecord, Segment
from inspector.engine.tensor import Tensor
from inspector.keras_backend import variable as backend_variable

ops = keras.ops
tree = keras.tree

_living: weakref.WeakSet[GradientTape] = weakref.WeakSet()


class UnconnectedGradients:
    """What `gradient` gives for a source that no path leads to."""

    NONE, ZERO = "none", "zero"


export("UnconnectedGradients", UnconnectedGradients)


def _keep_replaced(variable: Any, before: Tensor, after: Tensor) -> None:
    for living in _living:
        living.replaced.setdefault(id(variable), []).append(before)


backend_variable.on_assign.append(_keep_replaced)


class GradientTape:
    """Records operations for automatic differentiation, as TensorFlow's class of that name."""

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self.persistent = persistent
        self.watch_accessed_variables = watch_accessed_variables
        self.replaced: dict[int, list[Tensor]] = {}
        self._watched: set[int] = set()
        self._watched_values: list[Any] = []
        self._skipped: list[tuple[int, int]] = []
        self._segment: Segment | None = None
        self._context: AbstractContextManager[Segment] | None = None
        self._used = False

    def __enter__(self) -> GradientTape:
        self._context = engine_tape.recording()
        self._segment = self._context.__enter__()
        _living.add(self)
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        assert self._context is not None
        self._context.__exit__(kind, error, traceback)

    def watch(self, tensor: Any) -> None:
        """Take gradients with respect to this tensor (or all of a structure)."""
        for leaf in tree.flatten(tensor):
            self._watched.add(_value_of(leaf).id if not _is_plain(leaf) else id(leaf))
            self._watched_values.append(leaf)

    def watched_variables(self) -> tuple[Any, ...]:
        return tuple(v for v in self._watched_values if isinstance(v, keras.Variable))

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Ops of the block do not count for this tape."""
        start = self._position()
        try:
            yield
        finally:
            self._skipped.append((start, self._position()))

    def reset(self) -> None:
        """Forget what was recorded."""
        assert self._segment is not None
        self._segment.start = self._position()
        self._watched.clear()

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = UnconnectedGradients.NONE,
    ) -> Any:
        """d(sum of targets)/d(source) in the structure of `sources`; None where no path leads.

        Raises:
            RuntimeError: a tape that is not persistent is asked twice.
        """
        if self._used and not self.persistent:
            raise RuntimeError(
                "A non-persistent GradientTape can only be used to compute one set of gradients"
            )
        self._used = True
        flat = tree.flatten(sources)
        seeds = tree.flatten(output_gradients) if output_gradients is not None else None
        found = self._gradients(target, flat, seeds)
        if unconnected_gradients == UnconnectedGradients.ZERO:
            found = [
                ops.zeros_like(s) if g is None else g for s, g in zip(flat, found, strict=True)
            ]
        if not self.persistent:
            self.replaced.clear()
        return tree.pack_sequence_as(sources, found) if not _is_single(sources) else found[0]

    def jacobian(
        self, target: Any, sources: Any, unconnected_gradients: str = "none", **ignored: Any
    ) -> Any:
        """d(target entry)/d(source entry): shape of target, then shape of source."""
        flat, y = tree.flatten(sources), tensor(target)
        rows = [self._gradients(y, flat, [seed]) for seed in _one_hot_seeds(y)]
        made = [
            None
            if columns[0] is None
            else ops.reshape(ops.stack(columns), (*y.shape, *source.shape))
            for columns, source in zip(zip(*rows, strict=True), flat, strict=True)
        ]
        return tree.pack_sequence_as(sources, made) if not _is_single(sources) else made[0]

    def batch_jacobian(self, target: Any, source: Any, **ignored: Any) -> Any:
        """The jacobian of each row with respect to the same row: (batch, *target, *source)."""
        y = tensor(target)
        batch, width = y.shape[0], int(np.prod(y.shape[1:]))
        columns = []
        for column in range(width):
            seed = np.zeros((batch, width), y.dtype)
            seed[:, column] = 1
            columns.append(self._gradients(y, [source], [tensor(seed.reshape(y.shape))])[0])
        stacked = ops.stack(columns, axis=1)
        return ops.reshape(stacked, (batch, *y.shape[1:], *source.shape[1:]))

    def _gradients(self, target: Any, sources: list[Any], seeds: Any) -> list[Any]:
        records = self._records()
        made_here = {out.id for record in records for out in record.outputs}
        wanted = [self._tensors(source, made_here) for source in sources]
        distinct = list({t.id: t for tensors in wanted for t in tensors}.values())
        totals: dict[int, Any] = {}
        for position, leaf in enumerate(tree.flatten(target)):
            y = _value_of(leaf)
            seed = _seed_for(y, seeds[position] if seeds else None)
            for source, gradient in zip(
                distinct, autodiff.gradients(y, distinct, records, seed), strict=True
            ):
                if gradient is not None:
                    before = totals.get(source.id)
                    totals[source.id] = gradient if before is None else before + gradient
        return [_summed([totals.get(t.id) for t in tensors]) for tensors in wanted]

    def _records(self) -> list[OpRecord]:
        assert self._segment is not None, "gradient() before `with tape:`"
        records = self._segment.records
        if not self._skipped:
            return records
        return [r for r in records if not any(low <= r.index < high for low, high in self._skipped)]

    def _tensors(self, source: Any, made_here: set[int]) -> list[Tensor]:
        """The tensors that stand for one source; none when it was not watched."""
        if isinstance(source, keras.Variable):
            watched = source.trainable and self.watch_accessed_variables
            value = _value_of(source)
            if not (watched or value.id in self._watched):
                return []
            return [*self.replaced.get(id(source), ()), value]
        if not isinstance(source, Tensor):
            return []
        return [source] if source.id in self._watched or source.id in made_here else []

    def _position(self) -> int:
        assert self._segment is not None
        return len(self._segment.tape.records)


export("GradientTape", GradientTape)


def _value_of(leaf: Any) -> Any:
    """The tensor that stands for a target or source; of a variable the one before any autocast."""
    if isinstance(leaf, keras.Variable):
        return leaf._value if leaf._value is not None else leaf.value
    return tensor(leaf)


def _is_plain(leaf: Any) -> bool:
    return not isinstance(leaf, Tensor | keras.Variable)


def _is_single(sources: Any) -> bool:
    return isinstance(sources, Tensor | keras.Variable)


def _summed(parts: list[Any]) -> Any:
    known = [part for part in parts if part is not None]
    total = known[0] if known else None
    for part in known[1:]:
        total = total + part
    return total


def _seed_for(y: Tensor, seed: Any) -> Any:
    if seed is not None:
        return tensor(seed)
    # While shapes are worked out a target has no values; neither has its seed.
    return ops.ones_like(y) if y.is_meta else None


def _one_hot_seeds(y: Tensor) -> Iterator[Any]:
    for index in range(y.size):
        seed = np.zeros(y.size, y.dtype)
        seed[index] = 1
        yield tensor(seed.reshape(y.shape))


@public("gradients", "compat.v1.gradients")
def gradients(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError(
        "tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape."
    )
