"""Questions that several checks ask of a trace."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.api import Call, Finding, Op, Run, Severity, Shape, TensorRef, Trace


def real_runs(trace: Trace) -> Iterator[Run]:
    """Runs on values; symbolic builds left out."""
    return (run for run in trace.runs if run.kind != "build")


def training_steps(trace: Trace) -> Iterator[Run]:
    """Training steps that came to their end."""
    return (run for run in trace.runs if run.kind == "train_step" and run.failure is None)


def unique_calls(trace: Trace, *, kinds: tuple[str, ...] = ()) -> Iterator[tuple[Run, Call]]:
    """The first call of each layer at each place, of classes named in `kinds` (or of any)."""
    seen: set[tuple[int, str]] = set()
    for run in real_runs(trace):
        for call in run.calls:
            if (call.layer_id, call.path) in seen or (kinds and call.class_ not in kinds):
                continue
            seen.add((call.layer_id, call.path))
            yield run, call


def followers(run: Run) -> dict[str, list[Call]]:
    """The calls that take a call's output directly, by the call's id; frames left out."""
    calls = {call.id: call for call in run.calls}
    frames = {call.parent for call in run.calls}
    found: dict[str, list[Call]] = {}
    for edge in run.edges:
        if edge.source is not None and edge.target not in frames and edge.source in calls:
            found.setdefault(edge.source, []).append(calls[edge.target])
    return found


def ready_made_lines(run: Run) -> set[tuple[str | None, int | None]]:
    """Lines that took a whole model from a library or a file.

    They hold more layers, of more classes, than anyone writes on one line, in a loop or not. How
    those layers are made is nothing that the user could change.
    """
    classes: dict[tuple[str | None, int | None], list[str]] = {}
    for call in run.calls:
        classes.setdefault((call.file, call.line), []).append(call.class_)
    return {line for line, made in classes.items() if len(made) > 20 and len(set(made)) > 4}


def shape_of(refs: tuple[TensorRef, ...]) -> Shape | None:
    """The shape of the first tensor, None when there is none."""
    return refs[0].shape if refs else None


def last_activation(call: Call) -> str:
    """The function that the call's last op was part of ("softmax"), or the op's own name."""
    ops = [op for op in call.ops if op.op not in ("cast", "reshape")]
    return (ops[-1].function or ops[-1].op) if ops else ""


def all_ops(run: Run) -> Iterator[tuple[Call | None, Op]]:
    """Every op of a run with the call it ran in."""
    for call in run.calls:
        for op in call.ops:
            yield call, op
    for op in run.ops:
        yield None, op


def at_call(
    rule: str, call: Call, message: str, fix: str, severity: Severity = "warning"
) -> Finding:
    """A finding at a call's own line."""
    return Finding(rule, call.id, message, fix, severity, call.file, call.line)
