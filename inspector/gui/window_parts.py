"""The parts of the main window and where they are docked."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from inspector.gui.banner import Banner, ProgressStrip
from inspector.gui.calls_panel import CallsPanel
from inspector.gui.detail_panels import (
    LossesPanel,
    MasksPanel,
    OpsPanel,
    ReplacedPanel,
    WeightsPanel,
)
from inspector.gui.find_bar import FindBar
from inspector.gui.graph_panel import GraphPanel
from inspector.gui.output_panel import OutputPanel
from inspector.gui.scenes import SceneSource
from inspector.gui.source_panel import SourcePanel
from inspector.gui.start_page import StartPage
from inspector.gui.tensor_store import TensorStore
from inspector.gui.theme import Appearance
from inspector.gui.timeline import Timeline
from inspector.gui.values_panel import ValuesPanel
from inspector.gui.viewpoint import Viewpoint


@dataclass(slots=True)
class Parts:
    """Every panel of the window, by name."""

    start: StartPage
    graph: GraphPanel
    timeline: Timeline
    find: FindBar
    failure: Banner
    problem: Banner
    progress: ProgressStrip
    calls: CallsPanel
    source: SourcePanel
    values: ValuesPanel
    weights: WeightsPanel
    ops: OpsPanel
    losses: LossesPanel
    masks: MasksPanel
    replaced: ReplacedPanel
    output: OutputPanel
    pages: QStackedWidget
    docks: dict[str, QDockWidget]


def make_parts(
    window: QMainWindow,
    viewpoint: Viewpoint,
    appearance: Appearance,
    store: TensorStore,
    scenes: SceneSource,
) -> Parts:
    """Make all panels and put them into the window."""
    parts = Parts(
        start=StartPage(appearance),
        graph=GraphPanel(viewpoint, appearance, scenes),
        timeline=Timeline(viewpoint, appearance),
        find=FindBar(viewpoint),
        failure=Banner(appearance, "failure"),
        problem=Banner(appearance, "warning"),
        progress=ProgressStrip(),
        calls=CallsPanel(viewpoint, appearance),
        source=SourcePanel(viewpoint, appearance),
        values=ValuesPanel(viewpoint, appearance, store),
        weights=WeightsPanel(viewpoint, appearance),
        ops=OpsPanel(viewpoint, appearance),
        losses=LossesPanel(viewpoint, appearance),
        masks=MasksPanel(viewpoint, appearance),
        replaced=ReplacedPanel(viewpoint, appearance),
        output=OutputPanel(appearance),
        pages=QStackedWidget(),
        docks={},
    )
    window.setCentralWidget(_middle(parts))
    _dock(window, parts)
    return parts


def _middle(parts: Parts) -> QWidget:
    debugger = QWidget()
    column = QVBoxLayout(debugger)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in (parts.progress, parts.problem, parts.failure, parts.find):
        column.addWidget(part)
    column.addWidget(parts.graph, 1)
    column.addWidget(parts.timeline)
    parts.pages.addWidget(parts.start)
    parts.pages.addWidget(debugger)
    return parts.pages


def _dock(window: QMainWindow, parts: Parts) -> None:
    window.setDockNestingEnabled(True)
    window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    bottom = Qt.DockWidgetArea.BottomDockWidgetArea
    window.setCorner(Qt.Corner.BottomLeftCorner, left)
    window.setCorner(Qt.Corner.BottomRightCorner, right)
    places = (
        ("Calls", parts.calls, left),
        ("Source", parts.source, left),
        ("Values", parts.values, right),
        ("Weights", parts.weights, right),
        ("Ops", parts.ops, right),
        ("Losses", parts.losses, bottom),
        ("Masks", parts.masks, bottom),
        ("Replaced", parts.replaced, bottom),
        ("Output", parts.output, bottom),
    )
    for title, panel, area in places:
        parts.docks[title] = _dock_of(window, title, panel, area)
    docks = parts.docks
    window.splitDockWidget(docks["Calls"], docks["Source"], Qt.Orientation.Vertical)
    for first, other in (("Values", "Weights"), ("Weights", "Ops"), ("Losses", "Masks"), ("Masks", "Replaced"), ("Replaced", "Output")):
        window.tabifyDockWidget(docks[first], docks[other])
    docks["Values"].raise_()
    docks["Losses"].raise_()
    size_docks(window, parts)


def size_docks(window: QMainWindow, parts: Parts) -> None:
    """Give the graph the room that it needs, and the panels theirs."""
    docks = parts.docks
    window.resizeDocks([docks["Calls"], docks["Values"]], [360, 380], Qt.Orientation.Horizontal)
    window.resizeDocks([docks["Calls"], docks["Source"]], [380, 360], Qt.Orientation.Vertical)
    window.resizeDocks([docks["Losses"]], [170], Qt.Orientation.Vertical)


def _dock_of(
    window: QMainWindow, title: str, panel: QWidget, area: Qt.DockWidgetArea
) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(f"dock_{title.lower()}")
    dock.setFeatures(
        QDockWidget.DockWidgetFeature.DockWidgetMovable
        | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        | QDockWidget.DockWidgetFeature.DockWidgetClosable
    )
    dock.setWidget(panel)
    window.addDockWidget(area, dock)
    return dock
