"""The middle of the window: the graph of the run in view, kept in step with the viewpoint."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from inspector.errors import LayoutError
from inspector.gui.graph.canvas_marks import marks, spans
from inspector.gui.graph.drawing import Drawing, drawing_of
from inspector.gui.graph.graph_view import GraphView
from inspector.gui.graph.legend import Legend
from inspector.gui.graph.minimap import GAP, Minimap
from inspector.gui.graph.scenes import SceneSource
from inspector.gui.look.theme import Appearance
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.table_panel import empty_label
from inspector.layout.opened import default_expanded, expandable
from inspector.layout.outline import outline
from inspector.layout.scene import Scene
from inspector.trace import Run


class GraphPanel(QWidget):
    """Owns which calls are expanded; a scene that is no longer wanted is dropped."""

    scene_changed = Signal()

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance, scenes: SceneSource) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._appearance = appearance
        self._scenes = scenes
        self.scene: Scene | None = None
        self._expanded: dict[int, frozenset[str]] = {}
        self._shown_run: Run | None = None
        self._boxes: dict[str, str] = {}
        self._boxes_of: Run | None = None
        self._hold: tuple[str, QPoint] | None = None
        self._needs_fit = True
        self._fits_whole = False
        self._is_waiting = False
        self._stops: frozenset[str] = frozenset()
        self._spans = spans(Drawing(), viewpoint.steps)
        self._spans_of = viewpoint.steps
        self.view = GraphView(appearance.theme)
        self.legend = Legend(appearance, self.view)
        self.minimap = Minimap(self.view)
        self.hint = empty_label("")
        self.hint.setParent(self.view)
        self.note = QLabel(self.view)
        self.note.setObjectName("note")
        self.note.setContentsMargins(10, 6, 10, 6)
        self.note.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._connect()

    def _connect(self) -> None:
        self._viewpoint.run_changed.connect(self._show_run)
        self._viewpoint.cursor_moved.connect(self._mark)
        self._viewpoint.selection_changed.connect(self._follow_selection)
        self._appearance.changed.connect(self._recolour)
        self._scenes.ready.connect(self._take_scene)
        self._scenes.started.connect(self._say_waiting)
        self._scenes.failed.connect(self._say_problem)
        self.note.linkActivated.connect(self._cancel)
        self.view.call_clicked.connect(self._clicked)
        self.view.call_opened.connect(self._viewpoint.go_to_call)
        self.view.group_toggled.connect(self.toggle)
        self.view.view_changed.connect(self._place_overlays)

    @property
    def is_waiting(self) -> bool:
        """Whether a scene was asked for that has not come yet."""
        return self._is_waiting

    @property
    def expanded(self) -> frozenset[str]:
        """The calls whose inside is shown."""
        run = self._viewpoint.run
        if run.number not in self._expanded:
            self._expanded[run.number] = default_expanded(run)
        return self._expanded[run.number]

    def toggle(self, call_id: str) -> None:
        """Show what is inside a call, or hide it; the call stays where it is on the screen."""
        corner = self.view.mapFromScene(self.view.rect_of(call_id).topLeft())
        self._hold = (call_id, corner)
        self._expand_exactly(self.expanded ^ {call_id})

    def expand_all(self) -> None:
        """Show what is inside every call."""
        self._needs_fit = True
        self._expand_exactly(expandable(self._viewpoint.run))

    def collapse_all(self) -> None:
        """Show the outermost calls only."""
        self._needs_fit = True
        self._expand_exactly(frozenset())

    def lay_out_anew(self) -> None:
        """Lay the same calls out again, to be seen as a whole: the options have changed."""
        self._needs_fit = self._fits_whole = True
        self._ask()

    def reveal(self, call_id: str) -> None:
        """Expand what a call is in, chunks of large groups too, so that it has its own box."""
        around = self._around()
        frames: set[str] = set()
        above = around.get(call_id)
        while above is not None:
            frames.add(above)
            above = around.get(above)
        if not frames <= self.expanded:
            self._expand_exactly(self.expanded | frames)

    def _around(self) -> dict[str, str]:
        """The box around each box of the run in view, when all are expanded."""
        run = self._viewpoint.run
        if self._boxes_of is not run:
            vertices = outline(run).vertices
            self._boxes = {v.id: vertices[v.parent].id for v in vertices if v.parent >= 0}
            self._boxes_of = run
        return self._boxes

    def say_empty(self, text: str) -> None:
        """Say what the empty graph waits for."""
        self.hint.setText(text)
        self._place_overlays()

    def show_call(self, call_id: str) -> None:
        """Select a call, expand what it is in, and bring it into view."""
        self.reveal(call_id)
        self._viewpoint.select(call_id)
        self.view.bring_into_view(call_id)

    def forget(self) -> None:
        """Forget what was expanded: another file."""
        self._expanded.clear()
        self._shown_run = None
        self._needs_fit = True

    def mark_found(self, call_ids: frozenset[str]) -> None:
        """Ring the calls that a search found."""
        home = self.view.canvas.drawing.home
        self.view.canvas.found = frozenset(home[c] for c in call_ids if c in home)
        self.view.viewport().update()

    def mark_stops(self, call_ids: frozenset[str]) -> None:
        """Put a dot on the calls at which a breakpoint stops."""
        self._stops = call_ids
        home = self.view.canvas.drawing.home
        self.view.canvas.stops = frozenset(home[c] for c in call_ids if c in home)
        self.view.viewport().update()

    def _expand_exactly(self, expanded: frozenset[str]) -> None:
        self._expanded[self._viewpoint.run.number] = frozenset(expanded)
        self._ask()

    def _show_run(self) -> None:
        run = self._viewpoint.run
        if self._shown_run is None or self._shown_run.number != run.number:
            self._needs_fit = True
        if self._shown_run is not None and len(run.calls) != len(self._shown_run.calls):
            # A run that still grows is opened anew, unless the user has touched it.
            self._expanded.pop(run.number, None)
        self._shown_run = run
        self._ask()

    def _ask(self) -> None:
        run = self._viewpoint.run
        if not run.calls:
            self.scene = None
            self._show(Drawing())
            return
        self._is_waiting = True
        self._scenes.want(run, self.expanded)

    def _take_scene(self, scene: Scene) -> None:
        self._is_waiting = False
        self.scene = scene
        self._show(drawing_of(scene, self._viewpoint.run))
        self.scene_changed.emit()

    def _show(self, drawing: Drawing) -> None:
        self.note.hide()
        self.view.show_drawing(drawing)
        self._spans_of = self._viewpoint.steps
        self._spans = spans(drawing, self._spans_of)
        self._mark()
        self._select()
        self.mark_stops(self._stops)
        self.legend.show_categories(drawing.categories)
        self.minimap.forget_picture()
        if self._needs_fit:
            fit = self.view.fit if self._fits_whole else self.view.fit_readably
            self._needs_fit = self._fits_whole = False
            fit()
        elif self._hold is not None:
            self.view.hold_in_place(*self._hold)
        self._hold = None
        self._place_overlays()

    def _mark(self) -> None:
        canvas = self.view.canvas
        if len(canvas.drawing.ids):
            steps = self._viewpoint.steps
            if steps is not self._spans_of:
                self._spans, self._spans_of = spans(canvas.drawing, steps), steps
            canvas.marks = marks(canvas.drawing, steps, self._viewpoint.position, self._spans)
        self.view.viewport().update()
        self.minimap.update()

    def _follow_selection(self) -> None:
        self._select()
        if self._viewpoint.selected is not None and not self._needs_fit:
            self.view.bring_into_view(self._viewpoint.selected)

    def _select(self) -> None:
        selected = self._viewpoint.selected
        home = self.view.canvas.drawing.home
        self.view.canvas.select(home.get(selected, -1) if selected else -1)
        self.view.viewport().update()

    def _clicked(self, box: str) -> None:
        self._viewpoint.select(box or None)

    def _say_problem(self, error: LayoutError) -> None:
        self._is_waiting = False
        self._say(str(error))

    def _say_waiting(self) -> None:
        colour = self._appearance.theme.accent
        self._say(f"Laying out…&nbsp; <a style='color:{colour}' href='cancel'>Cancel</a>")

    def _cancel(self) -> None:
        self._scenes.cancel()
        self._is_waiting = False
        self._say("Not laid out. Collapse some calls and try again.")

    def _say(self, text: str) -> None:
        self.note.setText(text)
        self.note.adjustSize()
        self.note.show()
        self._place_overlays()

    def _recolour(self) -> None:
        self.view.set_theme(self._appearance.theme)
        self.minimap.forget_picture()

    def _place_overlays(self) -> None:
        self.minimap.follow()
        size = self.view.viewport().size()
        corner = self._legend_corner()
        self.legend.setVisible(corner is not None and bool(self.legend.categories))
        if corner is not None:
            self.legend.move(corner)
            if self._is_under_map(corner):
                self.minimap.hide()
        self.note.move((size.width() - self.note.width()) // 2, GAP)
        self.hint.setVisible(not len(self.view.canvas.drawing.ids))
        self.hint.setGeometry(self.view.viewport().rect())

    def _legend_corner(self) -> QPoint | None:
        """The first corner in which the legend hides no box; the boxes matter more than it."""
        size, legend = self.view.viewport().size(), self.legend.size()
        right = size.width() - legend.width() - GAP
        bottom = size.height() - legend.height() - GAP
        corners = [
            QPoint(GAP, bottom),
            QPoint(GAP, GAP),
            QPoint(right, GAP),
        ]
        # Where the map is comes last: it makes way then.
        for corner in sorted(corners, key=self._is_under_map):
            area = self.view.mapToScene(QRect(corner, legend)).boundingRect()
            if not self.view.canvas.boxes_within(area):
                return corner
        return None

    def _is_under_map(self, corner: QPoint) -> bool:
        map_ = self.minimap
        has_map = map_.isVisibleTo(self.view) and bool(self.legend.categories)
        return has_map and map_.geometry().intersects(QRect(corner, self.legend.size()))
