"""What the window process and the worker process say to each other.

    window ── command ─▶ worker        a command asks (imperative)
    window ◀─ event ──── worker        an event answers (past tense)

Commands and events are frozen values of plain fields, listed in two closed tables; a message is
msgpack of `[word, fields]`. Nothing is ever pickled: the worker holds foreign code. Events carry
summaries and ids; values are pulled by the window in slices with `ReadTensor`.

Life of a session: `Hello` (both versions agree) → `OpenFile` → any of `Progress`, `Output`,
`Replaced`, `ModelFound`, `RunUpdated` (the newest state of one run, sent when it ends and from
time to time while it runs) → `Opened` (the script is done, the trace is whole, values can be
read, models can be run again) → `RunModel`, `ReadTensor`, ... until `Shutdown` or the client
sees the process gone and makes `Lost` itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

from inspector.session.debug_messages import (
    ChangeValue,
    Evaluate,
    Evaluated,
    ForgetRun,
    Pause,
    Paused,
    Resumed,
    Resumption,
    SetBreakpoints,
    WhatIf,
)
from inspector.trace import Engine, Model, Protection, Replacement, Run, Source, Trace
from inspector.trace.axes import AxisConflict, TensorAxes
from inspector.trace.input_spec import InputGuess
from inspector.trace.numbers import BadValue, NumberOrigin

VERSION = 1


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Run the file and record what it builds and calls. `engine`: "auto", "cupy" or "numpy".

    attribute:  dotted name of what in the file is meant, None for all of it.
    weights:    a file of weights to put into the model once it is there.
    dtype_policy: Keras' policy for layers that name none ("float16"), empty: Keras' own default.
    allow_code: whether code that a saved model brings along (Lambda layers, the modules of its
        own classes) may run. Scripts and notebooks are code: they run anyway.
    name_batch: whether the batch axis of every tensor is found out, by two more runs.
    """

    path: str
    engine: str = "auto"
    keep_ops: bool = False
    model: str | None = None
    input_specs: tuple[str, ...] = ()
    training: bool = False
    seed: int = 0
    attribute: str | None = None
    weights: str | None = None
    allow_code: bool = False
    dtype_policy: str = ""
    name_batch: bool = False


@dataclass(frozen=True, slots=True)
class ApplyWeights:
    """Put the weights of a file into a model of the open file, then run it again.

    model: its name; None takes the model that they fit.
    """

    path: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class RunModel:
    """Run one model of the open file again, on its recorded inputs or on `input_specs`.

    inputs_of: the number of the run whose inputs are meant; None: the model's last run.
    """

    model: str
    input_specs: tuple[str, ...] = ()
    training: bool = False
    seed: int = 0
    inputs_of: int | None = None


@dataclass(frozen=True, slots=True)
class AskInputs:
    """Ask what a model of the open file takes."""

    model: str


@dataclass(frozen=True, slots=True)
class NameBatch:
    """Find out which axes of a model's tensors are the batch; its runs are told again."""

    model: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Write a model of the open file, its weights and the inputs of a run where others can read.

    run: the number of the run whose inputs are meant.
    """

    model: str
    run: int


@dataclass(frozen=True, slots=True)
class ReadTensor:
    """Ask for statistics and a window of values of one tensor of one run.

    start, stop: one number per axis; empty means the whole tensor. At most `limit` values come
    back: axes are cut, last axes first kept whole. `with_statistics`: also over the whole tensor.
    """

    request: int
    run: int
    tensor: int
    start: tuple[int, ...] = ()
    stop: tuple[int, ...] = ()
    limit: int = 65_536
    with_statistics: bool = True


@dataclass(frozen=True, slots=True)
class ExplainNumber:
    """Ask where one number of a recorded tensor comes from."""

    request: int
    run: int
    tensor: int
    index: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop what the worker is doing; what was recorded so far stays."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """End the worker process."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The worker is up; `protection` is what is in force in it by now."""

    version: int
    pid: int
    protection: Protection | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What the worker is doing, for people."""

    text: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """Text the user's code printed. `build`: printed while Keras built symbolically."""

    stream: str
    text: str
    build: bool = False


