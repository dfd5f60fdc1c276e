"""A failure on the terminal: its line with a caret, what was expected, where axes came from."""

from __future__ import annotations

import linecache
from collections.abc import Iterator

from rich.text import Text

from inspector.cli.words import clean, place
from inspector.layout.outline import shape_text
from inspector.trace import Failure, OpenFailure, Operand


def failure_lines(failure: Failure) -> Iterator[Text]:
    """What stopped a run."""
    where = f" in {clean(failure.call)}" if failure.call else ""
    yield Text(f"✗ {failure.type}{where}", style="bold red")
    yield from _source_lines(failure.file, failure.line)
    yield Text(clean(failure.message.strip()))
    for word, text in (("expected", failure.expected), ("found", failure.found)):
        if text:
            yield Text.assemble((f"{word:>9}: ", "bold"), clean(text))
    for operand in failure.operands:
        yield from _operand_lines(operand)
    if failure.fix:
        yield Text.assemble(("      fix: ", "bold green"), clean(failure.fix))


def open_failure_lines(failure: OpenFailure) -> Iterator[Text]:
    """What stopped the file itself."""
    yield Text(f"✗ {failure.type} (while {_STAGES.get(failure.stage, failure.stage)})", "bold red")
    yield from _source_lines(failure.file, failure.line)
    yield Text(clean(failure.message.strip()))
    if failure.fix:
        yield Text(clean(failure.fix))


_STAGES = {"open": "the file was opened"}


def _source_lines(file: str | None, line: int | None) -> Iterator[Text]:
    if file is None or line is None:
        return
    source = clean(linecache.getline(file, line).rstrip().expandtabs(4))
    yield Text(f"  {place(file, line)}", style="dim")
    code = source.strip()
    if code:
        yield Text(f"    {code}")
        yield Text(f"    {'^' * len(code)}", style="red")


def _operand_lines(operand: Operand) -> Iterator[Text]:
    yield Text.assemble(
        ("  operand: ", "bold"), f"{clean(operand.argument)} {shape_text(operand.shape)}"
    )
    for origin in operand.axes_from:
        size = "?" if origin.size is None else origin.size
        where = place(origin.file, origin.line)
        end = f", {where}" if where else ""
        yield Text(f"           axis {origin.axis}: {size} comes from {clean(origin.what)}{end}")
