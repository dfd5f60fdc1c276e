"""The few places where Fusion needs more than a palette: bars, docks, tables, banners."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # theme.py applies the sheet and so imports this module
    from inspector.gui.look.theme import Theme

_SHEET = Template("""
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QToolBar { background: $window; border: 0; border-bottom: 1px solid $border;
           padding: 4px 8px; spacing: 2px; }
QToolBar::separator { background: $border; width: 1px; margin: 5px 7px; }
QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px 7px; color: $text; }
QToolButton:hover { background: $raised; border-color: $border; }
QToolButton:pressed, QToolButton:checked { background: $accent_soft; border-color: $accent; }
QToolButton:disabled { color: $faint; }
QMenuBar { background: $window; color: $text; padding: 1px 4px; }
QMenuBar::item { padding: 4px 9px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $accent_soft; }
QMenu { background: $panel; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QStatusBar { background: $window; color: $muted; border-top: 1px solid $border; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { color: $muted; padding: 1px 8px; }
QDockWidget { color: $text; font-weight: 600; }
QDockWidget::close-button, QDockWidget::float-button { width: 0; height: 0; border: 0;
              icon-size: 0; }
QDockWidget::title { background: $window; padding: 6px 10px; border-bottom: 1px solid $border;
                     text-align: left; }
QWidget#tensor, QWidget#tensor_full, QWidget#panel { background: $panel; }
QDockWidget > QWidget { background: $panel; }
QTabWidget::pane { border: 0; border-top: 1px solid $border; }
QTabBar { background: $window; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 6px 11px; border: 0;
               border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTreeView, QTableView, QListView, QPlainTextEdit, QTextBrowser {
    background: $panel; color: $text; border: 0; outline: 0;
    selection-background-color: $accent_soft; selection-color: $text; }
QTreeView::item, QTableView::item { padding: 3px 6px; border: 0; }
QTreeView::item:selected, QTableView::item:selected { background: $accent_soft; color: $text; }
QTreeView::item:hover, QTableView::item:hover { background: $raised; }
QHeaderView { background: $panel; }
QHeaderView::section { background: $panel; color: $muted; border: 0;
    border-bottom: 1px solid $border; padding: 5px 7px; font-weight: 400; font-size: 8.5pt; }
QComboBox { background: $panel; color: $text; border: 1px solid $border; border-radius: 5px;
            padding: 4px 8px; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox:hover { border-color: $accent; }
QComboBox QAbstractItemView { background: $panel; color: $text; border: 1px solid $border;
            selection-background-color: $accent_soft; selection-color: $text; }
QLineEdit, QSpinBox { background: $panel; color: $text; border: 1px solid $border;
            border-radius: 5px; padding: 4px 8px; selection-background-color: $accent;
            selection-color: $on_accent; }
QLineEdit:focus, QSpinBox:focus { border-color: $accent; }
QPushButton { background: $panel; color: $text; border: 1px solid $border; border-radius: 5px;
              padding: 5px 14px; }
QPushButton:hover { border-color: $accent; }
QPushButton:pressed { background: $accent_soft; }
QPushButton:disabled { color: $faint; }
QPushButton[primary="true"] { background: $accent; color: $on_accent; border-color: $accent;
              font-weight: 600; }
QPushButton[flat="true"] { background: transparent; border-color: transparent; color: $accent;
              padding: 3px 6px; text-align: left; }
QPushButton[flat="true"]:hover { background: $accent_soft; }
QSlider::groove:horizontal { background: $border; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: $panel; border: 2px solid $accent; width: 10px;
              height: 10px; margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:disabled { border-color: $border; }
QCheckBox { color: $text; spacing: 6px; }
QCheckBox::indicator { width: 12px; height: 12px; border: 1px solid $muted; border-radius: 3px;
              background: $panel; }
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; }
QProgressBar { background: $raised; border: 0; border-radius: 3px; height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 5px; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: $handle; border-radius: 4px; margin: 2px;
                     min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QFrame#banner { background: $failure_soft; border: 0; border-bottom: 1px solid $failure; }
QFrame#banner[kind="warning"] { background: $warning_soft; border-bottom: 1px solid $warning; }
QFrame#banner[kind="pause"] { background: $accent_soft; border-bottom: 1px solid $accent; }
QFrame#banner[kind="progress"] { background: $raised; border-bottom: 1px solid $border; }
QLabel[role="title"] { font-weight: 600; color: $text; }
QLabel[role="failure"] { font-weight: 600; color: $failure; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="hero"] { font-size: 22pt; font-weight: 600; color: $text; }
QLabel#note { background: $panel; border: 1px solid $border; border-radius: 6px; color: $text; }
QFrame#drop { background: $panel; border: 2px dashed $border; border-radius: 12px; }
QFrame#drop[over="true"] { border-color: $accent; background: $accent_soft; }
""")


def style_sheet(theme: Theme) -> str:
    """The style sheet of a theme."""
    return _SHEET.substitute(
        window=theme.window,
        panel=theme.panel,
        raised=theme.raised,
        border=theme.border,
        text=theme.text,
        muted=theme.muted,
        faint=theme.faint,
        handle="#4a515d" if theme.is_dark else "#c3c9d2",
        accent=theme.accent,
        accent_soft=theme.accent_soft,
        on_accent=theme.on_accent,
        failure=theme.failure,
        failure_soft=theme.failure_soft,
        warning=theme.warning,
        warning_soft=theme.warning_soft,
    )
