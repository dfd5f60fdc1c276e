"""Pulling values: the store, slices, colours, what is said when there are none."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inspector.gui.look.theme import Appearance
from inspector.gui.state.tensor_store import TensorStore, Wanted
from inspector.gui.values.colouring import (
    INFINITE,
    NOT_A_NUMBER,
    coloured,
    diverging,
    own_range,
    symmetric_range,
)
from inspector.gui.values.slicing import first_slicing
from inspector.gui.values.tensor_view import TensorView
from inspector.gui.values.values_panel import missing_reason, value_rows
from inspector.session.protocol import Command, ReadTensor, TensorRead
from inspector.trace import Run


@pytest.fixture
def sent() -> list[Command]:
    return []


@pytest.fixture
def store(qtbot: QtBot, sent: list[Command]) -> TensorStore:
    return TensorStore(sent.append, lambda: True)


def _answer(request: int, tensor: int) -> TensorRead:
    data = np.arange(4, dtype="<f4").tobytes()
    return TensorRead(request, 1, tensor, (4,), "float32", (4,), data=data)


def test_store_asks_once_and_remembers(store: TensorStore, sent: list[Command]) -> None:
    wanted = Wanted(1, 7)

    assert store.want(wanted) is None
    store.take(_answer(1, 7))

    assert [ReadTensor(1, 1, 7)] == sent
    assert store.want(wanted) == _answer(1, 7)


def test_store_skips_wishes_that_were_overtaken(store: TensorStore, sent: list[Command]) -> None:
    for tensor in (1, 2, 3, 4):
        store.want(Wanted(1, tensor))

    store.take(_answer(1, 1))

    assert [1, 4] == [command.tensor for command in sent if isinstance(command, ReadTensor)]


def test_store_ignores_answers_from_before_it_forgot(store: TensorStore, qtbot: QtBot) -> None:
    store.want(Wanted(1, 7))
    store.forget()

    with qtbot.assertNotEmitted(store.arrived):
        store.take(_answer(1, 7))


@pytest.mark.parametrize(
    ("shape", "stop"),
    [
        ((), ()),
        ((5,), (5,)),
        ((3, 4), (3, 4)),
        ((2, 3, 4), (1, 3, 4)),
        ((8, 28, 28, 3), (1, 28, 28, 1)),
    ],
)
def test_first_slicing_asks_for_one_matrix(shape: tuple[int, ...], stop: tuple[int, ...]) -> None:
    slicing = first_slicing(shape)

    assert ((0,) * len(shape), stop) == slicing.bounds


def test_slicing_moves_along_an_axis_that_is_not_spread() -> None:
    slicing = first_slicing((4, 3, 5)).at(0, 2)

    assert ((2, 0, 0), (3, 3, 5)) == slicing.bounds


def test_slicing_cuts_long_axes_and_says_so() -> None:
    slicing = first_slicing((1000, 10))

    assert (256, 10) == slicing.bounds[1]
    assert slicing.is_cut


def test_slicing_turns_a_window_into_rows_and_columns() -> None:
    slicing = first_slicing((2, 3, 4)).spread(0, 1)
    values = np.arange(24).reshape(2, 3, 4)[:, :, :1]

    assert values[:, :, 0].tolist() == slicing.matrix(values).tolist()


def test_slicing_shows_a_scalar_as_one_cell() -> None:
    assert [[3.0]] == first_slicing(()).matrix(np.float32(3.0)).tolist()


def test_colours_are_symmetric_around_zero() -> None:
    table = diverging(is_dark=False)
    red, blue = coloured(np.array([[1.0, -1.0]]), (-1.0, 1.0), table)[0]

    assert red[0] > red[2]
    assert blue[2] > blue[0]


def test_colours_of_nan_and_infinity_stand_out() -> None:
    picture = coloured(np.array([[np.nan, np.inf, 0.0]]), (-1.0, 1.0), diverging(is_dark=True))

    assert [list(NOT_A_NUMBER), list(INFINITE)] == picture[0, :2].tolist()


def test_ranges_ignore_what_is_not_finite() -> None:
    values = np.array([[np.nan, -3.0, np.inf, 1.0]])

    assert (-3.0, 3.0) == symmetric_range(values)
    assert (-3.0, 1.0) == own_range(values)


def test_ranges_of_equal_values_are_not_empty() -> None:
    assert (-1.0, 1.0) == symmetric_range(np.zeros((2, 2)))
    assert (-2.0, 2.0) == own_range(np.full((2, 2), 2.0))


def test_value_rows_list_inputs_outputs_then_weights(vae_run: Run) -> None:
    call = next(call for call in vae_run.calls if call.name == "dense_proj")

    rows = value_rows(call)

    assert ["input", "output", "weight", "weight"] == [row.role for row in rows]
    assert ["kernel", "bias"] == [row.name for row in rows[2:]]


def test_symbolic_builds_say_why_there_are_no_values(model_file: object, vae_run: Run) -> None:
    from dataclasses import replace

    build = replace(vae_run, kind="build")
    row = value_rows(build.calls[0])[0]

    assert "symbolic build" in missing_reason(build, row)
    assert "" == missing_reason(vae_run, row)


def test_strings_are_listed_and_leave_no_stale_histogram(
    qtbot: QtBot, store: TensorStore, sent: list[Command], appearance: Appearance
) -> None:
    view = TensorView(appearance, store, lambda: "cpu")
    qtbot.addWidget(view)
    view.show_tensor((1, 7), (2, 1), "input")

    store.take(TensorRead(1, 1, 7, (2, 1), "string", (2, 1), texts=("a bright film", "dull")))

    assert "[1, 0]  'dull'" in view.texts.toPlainText()
    assert view.texts.isVisibleTo(view)
    assert [ReadTensor(1, 1, 7, (0, 0), (2, 1))] == sent


def test_freed_values_say_so(qtbot: QtBot, store: TensorStore, appearance: Appearance) -> None:
    view = TensorView(appearance, store, lambda: "cpu")
    qtbot.addWidget(view)
    view.show_tensor((1, 7), (4,), "output")

    store.take(TensorRead(1, 1, 7, (4,), "float32", problem="freed to save memory"))

    assert "No values: freed to save memory" == view.reason


def test_late_values_are_announced_instead_of_the_old_ones(
    qtbot: QtBot, store: TensorStore, appearance: Appearance
) -> None:
    view = TensorView(appearance, store, lambda: "cpu")
    qtbot.addWidget(view)
    view.show_tensor((1, 7), (4,), "output")
    store.take(_answer(1, 7))
    assert "" == view.reason

    view.show_tensor((1, 8), (4,), "input")

    qtbot.waitUntil(lambda: "Reading values…" == view.reason)


def test_slicing_names_its_axes_where_they_are_known() -> None:
    slicing = first_slicing((2, 3, 4), ("batch", "", "units"))

    assert ["batch", "axis 1", "units", ""] == [slicing.name(axis) for axis in (0, 1, 2, None)]


def test_heatmap_numbers_cells_in_their_middles_and_nothing_beyond_them(qtbot: QtBot) -> None:
    # pyqtgraph takes a third of a second to import
    from inspector.gui.values.value_plots import IndexAxis

    axis = IndexAxis("bottom")
    axis.set_size(26)

    [(step, places)] = axis.tickValues(-40.0, 66.0, 300.0)
    few = axis.tickValues(0.0, 2.0, 300.0)

    assert axis.tickStrings(places, 1.0, step) == ["0", "10", "20"]
    assert few == [(1, [0.5, 1.5])]
    assert axis.tickStrings([0.5, 1.5], 1.0, 1) == ["0", "1"]