@dataclass(frozen=True, slots=True)
class Replaced:
    """Something was replaced to open the file safely."""

    replacement: Replacement


@dataclass(frozen=True, slots=True)
class SourceFound:
    """There is a text that is no file of its own, to which lines will refer."""

    source: Source


@dataclass(frozen=True, slots=True)
class ModelFound:
    """The file built a model, or one that was reported before has changed."""

    index: int
    model: Model


@dataclass(frozen=True, slots=True)
class RunUpdated:
    """The state of run `run.number` so far; `ended` when it will not change any more."""

    run: Run
    ended: bool


@dataclass(frozen=True, slots=True)
class RunExamined:
    """What was found in a run that ended: bad numbers, the meaning of its axes. See `Run`."""

    run: int
    bad_values: tuple[BadValue, ...]
    axes: tuple[TensorAxes, ...]
    axis_conflicts: tuple[AxisConflict, ...]

    def added_to(self, run: Run) -> Run:
        """The run with what was found."""
        return replace(
            run,
            bad_values=self.bad_values,
            axes=self.axes,
            axis_conflicts=self.axis_conflicts,
        )


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Answer to `HandOver`: the folder that holds the files; it goes with the session."""

    folder: str


@dataclass(frozen=True, slots=True)
class EngineChosen:
    """Which arrays are used, and why."""

    engine: Engine


@dataclass(frozen=True, slots=True)
class Opened:
    """The file has been run to its end or failure; the trace is whole."""

    trace: Trace


@dataclass(frozen=True, slots=True)
class InputsGuessed:
    """Answer to `AskInputs`: one guess for each input of the model, in order."""

    model: str
    inputs: tuple[InputGuess, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Summary of one tensor's values, over the finite ones; None where there are none."""

    minimum: float | None
    maximum: float | None
    mean: float | None
    deviation: float | None
    nan_count: int
    infinity_count: int
    zero_count: int
    histogram: tuple[int, ...] = ()
    edges: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class TensorRead:
    """Answer to `ReadTensor`: `data` holds the window's values, C order, little endian.

    window: shape of the values sent. For strings `data` is empty and `texts` holds them.
        `session.values.array_of` makes the array; bfloat16 and float8 travel as float32.
    problem: why there are no values (freed, symbolic), else empty.
    recomputed: whether they were dropped to save memory and computed again from the record.
    """

    request: int
    run: int
    tensor: int
    shape: tuple[int, ...]
    dtype: str
    window: tuple[int, ...] = ()
    statistics: Statistics | None = None
    data: bytes = b""
    texts: tuple[str, ...] = ()
    problem: str = ""
    recomputed: bool = False


@dataclass(frozen=True, slots=True)
class NumberExplained:
    """Answer to `ExplainNumber`; `problem` says why there is none."""

    request: int
    run: int
    origin: NumberOrigin | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A command could not be carried out; the session goes on."""

    type: str
    message: str
    fix: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """Made by the client: the worker process is gone. `exit_code` as the system gave it.

    file, line: where the user's code was, when native code crashed and Python could still tell.
    """

    exit_code: int | None
    reason: str
    fix: str = "Press Restart to open the file again."
    file: str | None = None
    line: int | None = None


Command = (
    OpenFile
    | RunModel
    | ApplyWeights
    | AskInputs
    | NameBatch
    | HandOver
    | ReadTensor
    | Evaluate
    | WhatIf
    | ChangeValue
    | ForgetRun
    | ExplainNumber
    | SetBreakpoints
    | Pause
    | Resumption
    | Stop
    | Shutdown
)
Event = (
    Hello
    | Progress
    | Output
    | Replaced
    | SourceFound
    | ModelFound
    | RunUpdated
    | RunExamined
    | EngineChosen
    | Opened
    | InputsGuessed
    | HandedOver
    | TensorRead
    | Evaluated
    | NumberExplained
    | Paused
    | Resumed
    | Failed
    | Lost
)
COMMANDS: dict[str, type] = {cls.__name__: cls for cls in get_args(Command)}
EVENTS: dict[str, type] = {cls.__name__: cls for cls in get_args(Event)}
