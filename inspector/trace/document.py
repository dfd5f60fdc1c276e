"""The trace document: what a run was, as plain frozen values.

    Trace ── models        every model the file built
          ── replaced      what was changed to open the file safely
          ── runs ── calls     one per `__call__` of a layer or model: the graph's vertices
                  ── edges     one tensor from a call's output to an argument of another call
                  ── losses, updates, masks, failure

Both processes, the exporters, the checks and every other tool read this one document. In JSON
its keys are the field names below, except that `class_` is written `class` (see `codec.py`).
Shapes are tuples, an unknown axis is None; `file` and `line` are the user's own.

Why not hold tensors here? Values stay in the worker; a tensor or mask is an integer id by which
the window asks for a slice (`session.protocol.ReadTensor`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inspector.trace.axes import AxisConflict, TensorAxes
from inspector.trace.losses import Loss, LossTotal
from inspector.trace.numbers import BadValue
from inspector.trace.protection import Protection

Shape = tuple[int | None, ...]
SCHEMA = "inspector-trace/1"

ModelKind = Literal["sequential", "functional", "subclassed", "layer"]
RunKind = Literal["build", "forward", "train_step"]
MaskEventKind = Literal["born", "used", "passed", "merged", "consumed", "dropped"]


@dataclass(frozen=True, slots=True)
class TensorRef:
    """One tensor that goes into or comes out of a call; `mask` is the id of its mask."""

    tensor: int | None
    shape: Shape | None
    dtype: str | None
    mask: int | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable of a layer; `tensor` is the id under which its value can be read."""

    name: str
    shape: Shape
    dtype: str
    trainable: bool
    initialized: bool
    tensor: int | None = None


@dataclass(frozen=True, slots=True)
class Op:
    """One array primitive as run; `function` is the Keras function it was part of, or empty.

    position: its place in the run's order of events, on the same scale as `Call.start`.
    call: in `Run.backward`, the id of the call whose op a gradient rule goes back through.
    implementation: which GPU code ran it, or why not that which was meant to; empty on a CPU.
    """

    op: str
    inputs: tuple[TensorRef, ...]
    outputs: tuple[TensorRef, ...]
    file: str | None = None
    line: int | None = None
    function: str = ""
    elapsed_s: float = 0.0
    position: int = 0
    call: str | None = None
    implementation: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One `__call__` of one layer or model: the vertex of the call graph.

    id:         `path#call_index`, unique in its run.
    parent:     id of the enclosing call (its frame), None at the top.
    depth:      nesting level, 0 at the top.
    line:       of the user's code; in a Functional model, of the call that made the inbound node.
    ops:        the ops run directly in this call (not in calls inside it), in order.
    start, end: positions of the call in the run's order of events, so that a step cursor can
                walk entries and exits: start of a parent < start of a child < its end < parent's.
    placeholder: why it stands in for a layer whose code is not there or was not allowed to run
                (its outputs mean nothing then), else empty.
    """

    id: str
    layer_id: int
    path: str
    name: str
    class_: str
    call_index: int
    parent: str | None
    depth: int
    file: str | None
    line: int | None
    elapsed_s: float
    inputs: tuple[TensorRef, ...]
    outputs: tuple[TensorRef, ...]
    weights: tuple[Weight, ...] = ()
    op_count: int = 0
    ops: tuple[Op, ...] = ()
    start: int = 0
    end: int = 0
    training: bool | None = None
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One tensor from a call's output to an argument of another call, through any ops between.

    source: id of the call whose output it carries; None for an input of the run.
    """

    source: str | None
    target: str
    tensor_index: int
    argument: str
    shape: Shape | None
    dtype: str | None


@dataclass(frozen=True, slots=True)
class Update:
    """What one training step did to one weight.

    gradient_norm, delta_norm: Euclidean; a gradient_norm of None says that no gradient reached it.
    gradient: id under which the gradient's values can be read.
    """

    weight: str
    gradient_norm: float | None
    delta_norm: float
    gradient: int | None = None


@dataclass(frozen=True, slots=True)
class MaskEvent:
    """One thing that happened to a mask in a call (or in an op inside it).

    reason: why, in words: what the op does with it, why it is lost; fix: how not to lose it.
    into:   id of the mask that it became part of, where it was merged.
    """

    call: str | None
    op: str | None
    what: MaskEventKind
    file: str | None = None
    line: int | None = None
    reason: str = ""
    fix: str = ""
    into: int | None = None


