"""Two pages of text: the keys, and what this is."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from inspector import __version__
from inspector.gui.look.theme import Theme
from inspector.gui.window.actions import ACTIONS, MENUS
from inspector.plugin_host import PluginHost

_MOUSE = (
    ("Drag, wheel", "Pan the graph"),
    ("Ctrl + wheel", "Zoom"),
    ("Click", "Select a call"),
    ("Double-click", "Expand or collapse a call; move the cursor to a call with none inside"),
)


def shortcuts_text(theme: Theme) -> str:
    """Every key as a table, by menu."""
    parts = []
    for menu in MENUS:
        rows = [(row.keys, row.title) for row in ACTIONS if row.menu == menu and row.keys]
        parts.append(_section(menu, [(_keys(keys), title) for keys, title in rows], theme))
    parts.append(_section("Mouse", list(_MOUSE), theme))
    return "".join(parts)


def about_text(plugins: PluginHost) -> str:
    """Version, licences, plugins in use and plugins that could not be used."""
    used = ", ".join(plugins.names) or "none"
    broken = "".join(
        f"<li>{escape(failure.plugin)}: {escape(failure.error)}</li>"
        for failure in plugins.failures
    )
    return (
        f"<h2>Inspector</h2><p>Version {__version__}</p>"
        "<p>A debugger for Keras models. Your file runs in a process of its own; "
        "nothing is sent over the network.</p>"
        "<p>Qt for Python is used under the LGPL; pyqtgraph, pygments and networkx under "
        "their own free licences.</p>"
        f"<p>Plugins in use: {escape(used)}.</p>"
        + (f"<p>Plugins that could not be used:</p><ul>{broken}</ul>" if broken else "")
    )


def show_text(parent: QWidget, title: str, html: str) -> QDialog:
    """Show a page of text in a dialog that does not block the window."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.resize(560, 620)
    page = QTextBrowser()
    page.setHtml(html)
    page.setAccessibleName(title)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(page)
    layout.addWidget(buttons)
    dialog.show()
    return dialog


def _section(title: str, rows: list[tuple[str, str]], theme: Theme) -> str:
    lines = "".join(
        f"<tr><td width='170' style='padding:3px; color:{theme.accent}'>{escape(keys)}</td>"
        f"<td style='padding:3px'>{escape(_plain(text))}</td></tr>"
        for keys, text in rows
    )
    return f"<h3>{escape(_plain(title))}</h3><table>{lines}</table>"


def _keys(keys: tuple[str, ...]) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return ",  ".join(QKeySequence(key).toString(native) for key in keys)


def _plain(title: str) -> str:
    return title.replace("&", "").rstrip("…")
