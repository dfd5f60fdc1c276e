"""The dock of values: what goes into and comes out of the selected call, and one of it in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from inspector.gui.look.theme import Appearance
from inspector.gui.look.wording import mask_numbers, shape_text, weight_name
from inspector.gui.state.tensor_store import TensorStore
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.values.attention_picture import AttentionPicture
from inspector.gui.values.tensor_view import TensorView
from inspector.gui.widgets.table_model import ROW, Column
from inspector.gui.widgets.table_panel import TablePanel
from inspector.trace import AttentionMask, Call, Op, Run, Shape, TensorRef

NO_MASKS: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One tensor of a call; `role` is input, output, attention mask, weight, op in or op out.

    mask: the number of its mask; attention: what the tensor says, where it is an attention mask.
    """

    role: str
    name: str
    shape: Shape | None
    dtype: str
    tensor: int | None
    mask: int | None = None
    attention: AttentionMask | None = None


class ValuesPanel(QWidget):
    """The table of tensors above, the chosen one below."""

    menu_requested = Signal(object, QPoint)

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance, store: TensorStore) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._appearance = appearance
        self._wanted_role = "output"
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = QLabel()
        self.title.setContentsMargins(10, 8, 10, 6)
        self.title.setTextFormat(Qt.TextFormat.RichText)
        self.title.setWordWrap(True)
        self.rows = TablePanel("Values", self._columns(), "Select a call to see its values.")
        self.view = TensorView(appearance, store, self._device)
        self.picture = AttentionPicture(appearance, store)
        self.views = QStackedWidget()
        self.views.addWidget(self.view)
        self.views.addWidget(self.picture)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.rows)
        splitter.addWidget(self.views)
        splitter.setSizes([136, 454])
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.title)
        layout.addWidget(splitter, 1)
        self.rows.row_chosen.connect(self._choose)
        self.rows.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.rows.table.customContextMenuRequested.connect(self._ask_for_menu)
        viewpoint.selection_changed.connect(self.refresh)
        viewpoint.run_examined.connect(self._show_examined)
        viewpoint.cursor_moved.connect(self._follow_op)
        viewpoint.tensor_requested.connect(self.show_tensor)
        viewpoint.item_requested.connect(self.show_item)
        self.refresh()

    def refresh(self) -> None:
        """Show the selected call; the row chosen before stays chosen by its role."""
        call = self._viewpoint.call
        if call is None:
            self.title.setText("")
            self.title.hide()
            self.rows.show_rows(())
            self.view.show_nothing("")
            return
        self.title.show()
        self.title.setText(self._title(call))
        numbers = mask_numbers(self._viewpoint.run)
        rows = value_rows(call, self._current_op(call), numbers, self._attention(call))
        self.rows.show_rows(rows)
        self._choose(self._likeliest(rows), is_by_user=False)

    def _show_examined(self) -> None:
        """The rows are the same, but their shapes may be said in other words."""
        self.refresh()
        self.rows.table.fit_columns()
        self.rows.table.viewport().update()

    def show_tensor(self, tensor: int) -> None:
        """Show one tensor of the selected call, as another panel asks."""
        for row in self.rows.model.rows:
            if row.tensor == tensor:
                self._choose(row)

    def _ask_for_menu(self, at: QPoint) -> None:
        table = self.rows.table
        index = table.indexAt(at)
        if index.isValid():
            self.menu_requested.emit(index.data(ROW), table.viewport().mapToGlobal(at))

    def show_item(self, item: int) -> None:
        """Show one item of the batch: of the first input of the selected call."""
        row = next((row for row in self.rows.model.rows if row.role == "input"), None)
        if row is not None:
            self._choose(row)
            self.view.show_item(item)

    def _attention(self, call: Call) -> AttentionMask | None:
        found = (mask for mask in self._viewpoint.run.attention if mask.call == call.id)
        return next(found, None)

    def _device(self) -> str:
        trace = self._viewpoint.trace
        return trace.engine.device if trace is not None else ""

    def _follow_op(self) -> None:
        step = self._viewpoint.step
        if step is not None and step.op is not None and step.call == self._viewpoint.selected:
            self.refresh()

    def _current_op(self, call: Call) -> Op | None:
        step = self._viewpoint.step
        if step is None or step.op is None or step.call != call.id:
            return None
        return call.ops[step.op]

    def _title(self, call: Call) -> str:
        theme = self._appearance.theme
        op = self._current_op(call)
        at = f" &nbsp;·&nbsp; op {op.op}" if op else ""
        mode = {True: "training", False: "inference", None: ""}[call.training]
        stands_in = "placeholder: its outputs are made up" if call.placeholder else ""
        more = " &nbsp;·&nbsp; ".join(part for part in (call.class_, mode, stands_in) if part)
        return (
            f"<b>{call.path}</b> <span style='color:{theme.muted}'>#{call.call_index}{at}<br>"
            f"{more}</span>"
        )

    def _likeliest(self, rows: tuple[ValueRow, ...]) -> ValueRow | None:
        wanted = next((row for row in rows if row.role == self._wanted_role), None)
        return (
            wanted
            or next((row for row in rows if row.role != "weight"), None)
            or next(iter(rows), None)
        )

    def _choose(self, row: ValueRow | None, *, is_by_user: bool = True) -> None:
        if row is None:
            self.view.show_nothing("This call has no tensors.")
            return
        if is_by_user:
            self._wanted_role = row.role
        self.rows.table.selectRow(self.rows.model.rows.index(row))
        self.views.setCurrentWidget(self.picture if row.attention is not None else self.view)
        if row.attention is not None:
            self.picture.show_mask(self._viewpoint.run.number, row.attention)
            return
        problem = missing_reason(self._viewpoint.run, row)
        if problem:
            self.view.show_nothing(problem)
        elif row.tensor is not None:
            of = (self._viewpoint.run.number, row.tensor)
            title = f"{row.role} {row.name}".strip()
            self.view.show_tensor(of, row.shape, title, self._viewpoint.axes_of(row.tensor))

    def _shape(self, row: ValueRow) -> str:
        named = () if row.tensor is None else self._viewpoint.named_axes(row.tensor)
        return shape_text(row.shape, named)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(
                "Tensor",
                lambda row: f"{row.role} {row.name}".strip(),
                is_bold=lambda row: row.role in ("output", "op out"),
            ),
            Column("Shape", self._shape, is_code=True),
            # Left out where room is short: the chosen one's is said below.
            Column(
                "dtype",
                lambda row: row.dtype,
                colour=lambda _: self._appearance.theme.muted,
                is_optional=True,
            ),
            Column(
                "Mask",
                lambda row: f"● {row.mask}" if row.mask is not None else "",
                colour=lambda row: self._appearance.theme.mask(row.mask or 0).name(),
            ),
        )


