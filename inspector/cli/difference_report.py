"""What `inspector diff` prints: where two runs part, then the calls side by side."""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from inspector.cli.words import clean, number, place, run_title
from inspector.session.comparison import Compared
from inspector.trace import Run, Trace, to_plain
from inspector.trace.difference import Pair, PairState, ValueDifference

SCHEMA = "inspector-difference/1"
_MOST_ROWS = 300
_PIPE_WIDTH = 140
_STYLES: dict[PairState, str] = {
    "identical": "dim",
    "close": "dim",
    "differs": "yellow",
    "only in A": "red",
    "only in B": "green",
}


def print_difference(compared: Compared) -> None:
    """Print everything to stdout; readable on a terminal and in a pipe."""
    console = Console(
        file=sys.stdout,
        width=None if sys.stdout.isatty() else _PIPE_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(Text(f"A  {_title(compared.trace_a, compared.a)}"))
    console.print(Text(f"B  {_title(compared.trace_b, compared.b)}"))
    console.print()
    console.print(_verdict(compared))
    console.print(_table(compared))
    if len(compared.difference.pairs) > _MOST_ROWS:
        more = len(compared.difference.pairs) - _MOST_ROWS
        console.print(f"… {more:,} more calls; --format json tells them all.")
    console.print(_counts(compared))
    for note in notes(compared):
        console.print(Text(f"Note: {clean(note)}"))


def difference_plain(compared: Compared) -> dict[str, Any]:
    """The same for programs: plain values, infinities as their names."""
    first = compared.difference.first(compared.tolerance)
    states: tuple[PairState, ...] = ("identical", "close", "differs", "only in A", "only in B")
    plain: dict[str, Any] = {
        "schema": SCHEMA,
        "same": compared.are_the_same,
        "tolerance": compared.tolerance,
        "a": _run_plain(compared.trace_a, compared.a),
        "b": _run_plain(compared.trace_b, compared.b),
        "values_compared": compared.has_values,
        "first": None if first is None else _pair_plain(compared, first),
        "counts": {s: compared.difference.count(s, compared.tolerance) for s in states},
        "run": list(compared.difference.aspects),
        "inputs": list(compared.inputs),
        "notes": list(notes(compared)),
        "calls": [_pair_plain(compared, i) for i in range(len(compared.difference.pairs))],
    }
    found: dict[str, Any] = to_plain(plain)
    return found


def notes(compared: Compared) -> list[str]:
    """What to know before the numbers are believed."""
    found = list(compared.notes)
    if not compared.has_values and compared.a.kind != "build":
        found.append("No values were compared, only structure.")
    apart = [value for value in compared.inputs if (value.relative or 0.0) > compared.tolerance]
    if apart:
        found.append(
            f"The two were not fed the same: {apart[0].what} differs by "
            f"{number(apart[0].maximum)}. --input SPEC feeds both alike."
        )
    if (pair := compared.first_weight) is None:
        return found
    if compared.is_twin:
        found.append(f"The run in training changes weights, first in {pair.call.path}.")
    else:
        found.append(
            f"Weights differ, first in {pair.call.path}: values from there on differ by that "
            "alone. Both files were opened with the same seed."
        )
    return found


def _verdict(compared: Compared) -> Text:
    first = compared.first
    if first is None and not compared.difference.aspects:
        how = f", values equal within {compared.tolerance:g}" if compared.has_values else ""
        return Text(f"The same: {len(compared.difference.pairs):,} calls{how}.", style="bold green")
    words = Text()
    if first is not None:
        words.append("They part first at ", style="bold")
        words.append(clean(f"{first.call.path} ({first.call.class_})"), style="bold yellow")
        where = _places(first)
        words.append(f", {where}" if where else "")
        words.append(f": {_in_words(first, compared)}")
    for aspect in compared.difference.aspects:
        words.append(f"{chr(10) if words else ''}The runs differ: {clean(str(aspect))}")
    return words


def _table(compared: Compared) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("#", justify="right", style="dim")
    table.add_column("call", overflow="fold")
    table.add_column("class", overflow="fold")
    table.add_column("difference", overflow="fold")
    table.add_column("max abs", justify="right")
    table.add_column("relative", justify="right")
    table.add_column("line", overflow="fold", style="dim")
    first = compared.first
    for index, pair in enumerate(compared.difference.pairs[:_MOST_ROWS]):
        state = pair.state(compared.tolerance)
        largest = _largest(pair.values)
        call = pair.call
        name = call.name if not call.call_index else f"{call.name}#{call.call_index}"
        table.add_row(
            str(index),
            Text("  " * pair.depth + clean(name)),
            Text(clean(call.class_)),
            Text(_in_short(pair, state, compared)),
            number(largest.maximum) if largest else "",
            number(largest.relative) if largest else "",
            _places(pair),
            style=f"bold {_STYLES[state]}" if pair is first else _STYLES[state],
        )
    return table


def _in_short(pair: Pair, state: PairState, compared: Compared) -> str:
    if state == "close":
        return "within tolerance"
    return state if state != "differs" else _in_words(pair, compared)


def _in_words(pair: Pair, compared: Compared) -> str:
    """What is not the same, structure first."""
    if pair.a is None or pair.b is None:
        return pair.state(compared.tolerance)
    words = [clean(str(aspect)) for aspect in pair.aspects]
    far = [v for v in pair.values if (v.relative or 0.0) > compared.tolerance]
    outputs = [value for value in far if value.what.startswith("output")]
    weights = [value.what.removeprefix("weight ") for value in far if value not in outputs]
    if weights:
        words.append(f"weights {clean(', '.join(weights[:3]))}")
    if outputs:
        worst = max(outputs, key=lambda value: value.relative or 0.0)
        words.append(f"{worst.differing:,} of {worst.size:,} values")
    return "; ".join(words)


def _largest(values: tuple[ValueDifference, ...]) -> ValueDifference | None:
    """The output that is furthest apart, or else the weight."""
    read = [value for value in values if value.relative is not None]
    outputs = [value for value in read if value.what.startswith("output")]
    return max(outputs or read, key=lambda value: value.relative or 0.0, default=None)


def _places(pair: Pair) -> str:
    found = [place(call.file, call.line) for call in (pair.a, pair.b) if call is not None]
    return " | ".join(dict.fromkeys(where for where in found if where))


def _counts(compared: Compared) -> str:
    counts = []
    words: tuple[tuple[PairState, str], ...] = (
        ("identical", "identical"),
        ("close", "within tolerance"),
        ("differs", "differ"),
        ("only in A", "only in A"),
        ("only in B", "only in B"),
    )
    for state, word in words:
        if count := compared.difference.count(state, compared.tolerance):
            counts.append(f"{count:,} {word}")
    return f"\n{len(compared.difference.pairs):,} calls: {', '.join(counts)}"


def _title(trace: Trace, run: Run) -> str:
    return f"{clean(PurePath(trace.file).name)}  {run_title(run)}"


def _run_plain(trace: Trace, run: Run) -> dict[str, Any]:
    return {
        "file": trace.file,
        "model": run.model,
        "kind": run.kind,
        "training": run.training,
        "number": run.number,
    }


def _pair_plain(compared: Compared, index: int) -> dict[str, Any]:
    pair = compared.difference.pairs[index]
    sides = {
        name: None
        if call is None
        else {"id": call.id, "path": call.path, "file": call.file, "line": call.line}
        for name, call in (("a", pair.a), ("b", pair.b))
    }
    return {
        "index": index,
        "path": pair.call.path,
        "class": pair.call.class_,
        "depth": pair.depth,
        "state": pair.state(compared.tolerance),
        **sides,
        "aspects": list(pair.aspects),
        "values": list(pair.values),
    }
