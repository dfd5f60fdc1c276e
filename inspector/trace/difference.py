"""Two runs side by side: which calls belong together, and in what each pair differs.

    compare(a, b) ─▶ RunDifference ── pairs    in order of execution, parents before children
                                   ── aspects  of the runs as wholes: failure, total loss

Calls are matched frame by frame: first by name with equal shapes, then by a name that the user
gave, then by class and shape between those (Keras numbers the rest, so one more `Dense` renames
all that follow), then by name, then by class. What is left is in one run only.

Structure only: values stay in the workers. Whoever can read them adds them with `with_values`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from inspector.trace.document import Call, Run, Shape, TensorRef, Weight
from inspector.trace.graph import children
from inspector.trace.matching import matched

AspectKind = Literal["class", "input", "output", "dtype", "parameters", "mask", "training", "order",
                     "ops", "failure", "total loss"]  # fmt: skip
PairState = Literal["identical", "close", "differs", "only in A", "only in B"]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that is not the same in both, in words; empty on the side that has no such."""

    what: AspectKind
    a: str
    b: str

    def __str__(self) -> str:
        if not self.a or not self.b:
            return f"{self.what} {self.a or self.b} only in {'A' if self.a else 'B'}"
        return f"{self.what} {self.a} against {self.b}"


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """How far apart the values of one tensor are.

    what:     `output 0`, or `weight kernel`.
    maximum:  largest absolute difference; infinite where only one of the two is finite.
    relative: `maximum` over the largest magnitude in either; None where values cannot be read.
    differing, size: values that are not equal, of how many.
    problem:  why there are no values, else empty.
    """

    what: str
    maximum: float | None = None
    relative: float | None = None
    differing: int = 0
    size: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A call of A and the call of B that it belongs to; None where there is none."""

    a: Call | None
    b: Call | None
    depth: int
    aspects: tuple[Aspect, ...] = ()
    values: tuple[ValueDifference, ...] = ()

    @property
    def call(self) -> Call:
        """The call of A, or of B where A has none."""
        found = self.a or self.b
        assert found is not None  # a pair has one of the two
        return found

    def state(self, tolerance: float) -> PairState:
        """How equal the two are; values count as equal up to `tolerance` (relative)."""
        if self.a is None or self.b is None:
            return "only in B" if self.a is None else "only in A"
        read = [value for value in self.values if value.relative is not None]
        # The same numbers by other ops are the same; without numbers, ops are what can be told.
        counted = [aspect for aspect in self.aspects if aspect.what != "ops" or not read]
        if counted or any(not (value.relative or 0.0) <= tolerance for value in read):
            return "differs"
        return "close" if any(value.maximum for value in read) else "identical"


@dataclass(frozen=True, slots=True)
class RunDifference:
    """Two runs compared. `first` is an index into `pairs`, None where nothing parts."""

    pairs: tuple[Pair, ...]
    aspects: tuple[Aspect, ...] = ()

    def first(self, tolerance: float) -> int | None:
        """Where they part: the first pair to be done that differs, innermost first."""
        return next(
            (i for i in _in_order_of_end(self.pairs) if self._parts(i, tolerance)),
            None,
        )

    def count(self, state: PairState, tolerance: float) -> int:
        """How many pairs are in that state."""
        return sum(pair.state(tolerance) == state for pair in self.pairs)

    def are_the_same(self, tolerance: float) -> bool:
        """Whether nothing differs by more than the tolerance."""
        return not self.aspects and self.first(tolerance) is None

    def _parts(self, index: int, tolerance: float) -> bool:
        return self.pairs[index].state(tolerance) not in ("identical", "close")


def compare(a: Run, b: Run) -> RunDifference:
    """Match the calls of two runs and say in what each pair differs.

    >>> run = Run(model=None, kind="forward", training=False, seed=None)
    >>> compare(run, run)
    RunDifference(pairs=(), aspects=())
    """
    pairs = tuple(_pairs(a, b))
    return RunDifference(pairs, tuple(_run_aspects(a, b)))


def without(difference: RunDifference, *kinds: AspectKind) -> RunDifference:
    """The difference with these aspects left out: they are meant to differ."""
    pairs = tuple(
        replace(pair, aspects=tuple(a for a in pair.aspects if a.what not in kinds))
        for pair in difference.pairs
    )
    return replace(difference, pairs=pairs)


def short_name(weight: Weight) -> str:
    """`kernel`: the layers before it may be called otherwise in the other run."""
    return weight.name.rpartition("/")[2]


def with_values(pair: Pair, values: tuple[ValueDifference, ...]) -> Pair:
    """The pair with how far its tensors are apart."""
    return replace(pair, values=values)


def _in_order_of_end(pairs: tuple[Pair, ...]) -> Iterator[int]:
    """Indices, children before their parent: a frame's output is there when they are done."""
    open_frames: list[int] = []
    for index, pair in enumerate(pairs):
        while open_frames and pairs[open_frames[-1]].depth >= pair.depth:
            yield open_frames.pop()
        open_frames.append(index)
    yield from reversed(open_frames)