@dataclass(frozen=True, slots=True)
class Mask:
    """A mask's life from its birth to where it is used, consumed or dropped.

    masked: how many of its entries are False, None where it has no values.
    """

    id: int
    shape: Shape | None
    born_at: str | None
    events: tuple[MaskEvent, ...] = ()
    masked: int | None = None


@dataclass(frozen=True, slots=True)
class AttentionMask:
    """What one attention call lets every query look at: True = may attend.

    tensor: id under which it can be read; shape (batch or 1, heads or 1, queries or 1, keys).
    batch, heads, queries: of the call; an axis of 1 in `shape` is the same for all of them.
    made_of: its parts in words, "padding of the value", "causal"...
    blocked: how many (batch item, head, query) rows may attend to nothing.
    """

    call: str
    tensor: int
    shape: Shape
    batch: int
    heads: int
    queries: int
    made_of: tuple[str, ...] = ()
    blocked: int = 0


@dataclass(frozen=True, slots=True)
class AxisOrigin:
    """Where the size of one axis came from."""

    axis: int
    size: int | None
    what: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Operand:
    """One operand of the op that failed."""

    argument: str
    shape: Shape | None
    axes_from: tuple[AxisOrigin, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run stopped: the innermost failing call and what it was given.

    call: None when no call failed but what came after them: the loss, the making of a model.
    fix:  what to do, in one sentence; empty when that is not certain.
    """

    call: str | None
    type: str
    message: str
    expected: str | None = None
    found: str | None = None
    operands: tuple[Operand, ...] = ()
    file: str | None = None
    line: int | None = None
    fix: str = ""


@dataclass(frozen=True, slots=True)
class OpenFailure:
    """Why opening the file stopped; what was recorded before stays."""

    stage: str
    type: str
    message: str
    fix: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One top-level call of a model or layer, one training step, or one symbolic build.

    number: its place among all runs of this opening, the id under which its tensors are read.
    ops:    run outside of any call: losses, metrics, the user's own arithmetic.
    backward: what the gradient rules ran, in order.
    bad_values: where its numbers go wrong first (NaN, dead units...), found after it ended.
    axes: what the axes of its calls' inputs and outputs mean, where that is known.
    axis_conflicts: ops that bring axes of different meaning together, though the sizes fit.
    changes: what was overridden in it, on top of what run `changed_from` was.
    totals: what it took gradients of, where that are several: then there is no `total_loss`.
    """

    model: str | None
    kind: RunKind
    training: bool
    seed: int | None
    calls: tuple[Call, ...] = ()
    edges: tuple[Edge, ...] = ()
    losses: tuple[Loss, ...] = ()
    total_loss: float | None = None
    updates: tuple[Update, ...] = ()
    masks: tuple[Mask, ...] = ()
    failure: Failure | None = None
    number: int = 0
    ops: tuple[Op, ...] = ()
    backward: tuple[Op, ...] = ()
    attention: tuple[AttentionMask, ...] = ()
    bad_values: tuple[BadValue, ...] = ()
    axes: tuple[TensorAxes, ...] = ()
    axis_conflicts: tuple[AxisConflict, ...] = ()
    changes: tuple[str, ...] = ()
    changed_from: int | None = None
    totals: tuple[LossTotal, ...] = ()


@dataclass(frozen=True, slots=True)
class UnusedLayer:
    """A layer that a called model or layer of the user's holds but never called."""

    owner: str
    name: str
    class_: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A model (or a layer called on its own) that the file built."""

    name: str
    class_: str
    kind: ModelKind
    parameters: int
    trainable_parameters: int
    runs_not_kept: int = 0
    unused: tuple[UnusedLayer, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacement:
    """One thing changed to open the file safely."""

    what: str
    why: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """Which arrays the run used, and why."""

    array_module: Literal["numpy", "cupy"]
    device: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """A text that lines of the trace refer to and that is no file of its own.

    file: what `file` says at those lines: a notebook's cell, the config in an archive.
    note: why it is shown in place of a Python file, for people; may be empty.
    """

    file: str
    text: str
    language: Literal["python", "json"] = "python"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that opening and running one file showed.

    protection: None in traces of before it was noted, and when the worker died too early to tell.
    """

    file: str
    engine: Engine
    models: tuple[Model, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    failure: OpenFailure | None = None
    runs: tuple[Run, ...] = ()
    sources: tuple[Source, ...] = ()
    schema: str = SCHEMA
    protection: Protection | None = None
