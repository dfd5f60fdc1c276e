"""The docks of losses and masks: what their pages say, and what a click on them does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from inspector.gui.look.theme import Appearance
from inspector.gui.panels.losses_panel import LossesPanel
from inspector.gui.panels.masks_panel import MasksPanel
from inspector.gui.state.tensor_store import TensorStore, Wanted
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.values.attention_picture import AttentionPicture
from inspector.gui.values.slicing import item_slicing
from inspector.session.protocol import Command, ReadTensor, TensorRead
from inspector.trace import (
    AttentionMask,
    Engine,
    Loss,
    LossTotal,
    Mask,
    MaskEvent,
    Reduction,
    Run,
    Trace,
)

ENGINE = Engine("numpy", "cpu", "test")
HOW = Reduction("sum", "square", (3,), 6.0, 3.0, terms=1, samples=9)


@pytest.fixture
def sent() -> list[Command]:
    return []


@pytest.fixture
def store(qtbot: QtBot, sent: list[Command]) -> TensorStore:
    return TensorStore(sent.append, lambda: True)


def _answer(command: Command, values: np.ndarray) -> TensorRead:
    assert isinstance(command, ReadTensor)
    return TensorRead(
        command.request, command.run, command.tensor, values.shape, values.dtype.name,
        values.shape, data=values.tobytes(),
    )  # fmt: skip


def _look(viewpoint: Viewpoint, vae_run: Run, **fields: object) -> Run:
    run = replace(vae_run, number=1, **fields)  # type: ignore[arg-type]
    viewpoint.show_trace(Trace("vae.py", ENGINE, runs=(run,)))
    return run


def test_store_asks_for_each_asker_in_turn(store: TensorStore, sent: list[Command]) -> None:
    store.want(Wanted(1, 1), "one")
    store.want(Wanted(1, 2), "one")
    store.want(Wanted(1, 3), "two")
    store.want(Wanted(1, 4), "one")

    for _ in range(3):
        store.take(_answer(sent[-1], np.zeros(1)))

    assert [c.tensor for c in sent if isinstance(c, ReadTensor)] == [1, 4, 3]


def test_largest_term_is_open_with_its_arithmetic_and_worst_samples(
    viewpoint: Viewpoint, appearance: Appearance, store: TensorStore, sent: list[Command],
    vae_run: Run, qtbot: QtBot,
) -> None:  # fmt: skip
    panel = LossesPanel(viewpoint, appearance, store)
    qtbot.addWidget(panel)
    small = Loss("vae/a", "add_loss", 0.1, 1.0)
    large = Loss("vae/b", "compiled", 2.0, 1.0, name="mse", reduction=HOW)

    _look(viewpoint, vae_run, losses=(small, large), total_loss=2.1)
    qtbot.waitUntil(lambda: bool(sent))
    store.take(_answer(sent[-1], np.array([0.25, 1.5, 0.25])))

    assert "6 / 3 = 2" in panel.page.text.text()
    assert [row.sample for row in panel.page.samples.model.rows] == [1, 0, 2]
    assert "✓" in panel.heading.text()


def test_samples_are_in_batch_order_when_their_heading_is_clicked(
    viewpoint: Viewpoint, appearance: Appearance, store: TensorStore, sent: list[Command],
    vae_run: Run, qtbot: QtBot,
) -> None:  # fmt: skip
    panel = LossesPanel(viewpoint, appearance, store)
    qtbot.addWidget(panel)
    _look(viewpoint, vae_run, losses=(Loss("vae/b", "compiled", 2.0, 1.0, reduction=HOW),))
    qtbot.waitUntil(lambda: bool(sent))
    store.take(_answer(sent[-1], np.array([0.25, 1.5, 0.25])))

    panel.page.samples.table.horizontalHeader().sectionClicked.emit(0)

    assert [row.sample for row in panel.page.samples.model.rows] == [0, 1, 2]


def test_samples_add_up_to_what_a_weighted_term_adds(
    viewpoint: Viewpoint, appearance: Appearance, store: TensorStore, sent: list[Command],
    vae_run: Run, qtbot: QtBot,
) -> None:  # fmt: skip
    panel = LossesPanel(viewpoint, appearance, store)
    qtbot.addWidget(panel)
    _look(viewpoint, vae_run, losses=(Loss("vae/b", "compiled", 2.0, 0.25, reduction=HOW),))
    qtbot.waitUntil(lambda: bool(sent))
    store.take(_answer(sent[-1], np.array([0.25, 1.5, 0.25])))

    assert [row.adds for row in panel.page.samples.model.rows] == [0.375, 0.0625, 0.0625]


def test_what_a_mask_does_is_said_in_short_with_the_sentence_in_the_tool_tip(
    viewpoint: Viewpoint, appearance: Appearance, store: TensorStore, vae_run: Run, qtbot: QtBot
) -> None:
    panel = LossesPanel(viewpoint, appearance, store)
    qtbot.addWidget(panel)
    masked = replace(HOW, masked=1)
    _look(viewpoint, vae_run, losses=(Loss("vae/b", "compiled", 2.0, 1.0, reduction=masked),))
    qtbot.waitUntil(lambda: bool(panel.page.text.text()))

    assert "1 masked" in panel.page.text.text()
    assert "The mask leaves out 1 of 3 values" not in panel.page.text.text()
    assert "The mask leaves out 1 of 3 values" in panel.page.text.toolTip()


def test_click_on_a_sample_asks_for_its_input(
    viewpoint: Viewpoint, appearance: Appearance, store: TensorStore, sent: list[Command],
    vae_run: Run, qtbot: QtBot,
) -> None:  # fmt: skip
    panel = LossesPanel(viewpoint, appearance, store)
    qtbot.addWidget(panel)
    run = _look(viewpoint, vae_run, losses=(Loss("vae/b", "compiled", 2.0, 1.0, reduction=HOW),))
    qtbot.waitUntil(lambda: bool(sent))
    store.take(_answer(sent[-1], np.array([0.25, 1.5, 0.25])))

    with qtbot.waitSignal(viewpoint.item_requested) as asked:
        panel.page.samples.table.clicked.emit(panel.page.samples.model.index(0, 0))

    assert asked.args == [1]
    assert viewpoint.selected == next(c.id for c in run.calls if c.parent is None)


def test_ledger_that_does_not_add_up_says_so(
    viewpoint: Viewpoint, appearance: Appearance, store: TensorStore, vae_run: Run, qtbot: QtBot
) -> None:
    panel = LossesPanel(viewpoint, appearance, store)
    qtbot.addWidget(panel)

    rows = (Loss("vae/a", "add_loss", 1.0, 1.0), Loss("vae", "unaccounted", 0.5, 1.0))
    _look(viewpoint, vae_run, losses=rows, total_loss=1.5)

    assert "not all of it is accounted for" in panel.heading.text()


def test_first_dropped_mask_is_marked_with_reason_and_fix(
    viewpoint: Viewpoint, appearance: Appearance, vae_run: Run, qtbot: QtBot
) -> None:
    panel = MasksPanel(viewpoint, appearance)
    qtbot.addWidget(panel)
    born = MaskEvent("vae/e#0", None, "born", "vae.py", 3)
    lost = MaskEvent("vae/s#0", "add", "dropped", "vae.py", 5, "add is no layer", "Use Add().")

    _look(viewpoint, vae_run, masks=(Mask(4, (2, 3), "vae/e#0", (born, lost), masked=1),))

    text = panel.page.text.text()
    assert "Dropped" in text
    assert "Add is no layer." in text
    assert "Use Add()." in text
    assert panel.table.currentIndex().row() == 1


def test_page_of_masks_is_hidden_where_there_are_none(
    viewpoint: Viewpoint, appearance: Appearance, vae_run: Run, qtbot: QtBot
) -> None:
    panel = MasksPanel(viewpoint, appearance)
    qtbot.addWidget(panel)

    _look(viewpoint, vae_run, masks=())

    assert panel.page.isHidden()


def test_picture_asks_for_the_chosen_item_and_head(
    appearance: Appearance, store: TensorStore, sent: list[Command], qtbot: QtBot
) -> None:
    picture = AttentionPicture(appearance, store)
    qtbot.addWidget(picture)
    picture.show_mask(1, AttentionMask("a#0", 7, (2, 4, 3, 3), 2, 4, 3, ("causal",)))
    store.take(_answer(sent[-1], np.tri(3, dtype=bool)[None, None]))

    picture.head.slider.setValue(3)
    picture.item.slider.setValue(1)
    for _ in range(2):
        store.take(_answer(sent[-1], np.tri(3, dtype=bool)[None, None]))

    asked = sent[-1]
    assert isinstance(asked, ReadTensor)
    assert (asked.start, asked.stop) == ((1, 3, 0, 0), (2, 4, 3, 3))
    assert (picture.grid.values == np.tri(3, dtype=bool)).all()


def test_picture_of_a_mask_that_is_the_same_for_all_heads_says_so(
    appearance: Appearance, store: TensorStore, sent: list[Command], qtbot: QtBot
) -> None:
    picture = AttentionPicture(appearance, store)
    qtbot.addWidget(picture)

    picture.show_mask(1, AttentionMask("a#0", 7, (2, 1, 1, 3), 2, 4, 5, blocked=4))
    store.take(_answer(sent[-1], np.array([[[[True, True, False]]]])))

    assert "all the same" in picture.head.label.text()
    assert picture.grid.values.shape == (5, 3)
    assert "4 of 40 queries may attend to nothing" in picture.made_of.text()


def test_cell_under_the_mouse_is_named_with_its_polarity(
    appearance: Appearance, store: TensorStore, sent: list[Command], qtbot: QtBot
) -> None:
    picture = AttentionPicture(appearance, store)
    qtbot.addWidget(picture)
    picture.show_mask(1, AttentionMask("a#0", 7, (1, 1, 2, 2), 1, 1, 2))
    store.take(_answer(sent[-1], np.tri(2, dtype=bool)[None, None]))
    picture.grid.resize(300, 300)

    picture.grid.hovered.emit(*picture.grid.cell_at(QPointF(200, 60)))

    assert picture.readout.text() == "query 0 to key 1: False: may not attend"
    assert picture.grid.cell_at(QPointF(1, 1)) == (-1, -1)


def test_one_item_of_a_batch_is_sliced_from_the_first_axis() -> None:
    flat, image = item_slicing((8, 5), 3), item_slicing((8, 28, 28, 3), 9)

    assert (flat.indices, flat.rows, flat.columns) == ((3, 0), None, 1)
    assert image.indices[0] == 7


def test_several_totals_are_told_apart(
    qtbot: QtBot, viewpoint: Viewpoint, appearance: Appearance, store: TensorStore, vae_run: Run
) -> None:
    panel = LossesPanel(viewpoint, appearance, store)
    qtbot.addWidget(panel)
    rows = tuple(
        Loss("judge", "custom", value, 1.0, total=total)
        for value, total in ((0.5, 0), (0.25, 1), (0.75, 1))
    )
    totals = (LossTotal(0.5, "gen_loss"), LossTotal(1.0, "", "gan.py", 31))

    _look(viewpoint, vae_run, losses=rows, total_loss=None, totals=totals)

    parts = [panel.model.index(row, 1).data() for row in range(3)]
    shares = [panel.model.index(row, 4).data() for row in range(3)]
    assert parts == ["gen_loss", "line 31", "line 31"]
    assert shares == ["100.0%", "25.0%", "75.0%"]
    assert "gen_loss <b>0.5</b>" in panel.heading.text()
    assert "the rows add up to each" in panel.heading.text()
    assert not panel.table.isColumnHidden(1)

    _look(viewpoint, vae_run, losses=rows[:1], total_loss=0.5)
    assert panel.table.isColumnHidden(1)
