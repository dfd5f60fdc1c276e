"""What `inspector run` asks a worker that has run a file: where breakpoints stop, and what if.

inspector run vae.py --break 'class:Dense if max(abs(y)) > 10'
inspector run vae.py --set encoder/hidden.kernel=zeros
"""

from __future__ import annotations

import argparse
import math
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.cli.words import place
from inspector.errors import UsageError
from inspector.session.client import Client
from inspector.session.debug_messages import Evaluate, Evaluated, Evaluation, WhatIf
from inspector.session.protocol import (
    Event,
    Failed,
    Lost,
    ReadTensor,
    RunUpdated,
    TensorRead,
)
from inspector.session.value_difference import Side, tensor_difference
from inspector.trace import Call, Run, Trace
from inspector.trace.breakpoints import Breakpoint, Site, in_file, parse_breakpoint, sites
from inspector.trace.naming import run_title
from inspector.trace.overrides import Override, parse_override

_PATIENCE_S = 120.0
_MOST_ROWS = 40
_SHOWN = "mean(y)"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line, understood before anything runs."""

    breakpoints: tuple[Breakpoint, ...] = ()
    overrides: tuple[Override, ...] = ()

    @property
    def need_ops(self) -> bool:
        """Whether ops have to be in the trace."""
        return any(row.kind in ("op", "line") for row in self.breakpoints)

    def __bool__(self) -> bool:
        return bool(self.breakpoints or self.overrides)


def wishes_of(options: argparse.Namespace) -> Wishes:
    """The wishes of --break and --set.

    Raises:
        ExpressionError: one of them makes no sense.
    """
    overrides: list[Override] = []
    for text in options.set:
        override = parse_override(text)
        if override.file:
            # The worker runs in another folder.
            override = replace(override, file=str(Path(override.file).absolute()))
        overrides.append(override)
    return Wishes(tuple(map(parse_breakpoint, getattr(options, "break"))), tuple(overrides))


class Questions:
    """Asks one worker, prints what it answers; `take` gets its events."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._answers: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._lines: list[str] = []

    def take(self, event: Event) -> None:
        """Take an event, on any thread."""
        if isinstance(event, Evaluated | TensorRead | Failed | RunUpdated | Lost):
            self._answers.put(event)

    def ask(self, client: Client, trace: Trace) -> None:
        """Ask all that is wished; the answers are kept for `report`."""
        while not self._answers.empty():  # of the opening
            self._answers.get()
        for row in self._wishes.breakpoints:
            self._break(client, trace, in_file(row, trace.file))
        if self._wishes.overrides:
            self._change(client, trace)

    def report(self) -> None:
        """Print the answers."""
        print("\n".join(["", *self._lines]))

    def _break(self, client: Client, trace: Trace, row: Breakpoint) -> None:
        shown = replace(row, file="") if row.file == trace.file else row
        self._lines.append(f"breakpoint {shown}")
        count = 0
        for number, run in enumerate(trace.runs, 1):
            places = sites(run, row)
            hits, problem = self._hits(client, run, row, places)
            count += len(hits)
            if hits or problem:
                self._lines.append(
                    f"  run {number}  {run_title(run)}: {len(hits)} of {len(places)}"
                )
            self._lines += [f"    {_line(run, site)}" for site in hits[:_MOST_ROWS]]
            if len(hits) > _MOST_ROWS:
                self._lines.append(f"    … {len(hits) - _MOST_ROWS:,} more")
            if problem:
                self._lines.append(f"    not asked everywhere: {problem}")
        if not count:
            self._lines.append("  it stops nowhere")

    def _hits(
        self, client: Client, run: Run, row: Breakpoint, places: tuple[Site, ...]
    ) -> tuple[list[Site], str]:
        """Where a breakpoint stops in a run, and why it could not be asked somewhere."""
        if not row.condition or not places:
            return list(places), ""
        values = self._evaluate(client, run, row.condition, places)
        problem = next((value.problem for value in values if value.problem), "")
        hits = [site for site, value in zip(places, values, strict=True) if value.is_true]
        return hits, problem

    def _change(self, client: Client, trace: Trace) -> None:
        run = _changeable(trace)
        texts = tuple(map(str, self._wishes.overrides))
        client.send(WhatIf(run.number, texts))
        made = run
        while made.changes[-len(texts) :] != texts:
            event = self._next()
            if isinstance(event, Failed):
                raise UsageError(event.message, fix=event.fix)
            if isinstance(event, RunUpdated):
                made = event.run
        self._lines.append(f"{run_title(made)}")
        before, after = (self._outputs(client, one) for one in (run, made))
        reader = _Reader(client, self._next)
        sides = Side(reader, run), Side(reader, made)
        rows = [
            (made_call, was, now)
            for call, made_call, was, now in zip(run.calls, made.calls, before, after, strict=False)
            if _differ(call, made_call, *sides)
        ]
        self._lines.append(
            f"  {len(rows)} of {len(made.calls)} calls give something else ({_SHOWN})"
        )
        self._lines += [
            f"    {call.path}  {was.text} → {now.text}" for call, was, now in rows[:_MOST_ROWS]
        ]
        if run.total_loss is not None and made.total_loss is not None:
            self._lines.append(f"  total loss  {run.total_loss:.6g} → {made.total_loss:.6g}")

    def _outputs(self, client: Client, run: Run) -> Sequence[Evaluation]:
        return self._evaluate(client, run, _SHOWN, [Site(call.id) for call in run.calls])

    def _evaluate(
        self, client: Client, run: Run, expression: str, places: Sequence[Site]
    ) -> tuple[Evaluation, ...]:
        asked = tuple((site.call, site.op) for site in places)
        client.send(Evaluate(run.number, run.number, expression, asked))
        while not isinstance(event := self._next(), Evaluated):
            if isinstance(event, Failed):
                raise UsageError(event.message, fix=event.fix)
        return event.values

    def _next(self) -> Event:
        try:
            event = self._answers.get(timeout=_PATIENCE_S)
        except queue.Empty:
            event = Lost(None, f"It did not answer within {_PATIENCE_S:g} seconds.")
        if isinstance(event, Lost):
            raise UsageError(f"The worker is gone: {event.reason}", fix=event.fix)
        return event


