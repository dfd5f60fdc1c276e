"""Two runs compared: of two files, of two saved traces, or of one model in both modes.

compare_traces(a, b)            structure only
compare_sessions(a, b)          structure, then the values that both workers hold
compare_modes(session, model)   one model, one batch, one seed: inference (A), training (B)
compare_backend(session, ...)   our engine (A) and Keras on an installed torch, JAX... (B)
compare_step(session, model)    one model, one batch: before (A) and after (B) its training step
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from inspector.errors import UsageError
from inspector.session.blocking import BlockingSession
from inspector.session.reference.answers import Reference, as_run, run_reference
from inspector.session.value_difference import Side, add_values, run_input_differences
from inspector.trace import Run, Trace
from inspector.trace.difference import (
    AspectKind,
    Pair,
    RunDifference,
    ValueDifference,
    compare,
    total_loss_aspect,
    without,
)

# What is compared, best first: values of a real pass before shapes of a symbolic one.
_KINDS = ("forward", "train_step", "build")


@dataclass(frozen=True, slots=True)
class Compared:
    """Two runs side by side, with what to know beside the difference itself.

    inputs:     how far apart what the two were fed is; empty where it cannot be read.
    has_values: whether values were read, not only structure.
    is_twin:    both are runs of one model, so what its weights differ by is what a run changed.
    notes:      what limits the comparison, for people.
    """

    trace_a: Trace
    trace_b: Trace
    a: Run
    b: Run
    difference: RunDifference
    tolerance: float
    inputs: tuple[ValueDifference, ...] = ()
    has_values: bool = False
    is_twin: bool = False
    notes: tuple[str, ...] = ()

    @property
    def first(self) -> Pair | None:
        """Where they part."""
        index = self.difference.first(self.tolerance)
        return None if index is None else self.difference.pairs[index]

    @property
    def first_weight(self) -> Pair | None:
        """The first call whose weights are not the same."""
        return next((pair for pair in self.difference.pairs if self._weights_differ(pair)), None)

    @property
    def are_the_same(self) -> bool:
        """Whether nothing differs by more than the tolerance."""
        return self.difference.are_the_same(self.tolerance)

    def _weights_differ(self, pair: Pair) -> bool:
        return any(
            value.what.startswith("weight ") and (value.relative or 0.0) > self.tolerance
            for value in pair.values
        )


def compare_traces(
    a: Trace, b: Trace, *, model: str | None, tolerance: float, latest: bool = False
) -> Compared:
    """Compare what two traces say of structure: the run of each that shows most.

    latest: the last run of each instead, the one on inputs that were asked for.

    Raises:
        UsageError: there is nothing to compare, or nothing in common.
    """
    run_a, run_b = _chosen_runs(a, b, model, latest=latest)
    difference = compare(run_a, run_b)
    if not _have_something_in_common(difference):
        raise UsageError(
            f"{_name(a, run_a)} and {_name(b, run_b)} have no call in common.",
            fix="Compare two versions of one model, or name the models' part with --model.",
        )
    loss = total_loss_aspect(run_a, run_b, tolerance)
    if loss is not None:
        difference = replace(difference, aspects=(*difference.aspects, loss))
    notes = tuple(note for trace in (a, b) for note in _failure_notes(trace))
    return Compared(a, b, run_a, run_b, difference, tolerance, notes=notes)


def compare_sessions(
    a: tuple[BlockingSession, Trace],
    b: tuple[BlockingSession, Trace],
    *,
    model: str | None,
    tolerance: float,
    latest: bool = False,
    ignored: tuple[AspectKind, ...] = (),
) -> Compared:
    """Compare two opened files, values too; `ignored` aspects are meant to differ.

    Raises:
        UsageError: there is nothing to compare, or nothing in common.
    """
    compared = compare_traces(a[1], b[1], model=model, tolerance=tolerance, latest=latest)
    compared = replace(compared, difference=without(compared.difference, *ignored))
    return _with_values(compared, Side(a[0], compared.a), Side(b[0], compared.b))


def compare_step(
    session: BlockingSession, trace: Trace, *, model: str | None, tolerance: float
) -> Compared:
    """Compare a model's first training step with the same batch after the script's training.

    Raises:
        CaptureError: the model cannot be run.
        UsageError: the file trains no model.
    """
    name = model or _main_model(trace)
    step = next((r for r in trace.runs if r.model == name and r.kind == "train_step"), None)
    if step is None:
        raise UsageError(
            f"{PurePath(trace.file).name}: no training step of {name} was recorded.",
            fix="Name a file that trains its model, or another model with --model.",
        )
    after = session.run_model(name, training=True, inputs_of=step.number)
    # The step's losses and gradients have no partner in a pass forward.
    before = replace(step, losses=(), total_loss=None, updates=())
    pair = [replace(trace, runs=(replace(run, kind="forward"),)) for run in (before, after)]
    compared = compare_traces(*pair, model=name, tolerance=tolerance)
    others = {call.name for call in step.calls if call.parent is None} - {name}
    alone = (f"Only {name} was run again; the step also ran {', '.join(sorted(others))}.",)
    notes = compared.notes + (alone if others else ())
    compared = replace(compared, is_twin=True, notes=notes)
    return _with_values(compared, Side(session, compared.a), Side(session, compared.b))


def compare_backend(
    session: BlockingSession,
    trace: Trace,
    backend: str,
    python: Path,
    *,
    model: str | None,
    tolerance: float,
) -> Compared:
    """Compare a model on our engine with the same model on another backend of Keras.

    Raises:
        CaptureError: the model cannot be run, or has code that the other Keras does not have.
        UsageError: that Python has no such backend.
    """
    name = model or _main_model(trace)
    run = session.run_model(name)
    outputs = run_reference(python, backend, session.hand_over(name, run.number))
    other, arrays = as_run(run, outputs)
    pair = [replace(trace, runs=(side,)) for side in (run, other)]
    compared = compare_traces(*pair, model=name, tolerance=tolerance)
    difference = without(
        compared.difference, "dtype", "ops", "parameters", "input", "mask", "total loss"
    )
    note = f"B: Keras on {backend} in {python}, with A's weights and inputs."
    compared = replace(compared, difference=difference, notes=(*compared.notes, note))
    return _with_values(compared, Side(session, compared.a), Side(Reference(arrays), compared.b))


def compare_modes(
    session: BlockingSession,
    trace: Trace,
    *,
    model: str | None,
    tolerance: float,
    seed: int = 0,
    input_specs: tuple[str, ...] = (),
) -> Compared:
    """Run one model without and with `training`, on one batch and one seed, and compare.

    Raises:
        CaptureError: the model cannot be run.
        UsageError: the file has no model.
    """
    name = model or _main_model(trace)
    runs = [
        session.run_model(name, training=training, seed=seed, input_specs=input_specs)
        for training in (False, True)
    ]
    traces = [replace(trace, runs=(run,)) for run in runs]
    compared = compare_traces(*traces, model=name, tolerance=tolerance)
    compared = replace(compared, is_twin=True)
    return _with_values(compared, Side(session, compared.a), Side(session, compared.b))


def _with_values(compared: Compared, a: Side, b: Side) -> Compared:
    if compared.a.kind == "build":
        note = "A symbolic build has shapes and no values: only structure is compared."
        return replace(compared, notes=(*compared.notes, note))
    difference = add_values(compared.difference, a, b)
    read = [value for pair in difference.pairs for value in pair.values]
    problems = [value.problem for value in read if value.problem]
    notes = compared.notes
    if problems:
        notes += (f"{len(problems):,} tensors could not be read: {problems[0]}",)
    return replace(
        compared,
        difference=difference,
        inputs=run_input_differences(a, b),
        has_values=len(read) > len(problems),
        notes=notes,
    )


def _chosen_runs(a: Trace, b: Trace, model: str | None, *, latest: bool) -> tuple[Run, Run]:
    """The best pair: of one kind, of models with one name where there are such."""
    for trace in (a, b):
        if not trace.runs:
            raise UsageError(
                f"{PurePath(trace.file).name}: nothing was run, so there is nothing to compare.",
                fix="Name files that build or call a Keras model.",
            )
        if model is not None and all(run.model != model for run in trace.runs):
            raise UsageError(
                f"{PurePath(trace.file).name}: there is no run of a model called {model!r}.",
                fix=f"It has {', '.join(_models(trace))}.",
            )
    for kind in _KINDS:
        one, other = (_runs(trace, kind, model) for trace in (a, b))
        shared = {run.model for run in one} & {run.model for run in other} - {None}
        if shared:
            one = [run for run in one if run.model in shared]
        if one and other:
            best = _best(one, latest=latest)
            same = [run for run in other if run.model == best.model]
            return best, _best(same or other, latest=latest)
    raise UsageError(
        "One of the two was only built, the other only run.",
        fix="Call both models, or name another model with --model.",
    )


def _runs(trace: Trace, kind: str, model: str | None) -> list[Run]:
    return [run for run in trace.runs if run.kind == kind and model in (None, run.model)]


def _best(runs: list[Run], *, latest: bool) -> Run:
    # `max` takes the first of equals: before any training step changed the weights.
    return runs[-1] if latest else max(runs, key=lambda run: len(run.calls))


def _main_model(trace: Trace) -> str:
    runs = [run for run in trace.runs if run.model is not None]
    if not runs:
        raise UsageError(
            f"{PurePath(trace.file).name}: there is no model to run.",
            fix="Name a file that builds a Keras model.",
        )
    best = max(runs, key=lambda run: (run.kind != "build", len(run.calls)))
    assert best.model is not None  # only such runs were taken
    return best.model


def _models(trace: Trace) -> list[str]:
    return list(dict.fromkeys(run.model for run in trace.runs if run.model is not None))


def _have_something_in_common(difference: RunDifference) -> bool:
    """Whether a pair was found; the frame around each run says nothing where both have calls."""
    depths = [max((p.depth for p in side), default=0) for side in _sides(difference)]
    return any(
        pair.a is not None and pair.b is not None and (pair.depth > 0 or min(depths) == 0)
        for pair in difference.pairs
    )


def _sides(difference: RunDifference) -> tuple[list[Pair], list[Pair]]:
    of_a = [pair for pair in difference.pairs if pair.a is not None]
    return of_a, [pair for pair in difference.pairs if pair.b is not None]


def _failure_notes(trace: Trace) -> list[str]:
    failure = trace.failure
    if failure is None:
        return []
    first_line = failure.message.strip().partition("\n")[0]
    name = PurePath(trace.file).name
    return [f"{name} stopped: {failure.type}: {first_line} What it recorded before is compared."]


def _name(trace: Trace, run: Run) -> str:
    return f"{run.model or 'the layers'} of {PurePath(trace.file).name}"
