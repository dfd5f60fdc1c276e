"""The menu of one value in the list of values: watch it, break on it, ask what if."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from inspector.gui.values.values_panel import ValueRow
from inspector.trace import Call

# What is offered as a change: words for people, how it is written, and a first value.
CHANGES = (
    ("zeros", "zeros"),
    ("a constant…", "constant:1"),
    ("clamped…", "clamp:-1..1"),
    ("with noise…", "noise:0.1"),
    ("scaled…", "scale:2"),
    ("from a .npy file…", "values.npy"),
)


@dataclass(frozen=True, slots=True)
class ValueCommands:
    """What the menu does: each takes a text that can be changed before it holds."""

    watch: Callable[[str], object]
    break_on: Callable[[str], object]
    what_if: Callable[[str, bool], object]


def name_of(row: ValueRow) -> str:
    """How expressions of its call name a value: `y`, `inputs[1]`, `w.kernel`."""
    if row.role == "weight":
        return f"w.{row.name.rpartition('/')[2]}"
    single, several = ("x", "inputs") if row.role in ("input", "op in") else ("y", "outputs")
    return f"{several}{row.name}" if row.name else single


def target_of(call: Call, row: ValueRow) -> str:
    """How a change names a value: `encoder/dense#0.output`, `encoder/dense#0.kernel`."""
    if row.role == "weight":
        return f"{call.id}.{row.name.rpartition('/')[2]}"
    return f"{call.id}.{row.role}{row.name}"


def value_menu(parent: QWidget, call: Call, row: ValueRow, commands: ValueCommands) -> QMenu:
    """What can be done with a value of a call."""
    menu, name = QMenu(parent), name_of(row)
    watches = menu.addMenu("Watch")
    for text in (f"mean({name})", f"max(abs({name}))", f"std({name})", f"norm({name})"):
        watches.addAction(f"{text} at every step", partial(commands.watch, text))
    here = f'mean(at("{call.path}").{name})'
    watches.addSeparator()
    watches.addAction(here, lambda: commands.watch(here))
    stops = menu.addMenu("Stop where")
    for text in (f"not all(isfinite({name}))", f"max(abs({name})) > 10", f"zeros({name}) > 0.5"):
        place = f"call:{call.path} if {text}"
        stops.addAction(text, partial(commands.break_on, place))
    if row.role in ("input", "output", "weight"):
        changes = menu.addMenu("What if it were")
        for title, how in CHANGES:
            change = f"{target_of(call, row)}={how}"
            is_ready = not title.endswith("…")
            changes.addAction(
                title,
                partial(commands.what_if, change, is_ready),
            )
    return menu
