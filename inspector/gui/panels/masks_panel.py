"""The dock of masks: the life of every mask, event by event, and why one was lost."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inspector.gui.look.theme import Appearance
from inspector.gui.look.wording import mask_numbers, place_text, shape_text
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.list_and_page import ListAndPage
from inspector.gui.widgets.table_model import Column
from inspector.gui.widgets.table_panel import TablePanel
from inspector.trace import AttentionMask, Mask, MaskEvent, Run

_EMPTY = "No mask was made in this run."


@dataclass(frozen=True, slots=True)
class MaskRow:
    """One thing that happened to a mask; `attention` where an attention call used it."""

    mask: Mask
    number: int
    event: MaskEvent
    into: int | None = None
    attention: AttentionMask | None = None


class MasksPanel(ListAndPage):
    """The events of all masks in a list; the page says why, and what to do."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        self._viewpoint = viewpoint
        self._appearance = appearance
        page = MaskPage(viewpoint, appearance)
        super().__init__(
            TablePanel("Masks", self._columns(), _EMPTY, stretch=2), page, shares=(400, 290)
        )
        self.page: MaskPage = page
        viewpoint.run_changed.connect(self.refresh)
        appearance.changed.connect(self._show_current)
        self.row_chosen.connect(self._show)
        self.table.selectionModel().currentRowChanged.connect(self._show_current)
        page.show_row(None)

    def refresh(self) -> None:
        """Show the run's masks, the first one that is lost marked."""
        run = self._viewpoint.run
        numbers = mask_numbers(run)
        attention = {found.call: found for found in run.attention}
        rows = [
            MaskRow(
                mask,
                numbers[mask.id],
                event,
                numbers.get(event.into) if event.into is not None else None,
                attention.get(event.call or "") if event.what == "used" else None,
            )
            for mask in run.masks
            for event in mask.events
        ]
        dropped = [place for place, row in enumerate(rows) if row.event.what == "dropped"]
        text = f"<b>{len(run.masks)} mask{'s' if len(run.masks) != 1 else ''}</b>"
        if dropped:
            colour = self._appearance.theme.failure
            text += f", <span style='color:{colour}'>{len(dropped)} dropped</span>"
        self.rows.show_rows(rows, text)
        self.page.setVisible(bool(rows))
        if rows:
            self.choose(dropped[0] if dropped else 0)
        self._show_current()

    def _show_current(self) -> None:
        place = self.table.currentIndex().row()
        rows = self.model.rows
        self.page.show_row(rows[place] if 0 <= place < len(rows) else None)

    def _show(self, row: MaskRow) -> None:
        if row.event.call is not None:
            self._viewpoint.select(row.event.call)
        if row.event.file is not None:
            self._viewpoint.source_requested.emit(row.event.file, row.event.line or 0)
        if row.attention is not None:
            self._viewpoint.tensor_requested.emit(row.attention.tensor)

    def _where(self, row: MaskRow) -> str:
        return call_text(row.event.call, self._viewpoint.run)

    def _columns(self) -> tuple[Column, ...]:
        appearance = self._appearance
        return (
            Column(
                "Mask",
                lambda row: f"● {row.number}",
                colour=lambda row: appearance.theme.mask(row.number).name(),
            ),
            Column(
                "What",
                lambda row: row.event.what,
                colour=lambda row: (
                    appearance.theme.failure if row.event.what == "dropped" else None
                ),
                is_bold=lambda row: row.event.what in ("born", "dropped"),
            ),
            Column("Where", self._where, is_path=True),
            Column(
                "Line",
                lambda row: place_text(row.event.file, row.event.line),
                colour=lambda _: appearance.theme.accent,
                is_optional=True,
            ),
            Column(
                "Op",
                lambda row: row.event.op or "",
                colour=lambda _: appearance.theme.muted,
                is_optional=True,
            ),
        )


class MaskPage(QScrollArea):
    """All about one event of a mask."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._appearance = appearance
        self._row: MaskRow | None = None
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
        )
        self.text.setAccessibleName("About this event of the mask")
        self.picture = QPushButton("Show what may be attended")
        self.picture.setToolTip("The mask that the softmax was given, as a picture in Values")
        self.picture.clicked.connect(self._show_picture)
        inside = QWidget()
        inside.setObjectName("panel")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self.text)
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setMinimumWidth(180)
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    def show_row(self, row: MaskRow | None) -> None:
        """Show one event; None shows nothing."""
        self._row = row
        self.text.setText("" if row is None else self._words(row))
        self.picture.setVisible(row is not None and row.attention is not None)

    def _words(self, row: MaskRow) -> str:
        theme, mask, event = self._appearance.theme, row.mask, row.event
        is_lost = event.what == "dropped"
        colour = theme.failure if is_lost else theme.text
        where = escape(call_text(row.event.call, self._viewpoint.run)) or "outside of any layer"
        place = place_text(event.file, event.line)
        op = f" by the op <b>{escape(event.op)}</b>" if event.op else ""
        parts = [
            f"<b style='color:{colour}'>{event.what.capitalize()}</b> at <b>{where}</b>{op}"
            + (f", {escape(place)}" if place else "")
        ]
        if event.reason:
            parts.append(escape(event.reason[0].upper() + event.reason[1:]) + ".")
        if row.into is not None:
            parts.append(f"It goes on as mask {row.into}.")
        if event.fix:
            parts.append(f"<b>What to do:</b> {escape(event.fix)}")
        size = shape_text(mask.shape)
        kept = "" if mask.masked is None else f", {mask.masked} entries masked"
        parts.append(f"<span style='color:{theme.muted}'>Mask {row.number}: {size}{kept}</span>")
        return "<br>".join(f"<p style='margin:0 0 6px 0'>{part}</p>" for part in parts).replace(
            "</p><br>", "</p>"
        )

    def _show_picture(self) -> None:
        if self._row is not None and self._row.attention is not None:
            self._viewpoint.select(self._row.attention.call)
            self._viewpoint.tensor_requested.emit(self._row.attention.tensor)


def call_text(call: str | None, run: Run) -> str:
    """A call within its model; the model's name and the first call's number say nothing there."""
    text = (call or "").removesuffix("#0")
    return text.removeprefix(f"{run.model}/") or text