def value_rows(
    call: Call,
    op: Op | None = None,
    masks: Mapping[int, int] = NO_MASKS,
    attention: AttentionMask | None = None,
) -> tuple[ValueRow, ...]:
    """Every tensor of a call, or of one op in it, in the order in which it reads."""
    if op is not None:
        return (
            *_refs("op in", op.inputs, masks),
            *_refs("op out", op.outputs, masks),
        )
    weights = tuple(
        ValueRow("weight", weight_name(weight), weight.shape, weight.dtype, weight.tensor)
        for weight in call.weights
    )
    attended = () if attention is None else (_attended(attention),)
    inputs, outputs = _refs("input", call.inputs, masks), _refs("output", call.outputs, masks)
    return (*inputs, *outputs, *attended, *weights)


def _attended(mask: AttentionMask) -> ValueRow:
    return ValueRow("attention mask", "", mask.shape, "bool", mask.tensor, attention=mask)


def missing_reason(run: Run, row: ValueRow) -> str:
    """Why a tensor has no values to read, empty when it may have."""
    if run.kind == "build" and row.role != "weight":
        return "No values: this is a symbolic build. Keras only works out shapes here."
    if row.tensor is None:
        return "No values were kept for this tensor."
    return ""


def _refs(role: str, refs: tuple[TensorRef, ...], masks: Mapping[int, int]) -> tuple[ValueRow, ...]:
    single = len(refs) == 1
    return tuple(
        ValueRow(
            role,
            "" if single else f"[{place}]",
            ref.shape,
            ref.dtype or "?",
            ref.tensor,
            None if ref.mask is None else masks.get(ref.mask),
        )
        for place, ref in enumerate(refs)
    )
