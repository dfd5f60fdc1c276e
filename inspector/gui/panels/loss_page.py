"""All about one loss term: its arithmetic, and what each sample of the batch adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from inspector.gui.look.theme import Appearance
from inspector.gui.look.wording import number_text, place_text
from inspector.gui.state.tensor_store import TensorStore, Wanted
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.table_model import Column
from inspector.gui.widgets.table_panel import TablePanel
from inspector.session.protocol import TensorRead
from inspector.session.values import array_of
from inspector.trace import Loss, loss_words

_ASKER = "samples of a loss"


@dataclass(frozen=True, slots=True)
class SampleRow:
    """What one sample of the batch adds to the total: its part of the term, with its weight."""

    sample: int
    adds: float


class LossPage(QWidget):
    """Arithmetic above, samples below: the worst first, or in the order of the batch."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance, store: TensorStore) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._appearance = appearance
        self._store = store
        self._loss: Loss | None = None
        self._wanted: Wanted | None = None
        self._sorts_by_size = True
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setContentsMargins(10, 5, 10, 3)
        self.text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setAccessibleName("Arithmetic of the loss term")
        self.samples = TablePanel("Samples of the loss", self._columns(), "")
        header = self.samples.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort)
        self.samples.setToolTip("Click a sample to see its input; click a heading to sort")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.text)
        layout.addWidget(self.samples, 1)
        self.samples.row_chosen.connect(self._show_sample)
        store.arrived.connect(self._take)

    def show_loss(self, loss: Loss | None) -> None:
        """Show one term; None shows nothing."""
        self._loss = loss
        self.text.setText("" if loss is None else self._words(loss))
        # In short they are among the words; in full they would push the samples out of view.
        self.text.setToolTip("" if loss is None else "\n".join(loss_words.effects(loss)))
        self._wanted = None
        self.samples.show_rows(())
        samples = loss.reduction.samples if loss is not None and loss.reduction else None
        if samples is None:
            self.samples.say_empty("" if loss is None else "It has no samples.")
            return
        self._wanted = Wanted(self._viewpoint.run.number, samples)
        answer = self._store.want(self._wanted, _ASKER)
        if answer is not None:
            self._show_samples(answer)
        elif not self._store.can_read():
            self.samples.say_empty("No values: they stay in the worker, and none is running.")
        else:
            self.samples.say_empty("Reading values…")

    def _words(self, loss: Loss) -> str:
        run, theme = self._viewpoint.run, self._appearance.theme
        place = place_text(loss.file, loss.line)
        how = loss_words.short(loss)
        muted = f"<span style='color:{theme.muted}'>"
        title = f"<b>{escape(loss_words.owner(loss, run))}</b>"
        named = " · ".join(escape(part) for part in (loss.name, place) if part)
        said = [
            f"{title} &nbsp;{muted}{named}</span>",
            escape(how[:1].upper() + how[1:]),
            f"<code>{escape(loss_words.numbers(loss))}</code>",
        ]
        return "<br>".join(part for part in said if part)

    def _take(self, wanted: Wanted, answer: TensorRead) -> None:
        if wanted == self._wanted:
            self._show_samples(answer)

    def _show_samples(self, answer: TensorRead) -> None:
        if answer.problem:
            self.samples.say_empty(f"No values: {answer.problem}")
            return
        weight = self._loss.weight if self._loss is not None else 1.0
        values = (weight * array_of(answer).reshape(-1)).tolist()
        self._show_sorted([SampleRow(place, float(value)) for place, value in enumerate(values)])

    def _sort(self, column: int) -> None:
        self._sorts_by_size = column != 0
        self._show_sorted(list(self.samples.model.rows))

    def _show_sorted(self, rows: list[SampleRow]) -> None:
        if self._sorts_by_size:
            rows.sort(key=lambda row: (-abs(row.adds), row.sample))
        else:
            rows.sort(key=lambda row: row.sample)
        self.samples.show_rows(rows)

    def _show_sample(self, row: SampleRow) -> None:
        """The sample's own input, in the values of the model's call."""
        run = self._viewpoint.run
        outermost = next((call for call in run.calls if call.parent is None), None)
        if outermost is not None:
            self._viewpoint.select(outermost.id)
            self._viewpoint.item_requested.emit(row.sample)

    def _share(self, row: SampleRow) -> str:
        total = sum(abs(other.adds) for other in self.samples.model.rows)
        return f"{abs(row.adds) / total:.1%}" if total else ""

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("Sample", lambda row: f"#{row.sample}"),
            Column("Adds", lambda row: number_text(row.adds), is_number=True),
            Column("Share", self._share, is_number=True, is_optional=True),
        )
