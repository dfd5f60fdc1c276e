"""Where scenes come from: laid out here when small, in the layout process when large.

A small graph takes a few milliseconds and must not flicker; a large one would freeze the window,
because the layout library holds the interpreter's lock for its whole call.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from inspector.errors import LayoutError
from inspector.layout.outline import Outline, outline
from inspector.layout.process import LayoutAnswer, LayoutClient
from inspector.layout.scene import LayoutOptions, new_arranger, scene_of_outline
from inspector.trace import Run

MOST_CALLS_HERE = 400


class SceneSource(QObject):
    """Answers a wish for a scene with `ready` or `failed`; a newer wish replaces an older one."""

    started = Signal()
    ready = Signal(object)
    failed = Signal(object)
    _crossing = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._arranger = new_arranger()
        self._outlined: tuple[Run, Outline] | None = None
        self._client: LayoutClient | None = None
        self._number = -1
        self.options = LayoutOptions()
        # Emitted on the client's thread, delivered on ours.
        self._crossing.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def want(self, run: Run, expanded: frozenset[str]) -> None:
        """Lay out a run."""
        if len(run.calls) > MOST_CALLS_HERE:
            self._want_elsewhere(run, expanded)
            return
        self._number = -1
        if self._outlined is None or self._outlined[0] is not run:
            self._outlined = (run, outline(run))
        try:
            lines = self._outlined[1]
            scene = scene_of_outline(lines, expanded, self.options, self._arranger)
        except LayoutError as error:
            self.failed.emit(error)
            return
        self.ready.emit(scene)

    def cancel(self) -> None:
        """Stop a layout that takes too long."""
        self._number = -1
        if self._client is not None:
            self._client.cancel()

    def close(self) -> None:
        """End the layout process."""
        self._number = -1
        if self._client is not None:
            self._client.close()

    def _want_elsewhere(self, run: Run, expanded: frozenset[str]) -> None:
        if self._client is None:
            self._client = LayoutClient(self._crossing.emit)
        self.started.emit()
        self._number = self._client.request(run, expanded, self.options)

    def _take(self, answer: LayoutAnswer) -> None:
        if answer.number != self._number:
            return
        if answer.error is not None:
            self.failed.emit(answer.error)
        else:
            self.ready.emit(answer.scene)
