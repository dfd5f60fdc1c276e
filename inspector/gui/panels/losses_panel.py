"""The dock of losses: every addend of the total, its arithmetic, and what each sample adds."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QTimer

from inspector.gui.look.theme import Appearance
from inspector.gui.look.wording import number_text, place_text
from inspector.gui.panels.loss_page import LossPage
from inspector.gui.state.tensor_store import TensorStore
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.list_and_page import ListAndPage
from inspector.gui.widgets.table_model import Column
from inspector.gui.widgets.table_panel import TablePanel
from inspector.trace import Loss, loss_words

_PART_OF = 1
_EMPTY = {
    "build": "A symbolic build has no losses.",
    "forward": "This forward pass added no losses.",
    "train_step": "This training step added no losses.",
}


class LossesPanel(ListAndPage):
    """The loss ledger: the rows add up to Keras' total, or say by how much they do not."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance, store: TensorStore) -> None:
        self._viewpoint = viewpoint
        self._appearance = appearance
        page = LossPage(viewpoint, appearance, store)
        super().__init__(
            TablePanel("Losses", self._columns(), "This run added no losses."),
            page,
            shares=(375, 285),
        )
        self.page: LossPage = page
        # The page needs the room more than the heading.
        self.heading.setWordWrap(True)
        viewpoint.run_changed.connect(self.refresh)
        appearance.changed.connect(self.refresh)
        self.row_chosen.connect(self._show_line)
        self.table.selectionModel().currentRowChanged.connect(self._show_current)
        page.hide()

    def refresh(self) -> None:
        """Show the run's losses, the largest one opened."""
        run = self._viewpoint.run
        self.rows.say_empty(_EMPTY[run.kind] if run.calls else "Losses of the run appear here.")
        self.table.leave_out(() if run.totals else (_PART_OF,))
        self.rows.show_rows(run.losses, self._heading())
        self.page.setVisible(bool(run.losses))
        if run.losses:
            sizes = [abs(weighted(loss) or 0.0) for loss in run.losses]
            self.choose(sizes.index(max(sizes)))
        # A model that is reset forgets its current row only once this signal is through.
        QTimer.singleShot(0, self, self._show_current)

    def _show_current(self) -> None:
        place = self.table.currentIndex().row()
        rows = self.model.rows
        self.page.show_loss(rows[place] if 0 <= place < len(rows) else None)

    def _heading(self) -> str:
        run, theme = self._viewpoint.run, self._appearance.theme
        total = sum(weighted(loss) or 0.0 for loss in run.losses)
        if run.totals:
            return self._several()
        if run.total_loss is None:
            return f"Sum of {len(run.losses)} rows: <b>{number_text(total)}</b>"
        agrees = all(loss.kind != "unaccounted" for loss in run.losses)
        colour = theme.good if agrees else theme.warning
        words = "✓ the rows add up to it" if agrees else "not all of it is accounted for"
        mark = f"<span style='color:{colour}'>{words}</span>"
        return f"Total loss <b>{number_text(run.total_loss)}</b> &nbsp; {mark}"

    def _several(self) -> str:
        run, theme = self._viewpoint.run, self._appearance.theme
        said = [
            f"{escape(loss_words.total_name(total))} <b>{number_text(total.value)}</b>"
            for total in run.totals
        ]
        agrees = all(loss.kind != "unaccounted" for loss in run.losses)
        colour = theme.good if agrees else theme.warning
        words = "✓ the rows add up to each" if agrees else "not all of it is accounted for"
        return f"{' &nbsp; '.join(said)} &nbsp; <span style='color:{colour}'>{words}</span>"

    def _part_of(self, loss: Loss) -> str:
        totals = self._viewpoint.run.totals
        return "" if loss.total is None else loss_words.total_name(totals[loss.total])

    def _share(self, loss: Loss) -> str:
        rows = (row for row in self._viewpoint.run.losses if row.total == loss.total)
        total = sum(abs(weighted(row) or 0.0) for row in rows)
        value = weighted(loss)
        return f"{abs(value) / total:.1%}" if value is not None and total else ""

    def _show_line(self, loss: Loss) -> None:
        owner = next((c.id for c in self._viewpoint.run.calls if c.path == loss.owner), None)
        if owner is not None:
            self._viewpoint.select(owner)
        if loss.file is not None:
            self._viewpoint.source_requested.emit(loss.file, loss.line or 0)

    def _columns(self) -> tuple[Column, ...]:
        theme = self._appearance
        return (
            Column("Owner", lambda loss: loss_words.owner(loss, self._viewpoint.run), is_path=True),
            Column("Part of", self._part_of),
            Column(
                "Kind",
                lambda loss: loss.kind.replace("_", " "),
                colour=lambda loss: (
                    theme.theme.warning if loss.kind == "unaccounted" else theme.theme.muted
                ),
            ),
            Column(
                "Adds",
                lambda loss: number_text(weighted(loss)),
                is_number=True,
                is_bold=lambda _: True,
            ),
            Column("Share", self._share, is_number=True, is_optional=True),
            Column(
                "Value",
                lambda loss: number_text(loss.value),
                is_number=True,
                is_optional=True,
            ),
            Column(
                "Weight", lambda loss: number_text(loss.weight), is_number=True, is_optional=True
            ),
            Column(
                "Line",
                lambda loss: place_text(loss.file, loss.line),
                colour=lambda _: theme.theme.accent,
                is_optional=True,
            ),
        )


def weighted(loss: Loss) -> float | None:
    """What a row adds to the total."""
    return None if loss.value is None else loss.value * loss.weight
