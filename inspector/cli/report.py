"""What `inspector run` prints: models, a step table per run, failures, losses, masks, updates."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from inspector.cli.failure_report import failure_lines, open_failure_lines
from inspector.cli.ledger_report import attention_lines, loss_table, mask_lives, mask_table
from inspector.cli.words import (
    clean,
    number,
    parameters_of,
    place,
    run_title,
    shapes_text,
)
from inspector.session.client import OpenResult
from inspector.trace import Call, Failure, Model, OpenFailure, Run, Trace

_MOST_CALLS = 300
_MOST_ROWS = 30
_PIPE_WIDTH = 140


def print_report(result: OpenResult, *, with_ops: bool = False, model: str | None = None) -> None:
    """Print everything to stdout; readable on a terminal and in a pipe.

    model: name of the only model whose runs are printed.
    """
    console = Console(
        file=sys.stdout,
        width=None if sys.stdout.isatty() else _PIPE_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
    )
    trace = result.trace
    _print_models(console, trace)
    shown: dict[object, tuple[int, Run]] = {}
    for position, run in enumerate(trace.runs, start=1):
        if model is not None and run.model != model:
            continue
        first, twin = shown.setdefault(_shape_of(run), (position, run))
        if first == position:
            _print_run(console, run, position, with_ops)
        else:
            _print_repeated(console, run, position, first, twin)
    _print_replaced(console, trace)
    if trace.failure is not None:
        console.print()
        if any(_is_that(run.failure, trace.failure) for run in trace.runs):
            console.print(Text("The file stopped at that failure.", style="bold red"))
        else:
            for line in open_failure_lines(trace.failure):
                console.print(line)
    if result.lost is not None and (trace.failure is None or trace.failure.type != "WorkerLost"):
        console.print(Text(f"\nThe worker is gone: {clean(result.lost.reason)}", style="bold red"))
        console.print(clean(result.lost.fix))
    for failed in result.failures:
        console.print(Text(f"\n{failed.type}: {clean(failed.message)}", style="bold red"))
        console.print(clean(failed.fix))
    if not trace.models and not trace.runs:
        console.print("No Keras model or layer was built or called in this file.")


def _print_models(console: Console, trace: Trace) -> None:
    for model in trace.models:
        console.print(_model_line(model))
    engine = trace.engine
    console.print(
        Text(f"engine: {engine.array_module} on {engine.device} ({engine.reason})", style="dim")
    )


def _is_that(failure: Failure | None, stop: OpenFailure) -> bool:
    """Whether the file stopped at a failure that was told with its run."""
    return failure is not None and (failure.file, failure.line) == (stop.file, stop.line)


def _model_line(model: Model) -> Text:
    line = Text(clean(model.name), style="bold")
    frozen = model.parameters - model.trainable_parameters
    words = f"  {clean(model.class_)}, {model.kind}, {model.parameters:,} parameters"
    words += f" ({frozen:,} not trainable)" if frozen else ""
    words += f", {model.runs_not_kept:,} later runs not kept" if model.runs_not_kept else ""
    return line.append(words, style="not bold")


def _shape_of(run: Run) -> object:
    """Equal for runs whose tables would be the same."""
    calls = tuple(
        (
            call.path,
            call.call_index,
            tuple(t.shape for t in call.inputs),
            tuple(t.shape for t in call.outputs),
            tuple((weight.name, weight.trainable) for weight in call.weights),
        )
        for call in run.calls
    )
    trained = tuple((update.weight, update.gradient_norm is None) for update in run.updates)
    return (run.model, run.kind, run.training, calls, trained)


def _print_run(console: Console, run: Run, position: int, with_ops: bool) -> None:
    console.print()
    console.print(Text(f"run {position}  {run_title(run)}", style="bold"))
    console.print(_step_table(run, with_ops))
    if len(run.calls) > _MOST_CALLS:
        more = len(run.calls) - _MOST_CALLS
        console.print(f"… {more:,} more calls; --json writes them all.")
    _print_failure(console, run)
    _print_tables(console, loss_table(run), _update_table(run))
    _print_masks(console, run)


def _print_repeated(console: Console, run: Run, position: int, first: int, twin: Run) -> None:
    """A run whose calls were listed before: only what is not as it was then."""
    console.print()
    title = Text(f"run {position}  {run_title(run)}", style="bold")
    console.print(title.append(f"  (the same calls as run {first})", style="not bold dim"))
    if run.failure != twin.failure:
        _print_failure(console, run)
    if (run.losses, run.total_loss) != (twin.losses, twin.total_loss):
        _print_tables(console, loss_table(run))
    if run.updates != twin.updates:
        _print_tables(console, _update_table(run))
    if mask_lives(run) != mask_lives(twin):
        _print_masks(console, run)


def _print_failure(console: Console, run: Run) -> None:
    if run.failure is not None:
        for line in failure_lines(run.failure):
            console.print(line)


def _print_tables(console: Console, *tables: Table) -> None:
    for table in tables:
        if table.row_count:
            console.print(table)


def _print_masks(console: Console, run: Run) -> None:
    _print_tables(console, mask_table(run))
    for line in attention_lines(run):
        console.print(line)


def _table(title: str | None = None) -> Table:
    return Table(box=None, title=title, title_justify="left", title_style="bold", pad_edge=False)


def _step_table(run: Run, with_ops: bool) -> Table:
    table = _table()
    table.add_column("#", justify="right", style="dim")
    table.add_column("call", overflow="fold")
    table.add_column("class", overflow="fold")
    table.add_column("input → output", overflow="fold")
    table.add_column("parameters", justify="right")
    table.add_column("line", overflow="fold", style="dim")
    failing = run.failure.call if run.failure is not None else None
    for position, call in enumerate(run.calls[:_MOST_CALLS]):
        name = call.name if not call.call_index else f"{call.name}#{call.call_index}"
        parameters = parameters_of(call)
        table.add_row(
            str(position),
            Text("  " * call.depth + clean(name)),
            Text(clean(f"{call.class_} (placeholder)" if call.placeholder else call.class_)),
            Text(_in_and_out(call, failed=call.id == failing)),
            f"{parameters:,}" if parameters else "",
            place(call.file, call.line),
            style="bold red" if call.id == failing else None,
        )
        if with_ops:
            for row in _op_rows(call):
                table.add_row(*row, style="dim")
    return table


def _in_and_out(call: Call, *, failed: bool) -> str:
    outputs = shapes_text(call.outputs) or ("failed" if failed else "not finished")
    return f"{shapes_text(call.inputs)} → {outputs}".strip()


def _op_rows(call: Call) -> Iterator[tuple[str, Text, Text, Text, str, str]]:
    for op in call.ops:
        shapes = f"{shapes_text(op.inputs)} → {shapes_text(op.outputs)}"
        name = Text("  " * (call.depth + 1) + "· " + clean(op.op))
        yield "", name, Text(clean(op.function)), Text(shapes), "", place(op.file, op.line)


def _update_table(run: Run) -> Table:
    table = _table("updates")
    table.add_column("weight", overflow="fold")
    table.add_column("gradient norm", justify="right")
    table.add_column("change norm", justify="right")
    for update in run.updates[:_MOST_ROWS]:
        reached = update.gradient_norm is not None
        table.add_row(
            Text(clean(update.weight)),
            number(update.gradient_norm) if reached else "no gradient",
            number(update.delta_norm),
            style=None if reached else "yellow",
        )
    if len(run.updates) > _MOST_ROWS:
        table.add_row(f"… {len(run.updates) - _MOST_ROWS:,} more", "", "")
    return table


def _print_replaced(console: Console, trace: Trace) -> None:
    if not trace.replaced:
        return
    console.print(Text("\nreplaced to open the file safely", style="bold"))
    for replaced in trace.replaced[:_MOST_ROWS]:
        where = place(replaced.file, replaced.line)
        console.print(
            clean(f"  {replaced.what}: {replaced.why}" + (f" ({where})" if where else ""))
        )
    if len(trace.replaced) > _MOST_ROWS:
        console.print(f"  … {len(trace.replaced) - _MOST_ROWS:,} more")
