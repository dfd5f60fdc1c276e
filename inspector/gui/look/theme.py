"""Colours and fonts, light and dark, and the one object that says which is in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from inspector.gui.look.stylesheet import style_sheet

ThemeChoice = Literal["system", "light", "dark"]
SANS = ["DejaVu Sans", "Noto Sans", "Segoe UI", "Helvetica Neue", "Arial"]
MONO = ["DejaVu Sans Mono", "Noto Sans Mono", "Consolas", "Menlo", "Courier New"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour that the window paints with, by meaning."""

    name: str
    window: str
    panel: str
    raised: str
    canvas: str
    dot: str
    text: str
    muted: str
    faint: str
    border: str
    accent: str
    accent_soft: str
    on_accent: str
    card: str
    card_pending: str
    frame: str
    frame_deep: str
    edge: str
    edge_in: str
    edge_out: str
    step: str
    step_soft: str
    failure: str
    failure_soft: str
    good: str
    warning: str
    warning_soft: str
    line_mark: str
    categories: tuple[tuple[str, str], ...]
    masks: tuple[str, ...]
    code: str

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"

    def category(self, name: str) -> QColor:
        """The colour of a category of layers, as `layout.category` names them."""
        return QColor(dict(self.categories).get(name, self.muted))

    def mask(self, number: int) -> QColor:
        """The colour of the strand of a run's n-th mask."""
        return QColor(self.masks[(number - 1) % len(self.masks)])


LIGHT = Theme(
    name="light",
    window="#f3f4f6",
    panel="#ffffff",
    raised="#f8f9fb",
    canvas="#fafbfc",
    dot="#e3e6eb",
    text="#1d2129",
    muted="#5c6470",
    faint="#a5acb6",
    border="#d5dae1",
    accent="#1f5fd6",
    accent_soft="#e3edfd",
    on_accent="#ffffff",
    card="#ffffff",
    card_pending="#f4f5f7",
    frame="#eff2f6",
    frame_deep="#e6eaf0",
    edge="#98a1ae",
    edge_in="#1f7a8c",
    edge_out="#b4530a",
    step="#d98a00",
    step_soft="#fff1d2",
    failure="#c9252d",
    failure_soft="#fdeceb",
    good="#1a7f45",
    warning="#8a5a00",
    warning_soft="#fff6df",
    line_mark="#fff1c9",
    categories=(
        ("dense", "#2f6fde"),
        ("conv", "#7a4fd0"),
        ("pooling", "#5d7fa8"),
        ("recurrent", "#0f8b8d"),
        ("attention", "#c0368e"),
        ("embedding", "#a0702a"),
        ("norm", "#2c8f4f"),
        ("dropout", "#7d8590"),
        ("activation", "#d9661f"),
        ("merge", "#1c9bc4"),
        ("reshape", "#6e7f56"),
        ("preprocessing", "#75608f"),
        ("input", "#4f5968"),
        ("loss", "#b3261e"),
        ("wrapper", "#4f7f86"),
        ("model", "#4a56a6"),
        ("custom", "#b8304f"),
        ("stub", "#6b7785"),
        ("placeholder", "#9a6700"),
    ),
    masks=("#0f9d8a", "#9353d3", "#c0368e", "#6a8f1f", "#2f7fe0"),
    code="friendly",
)

DARK = Theme(
    name="dark",
    window="#1c1f25",
    panel="#23272e",
    raised="#2a2f38",
    canvas="#1a1d22",
    dot="#2a2f37",
    text="#e4e8ee",
    muted="#a0a9b6",
    faint="#656d7a",
    border="#383e49",
    accent="#6ba4ff",
    accent_soft="#25395c",
    on_accent="#0d1522",
    card="#2b3039",
    card_pending="#22262d",
    frame="#20242b",
    frame_deep="#262b33",
    edge="#707a88",
    edge_in="#5cc8d8",
    edge_out="#f0a35e",
    step="#f2b13c",
    step_soft="#463716",
    failure="#ff7a72",
    failure_soft="#43232a",
    good="#5fd08a",
    warning="#f0c060",
    warning_soft="#3b321d",
    line_mark="#4a3c18",
    categories=(
        ("dense", "#6aa3ff"),
        ("conv", "#b08cff"),
        ("pooling", "#8fb0d8"),
        ("recurrent", "#46c6c2"),
        ("attention", "#f27cc5"),
        ("embedding", "#d8a862"),
        ("norm", "#6fd08d"),
        ("dropout", "#a3acb8"),
        ("activation", "#ff9a5c"),
        ("merge", "#5cc8f0"),
        ("reshape", "#adc08d"),
        ("preprocessing", "#b9a3d6"),
        ("input", "#b6c0cf"),
        ("loss", "#ff8a80"),
        ("wrapper", "#8fc4cc"),
        ("model", "#9aa6f5"),
        ("custom", "#ff8aa3"),
        ("stub", "#98a4b3"),
        ("placeholder", "#f0c04a"),
    ),
    masks=("#3fd6c0", "#c493ff", "#f27cc5", "#b8d86a", "#74b4ff"),
    code="monokai",
)


def sans(points: float = 9.5, *, bold: bool = False) -> QFont:
    """The font of the window's words."""
    font = QFont(SANS)
    font.setPointSizeF(points)
    font.setBold(bold)
    return font


def mono(points: float = 9.5) -> QFont:
    """The font of code, shapes and numbers."""
    font = QFont(MONO)
    font.setPointSizeF(points)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


class Appearance(QObject):
    """Which theme is in use; follows the system unless the user chose one."""

    changed = Signal()

    def __init__(self, choice: ThemeChoice = "system") -> None:
        super().__init__()
        self.choice: ThemeChoice = choice
        self.theme = LIGHT
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        self.choose(choice)

    def choose(self, choice: ThemeChoice) -> None:
        """Use "light", "dark", or what the system says."""
        self.choice = choice
        self.theme = self._resolve(choice)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, self.theme)
        self.changed.emit()

    def _system_changed(self) -> None:
        if self.choice == "system":
            self.choose("system")

    @staticmethod
    def _resolve(choice: ThemeChoice) -> Theme:
        if choice == "system":
            scheme = QGuiApplication.styleHints().colorScheme()
            return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        return DARK if choice == "dark" else LIGHT


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Fusion with our own palette: platform themes differ between machines."""
    app.setStyle("Fusion")
    app.setFont(sans())
    app.setPalette(_palette(theme))
    app.setStyleSheet(style_sheet(theme))


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, theme.window),
        (role.WindowText, theme.text),
        (role.Base, theme.panel),
        (role.AlternateBase, theme.raised),
        (role.Text, theme.text),
        (role.Button, theme.raised),
        (role.ButtonText, theme.text),
        (role.BrightText, theme.failure),
        (role.ToolTipBase, theme.raised),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.Highlight, theme.accent_soft),
        (role.HighlightedText, theme.text),
        (role.Link, theme.accent),
        (role.LinkVisited, theme.accent),
        (role.Light, theme.raised),
        (role.Midlight, theme.border),
        (role.Mid, theme.border),
        (role.Dark, theme.border),
        (role.Shadow, theme.window),
        (role.Accent, theme.accent),
    ):
        palette.setColor(name, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    faint = QColor(theme.muted)
    faint.setAlpha(130)
    for name in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(disabled, name, faint)
    return palette