class _Reader:
    """Reads values of a worker, for `tensor_difference`."""

    def __init__(self, client: Client, wait: Callable[[], Event]) -> None:
        self._client = client
        self._wait = wait
        self._requests = 0

    def ask(
        self, run: int, tensor: int, start: tuple[int, ...], stop: tuple[int, ...]
    ) -> ReadTensor:
        """Ask without waiting."""
        self._requests += 1
        most = max(math.prod(last - first for first, last in zip(start, stop, strict=True)), 1)
        command = ReadTensor(self._requests, run, tensor, start, stop, most, with_statistics=False)
        self._client.send(command)
        return command

    def answer(self, question: ReadTensor) -> TensorRead:
        """Wait for the answer."""
        while True:
            event = self._wait()
            if isinstance(event, Failed):
                raise UsageError(event.message, fix=event.fix)
            if isinstance(event, TensorRead) and event.request == question.request:
                return event


def _differ(call: Call, other: Call, a: Side, b: Side) -> bool:
    """Whether what two calls give differs anywhere; a NaN at the same place does not."""
    if [ref.shape for ref in call.outputs] != [ref.shape for ref in other.outputs]:
        return True
    return any(
        tensor_difference("", one.shape, (a, one.tensor), (b, two.tensor)).differing
        for one, two in zip(call.outputs, other.outputs, strict=True)
        if one.tensor is not None and two.tensor is not None
    )


def _changeable(trace: Trace) -> Run:
    """The run that --set is about: the last one on values."""
    runs = [run for run in trace.runs if run.kind != "build" and run.calls]
    if not runs:
        raise UsageError(
            "No model ran, so there is nothing to change.", fix="Give the model an --input."
        )
    return runs[-1]


def _line(run: Run, site: Site) -> str:
    call: Call = next(call for call in run.calls if call.id == site.call)
    op = call.ops[site.op] if site.op is not None else None
    file, line = (op.file, op.line) if op is not None and op.file else (call.file, call.line)
    what = f"{call.id}, op {op.op}" if op is not None else call.id
    return "  ".join(part for part in (what, call.class_, place(file, line)) if part)
