"""Menus, toolbar and keys, made from the table of actions."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton

from inspector.gui.look.icons import icon
from inspector.gui.look.theme import Appearance, ThemeChoice
from inspector.gui.window.actions import ACTIONS, MENUS

_ICON_PX = 18
# The commands that a newcomer looks for; the others are known by their pictures.
_WITH_WORDS = ("open", "over", "into", "out", "back", "ops")
_BESIDE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_ALONE = Qt.ToolButtonStyle.ToolButtonIconOnly
# Below it the words go, else the box of runs at the other end would be out of sight.
_WORDS_FROM = 1120


@dataclass(frozen=True, slots=True)
class Commands:
    """The window's QActions by id, and the menus that are filled later."""

    actions: dict[str, QAction]
    menus: dict[str, QMenu]
    recent: QMenu
    themes: dict[str, QAction]

    def enable(self, names: tuple[str, ...], *, is_enabled: bool) -> None:
        """Let commands be used or not."""
        for name in names:
            self.actions[name].setEnabled(is_enabled)


def make_commands(window: QMainWindow, appearance: Appearance) -> Commands:
    """Make every action once, and the menus that hold them."""
    actions = {action.id: QAction(action.title, window) for action in ACTIONS}
    menus = {title: window.menuBar().addMenu(title) for title in MENUS}
    recent = QMenu("Open re&cent", window)
    for row in ACTIONS:
        made = actions[row.id]
        made.setObjectName(row.id)
        made.setShortcuts([QKeySequence(key) for key in row.keys])
        made.setStatusTip(row.status)
        made.setToolTip(_tool_tip(row.title, row.keys))
        made.setCheckable(row.is_checkable)
        made.triggered.connect(getattr(window, row.run))
        menus[row.menu].addAction(made)
        if row.id == "open":
            menus[row.menu].addMenu(recent)
    themes = _theme_menu(window, menus["&View"], appearance)
    commands = Commands(actions, menus, recent, themes)
    recolour_icons(commands, appearance)
    return commands


class ToolBar(QToolBar):
    """A toolbar whose buttons do without their words where it is narrow."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        style = _BESIDE if event.size().width() >= _WORDS_FROM else _ALONE
        for button in self.findChildren(QToolButton):
            if button.property("words"):
                button.setToolButtonStyle(style)


def make_toolbar(window: QMainWindow, commands: Commands) -> QToolBar:
    """The toolbar: groups of the table's `on_toolbar`, a line between groups."""
    bar = ToolBar("Tools", window)
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setFloatable(False)
    bar.setIconSize(QSize(_ICON_PX, _ICON_PX))
    group = 0
    for row in sorted((r for r in ACTIONS if r.on_toolbar), key=lambda r: r.on_toolbar):
        # Back and forward belong together: no line between them.
        if group and row.on_toolbar != group and (group, row.on_toolbar) != (2, 3):
            bar.addSeparator()
        group = row.on_toolbar
        made = commands.actions[row.id]
        made.setIconText(row.short)
        # A button of our own: the toolbar resets the style of those that it makes itself.
        button = QToolButton()
        button.setDefaultAction(made)
        button.setAutoRaise(True)
        button.setAccessibleName(row.short)
        has_words = row.id in _WITH_WORDS
        button.setProperty("words", has_words)
        button.setToolButtonStyle(_BESIDE if has_words else _ALONE)
        button.setIconSize(bar.iconSize())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.addWidget(button)
    window.addToolBar(bar)
    return bar


def recolour_icons(commands: Commands, appearance: Appearance) -> None:
    """Draw the icons in the theme's colours."""
    theme = appearance.theme
    for row in ACTIONS:
        if row.icon:
            is_step = row.menu == "&Step" and row.id not in ("failure", "ops")
            colour = theme.accent if is_step else theme.text
            commands.actions[row.id].setIcon(icon(row.icon, colour, theme.faint))


def fill_recent(commands: Commands, titles: list[str]) -> list[QAction]:
    """One action a recent file; Ctrl+1 to Ctrl+9 open them."""
    commands.recent.clear()
    commands.recent.setEnabled(bool(titles))
    made = []
    for place, title in enumerate(titles, 1):
        action = commands.recent.addAction(title)
        if place <= 9:
            action.setShortcut(QKeySequence(f"Ctrl+{place}"))
        made.append(action)
    return made


def _theme_menu(window: QMainWindow, menu: QMenu, appearance: Appearance) -> dict[str, QAction]:
    themes: dict[str, QAction] = {}
    group = QActionGroup(window)
    submenu = menu.addMenu("&Theme")
    choices: tuple[tuple[ThemeChoice, str], ...] = (
        ("system", "As the &system"),
        ("light", "&Light"),
        ("dark", "&Dark"),
    )
    for choice, title in choices:
        action = submenu.addAction(title)
        action.setCheckable(True)
        action.setChecked(appearance.choice == choice)
        action.triggered.connect(lambda _=False, choice=choice: appearance.choose(choice))
        group.addAction(action)
        themes[choice] = action
    return themes


def _tool_tip(title: str, keys: tuple[str, ...]) -> str:
    name = title.replace("&", "").rstrip("…")
    shown = [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys[:1]]
    return f"{name}  ({shown[0]})" if shown else name
