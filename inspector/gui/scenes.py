"""Where scenes come from: laid out here when small, so that nothing flickers."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from inspector.errors import LayoutError
from inspector.layout.scene import build_scene
from inspector.trace import Run


class SceneSource(QObject):
    """Answers a wish for a scene with `ready` or `failed`."""

    ready = Signal(object)
    failed = Signal(object)

    def want(self, run: Run, expanded: frozenset[str]) -> None:
        """Lay out a run."""
        try:
            scene = build_scene(run, expanded)
        except LayoutError as error:
            self.failed.emit(error)
            return
        self.ready.emit(scene)
