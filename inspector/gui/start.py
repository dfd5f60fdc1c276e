"""Starting the window: one function for the command line."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from inspector.app import Settings, new_client
from inspector.gui.look.theme import Appearance
from inspector.gui.state.recent import Store, kept_theme, user_store
from inspector.gui.state.session_bridge import SessionFactory
from inspector.gui.window.main_window import MainWindow
from inspector.plugin_host import PluginHost


def application() -> QApplication:
    """The one QApplication of this process."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication(["inspector"])
    app.setApplicationName("Inspector")
    app.setDesktopFileName("inspector")
    return app


def make_window(
    settings: Settings,
    *,
    store: Store,
    sessions: SessionFactory = new_client,
    plugins: PluginHost | None = None,
) -> MainWindow:
    """A window that is not shown yet; without `plugins` it uses none."""
    application()
    return MainWindow(
        Appearance(settings.theme), sessions, store, settings, plugins or PluginHost()
    )


def run_window(file: Path | None, settings: Settings | None = None) -> int:
    """Show the window, on a file if one is given, until the user leaves; gives the exit code."""
    app = application()
    store = user_store()
    settings = settings or Settings()
    if settings.theme == "system":
        settings = replace(settings, theme=kept_theme(store))
    window = make_window(settings, store=store)
    # A first window must fit a small laptop's screen too.
    room = window.screen().availableSize()
    window.resize(window.size().boundedTo(room))
    window.show()
    # After the first paint: an empty window at once beats a full one later.
    QTimer.singleShot(0, lambda: _begin(window, file, settings))
    # Python sees Ctrl+C only while it runs code of its own.
    signal.signal(signal.SIGINT, lambda *_: window.close())
    heartbeat = QTimer()
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start(200)
    return app.exec()


def _begin(window: MainWindow, file: Path | None, settings: Settings) -> None:
    if file is not None:
        window.open_path(
            file, weights=settings.weights, allow_code=settings.allow_code, real=settings.real
        )
    window.plugins.discover()


if __name__ == "__main__":
    sys.exit(run_window(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
