"""Losses and masks on the terminal: the ledger with its arithmetic, and each mask's life."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from inspector.cli.words import clean, number, place
from inspector.layout.outline import shape_text
from inspector.trace import Loss, Mask, MaskEvent, Run, loss_words

_MOST_ROWS = 30


def loss_table(run: Run) -> Table:
    """Every addend of the total with its arithmetic; no rows where the run has none."""
    table = _table("losses")
    for name in ("owner", "kind"):
        table.add_column(name, overflow="fold")
    for name in ("value", "weight"):
        table.add_column(name, justify="right")
    table.add_column("how", overflow="fold")
    table.add_column("line", style="dim")
    for loss in run.losses[:_MOST_ROWS]:
        table.add_row(
            Text(clean(loss.owner)),
            _kind(loss),
            number(loss.value),
            number(loss.weight),
            loss_words.short(loss),
            place(loss.file, loss.line),
            style="yellow" if loss.kind == "unaccounted" else None,
        )
    if len(run.losses) > _MOST_ROWS:
        table.add_row(f"… {len(run.losses) - _MOST_ROWS:,} more")
    for total in run.totals:
        name = f"total {clean(loss_words.total_name(total))}"
        line = place(total.file, total.line)
        table.add_row(name, "", number(total.value), "", "", line, style="bold")
    if run.losses and run.total_loss is not None:
        table.add_row("total", "", number(run.total_loss), "", "", "", style="bold")
    return table


def mask_table(run: Run) -> Table:
    """The life of every mask, an event a row; where one is lost, why and what to do."""
    table = _table("masks")
    table.add_column("mask", justify="right")
    table.add_column("what")
    table.add_column("where", overflow="fold")
    table.add_column("line", style="dim")
    table.add_column("why", overflow="fold")
    numbers = {mask.id: place for place, mask in enumerate(run.masks, 1)}
    for mask in run.masks[:_MOST_ROWS]:
        for event in mask.events:
            table.add_row(
                str(numbers[mask.id]),
                event.what,
                Text(clean(event.call or event.op or "")),
                place(event.file, event.line),
                Text(clean(_why(mask, event, numbers))),
                style="yellow" if event.what == "dropped" else None,
            )
    if len(run.masks) > _MOST_ROWS:
        table.add_row("…", f"{len(run.masks) - _MOST_ROWS:,} more masks")
    return table


def attention_lines(run: Run) -> Iterator[str]:
    """One line for each attention call: what its mask is made of, and the rows it leaves empty."""
    for mask in run.attention[:_MOST_ROWS]:
        made = "; ".join(mask.made_of) or "a mask that the code made"
        count = mask.batch * mask.heads * mask.queries
        blocked = f"; {mask.blocked} of {count} queries may attend to nothing" * bool(mask.blocked)
        yield clean(f"attention {mask.call} (True = may attend): {made}{blocked}")


def mask_lives(run: Run) -> object:
    """Equal for runs whose masks have the same lives; ids are each run's own."""
    return [
        [(event.call, event.op, event.what, event.file, event.line) for event in mask.events]
        for mask in run.masks
    ]


def _why(mask: Mask, event: MaskEvent, numbers: dict[int, int]) -> str:
    if event.what == "born":
        kept = "" if mask.masked is None else f", {mask.masked} entries masked"
        return f"{shape_text(mask.shape)}{kept}" + (f", {event.reason}" if event.reason else "")
    into = f", as mask {numbers[event.into]}" if event.into in numbers else ""
    return f"{event.reason}{into}" + (f". {event.fix}" if event.fix else "")


def _kind(loss: Loss) -> str:
    return f"{loss.kind} {clean(loss.name)}".strip()


def _table(title: str) -> Table:
    return Table(box=None, title=title, title_justify="left", title_style="bold", pad_edge=False)
