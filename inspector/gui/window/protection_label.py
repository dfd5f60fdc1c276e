"""The word in the status bar on what kept the file from this machine while it ran."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from inspector.gui.look.theme import Appearance
from inspector.gui.window.safety_dialogs import protection_html
from inspector.trace import Protection


class ProtectionLabel(QLabel):
    """Says "Protected", or "Unprotected" with what is open; the tool tip has every line."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("protection")
        self._appearance = appearance
        self._protection: Protection | None = None
        appearance.changed.connect(lambda: self.show_protection(self._protection))

    def show_protection(self, protection: Protection | None) -> None:
        """Show what is in force; nothing while that is not known."""
        self._protection = protection
        theme = self._appearance.theme
        if protection is None:
            self.setText("")
            self.setToolTip("")
            return
        self.setText(protection_words(protection))
        colour = theme.muted if protection.is_whole else theme.failure
        self.setStyleSheet(f"QLabel#protection {{ color: {colour}; }}")
        self.setToolTip(str(protection) if protection.mode == "real" else (
            f"<p>While the file runs:</p>{protection_html(protection, theme)}"
        ))  # fmt: skip


def protection_words(protection: Protection) -> str:
    """The same in a few words."""
    if protection.mode == "real":
        return "Unprotected: run for real"
    if protection.is_whole:
        return "Protected"
    return f"Unprotected: {', '.join(line.partition(' (')[0] for line in protection.missing)}"
