"""Item models under Qt's own tester, and what they say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from inspector.gui.panels.call_tree import CallTreeModel
from inspector.gui.widgets.table_model import ROW, Column, TableModel
from inspector.trace import Run
from inspector.trace.stepping import Steps

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def tree(qtbot: QtBot) -> CallTreeModel:
    return CallTreeModel()


def _texts(model: CallTreeModel, parent: QModelIndex) -> list[str]:
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def test_call_tree_survives_the_model_tester(
    tree: CallTreeModel, vae_run: Run, failing_run: Run
) -> None:
    tester = QAbstractItemModelTester(tree, FATAL)

    tree.show_steps(Steps(vae_run), 3)
    tree.move_cursor(Steps(vae_run), 9)
    tree.show_steps(Steps(failing_run), 1)

    assert tester.model() is tree


def test_call_tree_nests_calls_in_frames(tree: CallTreeModel, vae_run: Run) -> None:
    tree.show_steps(Steps(vae_run), 0)

    top = tree.index(0, 0)
    assert ["variational_auto_encoder"] == _texts(tree, QModelIndex())
    assert ["encoder", "decoder"] == _texts(tree, top)


def test_call_tree_counts_parameters_with_what_is_inside(tree: CallTreeModel, vae_run: Run) -> None:
    tree.show_steps(Steps(vae_run), 0)

    proj = tree.index_of("variational_auto_encoder/encoder/dense_proj#0")
    assert f"{784 * 64 + 64:,}" == proj.siblingAtColumn(3).data()


def test_call_tree_paints_the_failing_call_red(tree: CallTreeModel, failing_run: Run) -> None:
    steps = Steps(failing_run)
    tree.show_steps(steps, steps.end())

    colour = tree.index_of("classifier/head#0").data(Qt.ItemDataRole.ForegroundRole).color()

    assert tree.theme.failure == colour.name()


def test_call_tree_finds_a_call_by_id(tree: CallTreeModel, vae_run: Run) -> None:
    tree.show_steps(Steps(vae_run), 0)

    for call in vae_run.calls:
        assert call.id == tree.index_of(call.id).data(ROW)


def test_table_survives_the_model_tester(qtbot: QtBot) -> None:
    model = TableModel((Column("Name", str), Column("Size", lambda row: str(len(row)), True)))
    tester = QAbstractItemModelTester(model, FATAL)

    model.show_rows(["one", "three"])
    model.show_rows([])
    model.show_rows(["two"])

    assert tester.model() is model
    assert "3" == model.index(0, 1).data()
    assert "Size" == model.headerData(1, Qt.Orientation.Horizontal)


def test_call_tree_counts_all_parameters_of_a_model_at_the_top(
    tree: CallTreeModel, vae_run: Run
) -> None:
    tree.show_steps(Steps(vae_run), 0)
    root = tree.index(0, 3)
    ran = int(root.data().replace(",", ""))
    inner = tree.index(0, 3, tree.index(0, 0)).data()

    tree.parameters_of = lambda _: ran + 1000

    assert root.data() == f"{ran + 1000:,}"
    assert tree.index(0, 3, tree.index(0, 0)).data() == inner
    assert "1,000 of its parameters are in layers not called here" in root.data(
        Qt.ItemDataRole.ToolTipRole
    )
