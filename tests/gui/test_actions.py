"""The table of commands: complete, without clashes, and all of it on the F1 page."""

from __future__ import annotations

from collections import Counter

from inspector.gui.look.icons import _SHAPES
from inspector.gui.look.theme import DARK, LIGHT, Theme
from inspector.gui.window.actions import ACTIONS
from inspector.gui.window.dialogs import shortcuts_text
from inspector.gui.window.main_window import MainWindow


def _luminance(colour: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return float(value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(colour[i : i + 2]) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_action_has_a_method_and_a_status_tip() -> None:
    for action in ACTIONS:
        assert callable(getattr(MainWindow, action.run)), action.id
        assert action.status, action.id


def test_every_icon_of_an_action_is_drawn() -> None:
    assert {action.icon for action in ACTIONS if action.icon} <= set(_SHAPES)


def test_no_two_actions_share_a_key() -> None:
    keys = Counter(key for action in ACTIONS for key in action.keys)

    assert [] == [key for key, count in keys.items() if count > 1]


def test_shortcuts_page_lists_every_key() -> None:
    page = shortcuts_text(LIGHT)

    assert all(
        action.title.replace("&", "").rstrip("…") in page for action in ACTIONS if action.keys
    )


def test_words_can_be_read_in_both_themes() -> None:
    for theme in (LIGHT, DARK):
        for ground in (theme.panel, theme.window, theme.card, theme.frame, theme.frame_deep):
            assert _contrast(theme.text, ground) >= 7, (theme.name, ground)
            assert _contrast(theme.muted, ground) >= 4.5, (theme.name, ground)
        for colour, ground in _pairs(theme):
            assert _contrast(colour, ground) >= 4.5, (theme.name, colour, ground)


def _pairs(theme: Theme) -> list[tuple[str, str]]:
    return [
        (theme.failure, theme.failure_soft),
        (theme.text, theme.step_soft),
        (theme.text, theme.accent_soft),
        (theme.text, theme.warning_soft),
        (theme.on_accent, theme.accent),
        (theme.accent, theme.panel),
    ]
