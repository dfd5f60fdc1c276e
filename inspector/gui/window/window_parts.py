"""The parts of the main window and where they are docked."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.graph.find_bar import FindBar
from inspector.gui.graph.graph_panel import GraphPanel
from inspector.gui.graph.scenes import SceneSource
from inspector.gui.look.theme import Appearance
from inspector.gui.panels.breakpoints_panel import BreakpointsPanel
from inspector.gui.panels.calls_panel import CallsPanel
from inspector.gui.panels.detail_panels import OpsPanel, ReplacedPanel, WeightsPanel
from inspector.gui.panels.findings_panel import FindingsPanel
from inspector.gui.panels.losses_panel import LossesPanel
from inspector.gui.panels.masks_panel import MasksPanel
from inspector.gui.panels.output_panel import OutputPanel
from inspector.gui.panels.source_panel import SourcePanel
from inspector.gui.panels.timeline import Timeline
from inspector.gui.panels.watches_panel import WatchesPanel
from inspector.gui.state.tensor_store import TensorStore
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.values.origin_panel import OriginPanel
from inspector.gui.values.values_panel import ValuesPanel
from inspector.gui.window.banner import Banner, ProgressStrip
from inspector.gui.window.debugging import Debugging
from inspector.gui.window.start_page import StartPage
from inspector.gui.window.workbench import Workbench


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
    pause: Banner
    calls: CallsPanel
    source: SourcePanel
    values: ValuesPanel
    weights: WeightsPanel
    ops: OpsPanel
    losses: LossesPanel
    masks: MasksPanel
    replaced: ReplacedPanel
    output: OutputPanel
    findings: FindingsPanel
    breakpoints: BreakpointsPanel
    watches: WatchesPanel
    origin: OriginPanel
    pages: QStackedWidget
    workbench: Workbench
    docks: dict[str, QDockWidget]
    tabs: dict[str, QTabWidget]

    def bring_forward(self, title: str) -> None:
        """Show the tab of a panel."""
        tabs = self.tabs[title]
        tabs.setCurrentIndex(self._place(title))

    def count(self, title: str, number: int) -> None:
        """Write how many rows a panel has onto its tab."""
        text = f"{title} ({number})" if number else title
        self.tabs[title].setTabText(self._place(title), text)

    def _place(self, title: str) -> int:
        tabs = self.tabs[title]
        names = [tabs.tabText(place).partition(" ")[0] for place in range(tabs.count())]
        return names.index(title)


def make_parts(
    window: QMainWindow,
    viewpoint: Viewpoint,
    appearance: Appearance,
    store: TensorStore,
    scenes: SceneSource,
    debugging: Debugging,
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
        pause=Banner(appearance, "pause"),
        calls=CallsPanel(viewpoint, appearance),
        source=SourcePanel(viewpoint, appearance, debugging.breakpoints),
        values=ValuesPanel(viewpoint, appearance, store),
        weights=WeightsPanel(viewpoint, appearance),
        ops=OpsPanel(viewpoint, appearance),
        losses=LossesPanel(viewpoint, appearance, store),
        masks=MasksPanel(viewpoint, appearance),
        replaced=ReplacedPanel(viewpoint, appearance),
        output=OutputPanel(appearance),
        findings=FindingsPanel(viewpoint, appearance),
        breakpoints=BreakpointsPanel(viewpoint, appearance, debugging.breakpoints, debugging.hits),
        watches=WatchesPanel(viewpoint, appearance, debugging.watches),
        origin=OriginPanel(viewpoint, appearance, store.send, store.can_read),
        pages=QStackedWidget(),
        workbench=Workbench(),
        docks={},
        tabs={},
    )
    parts.workbench.setCentralWidget(_middle(parts))
    _dock(parts.workbench, parts)
    parts.pages.addWidget(parts.start)
    parts.pages.addWidget(parts.workbench)
    window.setCentralWidget(parts.pages)
    # Docks take their sizes only once they have been laid out.
    parts.workbench.first_shown.connect(
        lambda: _place_docks(parts), Qt.ConnectionType.QueuedConnection
    )
    return parts


def _middle(parts: Parts) -> QWidget:
    debugger = QWidget()
    column = QVBoxLayout(debugger)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in (parts.progress, parts.pause, parts.problem, parts.failure, parts.find):
        column.addWidget(part)
    column.addWidget(parts.graph, 1)
    column.addWidget(parts.timeline)
    return debugger


def _dock(window: QMainWindow, parts: Parts) -> None:
    left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    bottom = Qt.DockWidgetArea.BottomDockWidgetArea
    window.setCorner(Qt.Corner.BottomLeftCorner, left)
    window.setCorner(Qt.Corner.BottomRightCorner, right)
    parts.docks["Calls"] = _dock_of(window, "Calls", parts.calls)
    window.addDockWidget(left, parts.docks["Calls"])
    _dock_as_tabs(
        window,
        parts,
        left,
        {"Source": parts.source, "Output": parts.output, "Replaced": parts.replaced},
    )
    _dock_as_tabs(
        window,
        parts,
        right,
        {"Values": parts.values, "Weights": parts.weights, "Ops": parts.ops},
    )
    _dock_as_tabs(
        window,
        parts,
        bottom,
        {
            "Losses": parts.losses,
            "Masks": parts.masks,
            "Findings": parts.findings,
            "Breakpoints": parts.breakpoints,
            "Watches": parts.watches,
            "Origin": parts.origin,
        },
    )


def _dock_side_by_side(
    window: QMainWindow, parts: Parts, area: Qt.DockWidgetArea, panels: dict[str, QWidget]
) -> None:
    for title, panel in panels.items():
        parts.docks[title] = _dock_of(window, title, panel)
        window.addDockWidget(area, parts.docks[title])


def _dock_as_tabs(
    window: QMainWindow, parts: Parts, area: Qt.DockWidgetArea, panels: dict[str, QWidget]
) -> None:
    # Tabbed docks would leave stray tab bars over the other docks (Qt 6.11, seen off-screen and
    # under X): a dock with tabs in it does not.
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    for title, panel in panels.items():
        tabs.addTab(panel, title)
        parts.tabs[title] = tabs
    title = " and ".join([", ".join(list(panels)[:-1]), list(panels)[-1]])
    dock = parts.docks[title] = _dock_of(window, title, tabs)
    dock.setTitleBarWidget(QWidget())
    window.addDockWidget(area, dock)


def _place_docks(parts: Parts) -> None:
    if not parts.workbench.put_back():
        size_docks(parts)


def size_docks(parts: Parts) -> None:
    """Give the graph the room that it needs, and the panels theirs."""
    window = parts.workbench
    calls, source, values, losses = parts.docks.values()
    width = window.width()
    sides = [min(int(width * 0.33), 480), min(max(int(width * 0.25), 310), 440)]
    window.resizeDocks([calls, values], sides, Qt.Orientation.Horizontal)
    window.resizeDocks([calls, source], [400, 360], Qt.Orientation.Vertical)
    window.resizeDocks([losses], [min(225, window.height() // 3)], Qt.Orientation.Vertical)


def _dock_of(window: QMainWindow, title: str, panel: QWidget) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(f"dock_{title.lower()}")
    dock.setFeatures(
        QDockWidget.DockWidgetFeature.DockWidgetMovable
        | QDockWidget.DockWidgetFeature.DockWidgetClosable
    )
    dock.setWidget(panel)
    return dock