def _pairs(a: Run, b: Run) -> Iterator[Pair]:
    calls_a, calls_b = ({call.id: call for call in run.calls} for run in (a, b))
    inside_a, inside_b = children(a), children(b)
    same_mode = a.training == b.training

    def inside(id_a: str | None, id_b: str | None, depth: int) -> Iterator[Pair]:
        left = [calls_a[child] for child in inside_a[id_a]] if id_a or depth == 0 else []
        right = [calls_b[child] for child in inside_b[id_b]] if id_b or depth == 0 else []
        for one, other, moved in matched(left, right, key=_class_and_shape, whole=depth == 0):
            aspects = tuple(_aspects(one, other, same_mode=same_mode, moved=moved))
            yield Pair(one, other, depth, aspects)
            yield from inside(one.id if one else None, other.id if other else None, depth + 1)

    yield from inside(None, None, 0)


def _class_and_shape(call: Call) -> tuple[str, tuple[Shape | None, ...]]:
    return call.class_, tuple(tensor.shape for tensor in call.outputs)


def _aspects(
    a: Call | None, b: Call | None, *, same_mode: bool, moved: tuple[int, int] | None
) -> Iterator[Aspect]:
    if a is None or b is None:
        return
    if a.class_ != b.class_:
        yield Aspect("class", a.class_, b.class_)
    if _shapes(a.inputs) != _shapes(b.inputs):
        yield Aspect("input", _shapes_text(a.inputs), _shapes_text(b.inputs))
    if _shapes(a.outputs) != _shapes(b.outputs):
        yield Aspect("output", _shapes_text(a.outputs), _shapes_text(b.outputs))
    if (found := _dtypes(a)) != (wanted := _dtypes(b)):
        yield Aspect("dtype", found, wanted)
    if (sizes := _weight_sizes(a, b)) is not None:
        yield sizes
    masks = [", ".join("yes" if t.mask is not None else "no" for t in c.outputs) for c in (a, b)]
    if len(a.outputs) == len(b.outputs) and masks[0] != masks[1]:
        yield Aspect("mask", *masks)
    if same_mode and a.training is not None and b.training == (not a.training):
        yield Aspect("training", str(a.training), str(b.training))
    if moved is not None:
        yield Aspect("order", *(f"place {place + 1}" for place in moved))
    if a.class_ == b.class_ and (ops := _ops_aspect(a, b)) is not None:
        yield ops


def _ops_aspect(a: Call, b: Call) -> Aspect | None:
    """The first op that is not the same; only where ops were kept on both sides."""
    names_a, names_b = ([op.op for op in call.ops] for call in (a, b))
    if names_a == names_b or bool(a.op_count) > bool(names_a) or bool(b.op_count) > bool(names_b):
        return None
    place = next(
        (i for i, (one, other) in enumerate(zip(names_a, names_b, strict=False)) if one != other),
        min(len(names_a), len(names_b)),
    )
    words = [names[place] if place < len(names) else "" for names in (names_a, names_b)]
    return Aspect("ops", *words)


def _run_aspects(a: Run, b: Run) -> Iterator[Aspect]:
    if (a.failure is None) != (b.failure is None):
        yield Aspect("failure", *(_failure_text(run) for run in (a, b)))
    if (a.total_loss is None) != (b.total_loss is None):
        yield Aspect("total loss", *(_number(run.total_loss) for run in (a, b)))


def total_loss_aspect(a: Run, b: Run, tolerance: float) -> Aspect | None:
    """How the totals differ, None where they are the same within the tolerance."""
    one, other = a.total_loss, b.total_loss
    if one is None or other is None or one == other or (math.isnan(one) and math.isnan(other)):
        return None
    largest = max(abs(one), abs(other))
    if math.isfinite(largest) and abs(one - other) <= tolerance * largest:
        return None
    return Aspect("total loss", _number(one), _number(other))


def _failure_text(run: Run) -> str:
    return "none" if run.failure is None else f"{run.failure.type} in {run.failure.call or '?'}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"


def _shapes(tensors: tuple[TensorRef, ...]) -> list[Shape | None]:
    return [tensor.shape for tensor in tensors]


def _shapes_text(tensors: tuple[TensorRef, ...]) -> str:
    return " ".join("?" if t.shape is None else str(t.shape) for t in tensors) or "none"


def _dtypes(call: Call) -> str:
    return " ".join(tensor.dtype or "?" for tensor in call.outputs)


def _weight_sizes(a: Call, b: Call) -> Aspect | None:
    """The weights that one side has not, or has in another shape."""
    one, other = (
        [f"{short_name(weight)}{list(weight.shape)}" for weight in call.weights] for call in (a, b)
    )
    if one == other:
        return None
    only = [" ".join(w for w in mine if w not in its) for mine, its in ((one, other), (other, one))]
    return Aspect("parameters", *(only if any(only) else (" ".join(one), " ".join(other))))
