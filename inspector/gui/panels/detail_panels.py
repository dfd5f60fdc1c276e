"""The lists beside the graph: weights, ops, replaced things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from inspector.gui.look.theme import Appearance
from inspector.gui.look.wording import number_text, place_text, shape_text, time_text, weight_name
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.table_model import Column
from inspector.gui.widgets.table_panel import TablePanel
from inspector.trace import Call, Op, Replacement, Run, Update, Weight

_TRAINING_COLUMNS = (2, 3)


@dataclass(frozen=True, slots=True)
class WeightRow:
    """A weight of the selected call, with what the training step did to it."""

    weight: Weight
    update: Update | None
    is_trained: bool
    owner: str = ""


class WeightsPanel(TablePanel):
    """Weights of the selected call: trainable, initialised, gradient and update norms."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        self._viewpoint = viewpoint
        muted = lambda _: appearance.theme.muted  # noqa: E731 - asked anew at each paint

        def state_colour(row: WeightRow) -> str | None:
            if not row.weight.initialized:
                return appearance.theme.warning
            return None if row.weight.trainable else appearance.theme.muted

        super().__init__(
            "Weights",
            (
                Column(
                    "Weight",
                    lambda row: f"{row.owner}{weight_name(row.weight)}",
                    is_path=True,
                    colour=state_colour,
                ),
                Column("Shape", lambda row: shape_text(row.weight.shape), is_code=True),
                Column(
                    "|gradient|",
                    _gradient_text,
                    is_number=True,
                    colour=lambda row: appearance.theme.warning if _has_no_gradient(row) else None,
                ),
                Column(
                    "|update|",
                    lambda row: number_text(row.update.delta_norm, 4) if row.update else "",
                    is_number=True,
                    is_optional=True,
                ),
                Column("State", _weight_state, colour=state_colour, is_optional=True),
                Column("dtype", lambda row: row.weight.dtype, colour=muted, is_optional=True),
            ),
            "Select a call that has weights.",
        )
        viewpoint.selection_changed.connect(self.refresh)
        viewpoint.run_changed.connect(self.refresh)
        self.row_chosen.connect(self._read)

    def refresh(self) -> None:
        """Show the selected call's weights."""
        call = self._viewpoint.call
        if call is None:
            self.show_rows(())
            return
        updates = {update.weight: update for update in self._viewpoint.run.updates}
        is_trained = self._viewpoint.run.kind == "train_step"
        rows = [
            WeightRow(weight, _update_of(path, weight.name, updates), is_trained, owner)
            for path, owner, weight in _weights_within(call, self._viewpoint.run)
        ]
        self.table.leave_out(() if is_trained else _TRAINING_COLUMNS)
        self.say_empty(f"{call.name} has no weights, and what runs inside it has none.")
        inside = " and what it calls" if any(row.owner for row in rows) else ""
        self.show_rows(rows, f"<b>{escape(call.path)}</b>{inside}")

    def _read(self, row: WeightRow) -> None:
        if row.weight.tensor is not None:
            self._viewpoint.tensor_requested.emit(row.weight.tensor)


class OpsPanel(TablePanel):
    """Array operations run directly in the selected call."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        self._viewpoint = viewpoint
        muted = lambda _: appearance.theme.muted  # noqa: E731 - asked anew at each paint
        super().__init__(
            "Ops",
            (
                Column("Op", lambda op: op.op),
                Column("Function", _op_origin, colour=muted),
                Column("Output shape", _op_shape, is_code=True),
                Column("Line", lambda op: place_text(op.file, op.line), colour=muted),
                Column(
                    "Time",
                    lambda op: time_text(op.elapsed_s) if op.elapsed_s else "",
                    is_number=True,
                ),
            ),
            "Select a call to see the array operations in it.",
            stretch=1,
        )
        viewpoint.selection_changed.connect(self.refresh)
        viewpoint.cursor_moved.connect(self._follow)
        self.row_chosen.connect(self._show_line)

    def refresh(self) -> None:
        """Show the selected call's ops."""
        call = self._viewpoint.call
        if call is None:
            self.show_rows(())
            return
        inside = (
            "Its ops run in the calls inside it." if self._viewpoint.steps.children[call.id] else ""
        )
        kept = f"{call.op_count} ran; they were not kept." if call.op_count and not call.ops else ""
        self.say_empty(f"{call.name} runs no ops of its own. {kept or inside}".strip())
        self.show_rows(call.ops, f"<b>{escape(call.path)}</b> &nbsp;{len(call.ops)} ops")
        self._follow()

    def _follow(self) -> None:
        step = self._viewpoint.step
        if step is not None and step.op is not None and step.call == self._viewpoint.selected:
            self.table.selectRow(step.op)

    def _show_line(self, op: Op) -> None:
        if op.file is not None:
            self._viewpoint.source_requested.emit(op.file, op.line or 0)


class ReplacedPanel(TablePanel):
    """What was replaced to open the file safely."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        self._viewpoint = viewpoint
        super().__init__(
            "Replaced",
            (
                Column("What", lambda row: row.what, is_code=True),
                Column("Why", lambda row: row.why),
                Column(
                    "Line",
                    lambda row: place_text(row.file, row.line),
                    colour=lambda _: appearance.theme.accent,
                ),
            ),
            "Nothing was replaced to open this file.",
            stretch=1,
        )
        viewpoint.trace_changed.connect(self.refresh)
        self.row_chosen.connect(self._show_line)

    def refresh(self) -> None:
        """Show what the trace lists."""
        trace = self._viewpoint.trace
        self.show_rows(trace.replaced if trace else ())

    def _show_line(self, row: Replacement) -> None:
        if row.file is not None:
            self._viewpoint.source_requested.emit(row.file, row.line or 0)


def _weights_within(call: Call, run: Run) -> Iterator[tuple[str, str, Weight]]:
    """A call's weights and those of the calls inside it, each once: its path, its owner inside."""
    inside = {call.id}
    seen: set[tuple[str, str]] = set()
    for other in run.calls:
        if other.parent in inside:
            inside.add(other.id)
        if other.id not in inside:
            continue
        owner = other.path.removeprefix(call.path).lstrip("/")
        for weight in other.weights:
            if (other.path, weight.name) not in seen:
                seen.add((other.path, weight.name))
                yield other.path, f"{owner}/" if owner else "", weight


def _weight_state(row: WeightRow) -> str:
    if not row.weight.initialized:
        return "not initialized"
    return "trainable" if row.weight.trainable else "frozen"


def _has_no_gradient(row: WeightRow) -> bool:
    return (
        row.is_trained
        and row.weight.trainable
        and (row.update is None or row.update.gradient_norm is None)
    )


def _gradient_text(row: WeightRow) -> str:
    if row.update is not None and row.update.gradient_norm is not None:
        return number_text(row.update.gradient_norm, 4)
    return "none" if _has_no_gradient(row) else ""


def _op_origin(op: Op) -> str:
    """The function it was part of, and on a GPU which code ran it."""
    return " · ".join(part for part in (op.function, op.implementation) if part)


def _op_shape(op: Op) -> str:
    return ", ".join(shape_text(output.shape) for output in op.outputs)


def _update_of(path: str, name: str, updates: dict[str, Update]) -> Update | None:
    """Updates are named by the layer's path and the weight, or by the weight's own path."""
    for key in (f"{path}/{name}", name):
        if key in updates:
            return updates[key]
    tail = "/".join([*path.split("/")[-1:], name])
    found = [update for key, update in updates.items() if key.endswith(tail)]
    return found[0] if len(found) == 1 else None
