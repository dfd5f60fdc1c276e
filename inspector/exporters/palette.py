"""The colours of written diagrams, light and dark; the same as the window's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from inspector.layout.category import CATEGORIES

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour that a diagram is drawn with, by meaning."""

    canvas: str
    text: str
    muted: str
    border: str
    card: str
    frame: str
    frame_deep: str
    edge: str
    mask: str
    failure: str
    failure_soft: str
    categories: Mapping[str, str]


def _categories(colours: str) -> Mapping[str, str]:
    return MappingProxyType(dict(zip(CATEGORIES, colours.split(), strict=True)))


PALETTES: Mapping[ThemeName, Palette] = MappingProxyType(
    {
        "light": Palette(
            canvas="#fafbfc",
            text="#1d2129",
            muted="#5c6470",
            border="#d5dae1",
            card="#ffffff",
            frame="#eff2f6",
            frame_deep="#e6eaf0",
            edge="#7c8694",
            mask="#0f9d8a",
            failure="#c9252d",
            failure_soft="#fdeceb",
            categories=_categories(
                # input model dense conv pooling norm, activation dropout recurrent attention
                "#4f5968 #4a56a6 #2f6fde #7a4fd0 #5d7fa8 #2c8f4f #d9661f #7d8590 #0f8b8d #c0368e "
                # embedding reshape merge preprocessing loss wrapper custom stub, placeholder
                "#a0702a #6e7f56 #1c9bc4 #75608f #b3261e #4f7f86 #b8304f #6b7785 "
                "#9a6700"
            ),
        ),
        "dark": Palette(
            canvas="#1a1d22",
            text="#e4e8ee",
            muted="#a0a9b6",
            border="#383e49",
            card="#2b3039",
            frame="#20242b",
            frame_deep="#262b33",
            edge="#8a94a2",
            mask="#3fd6c0",
            failure="#ff7a72",
            failure_soft="#43232a",
            categories=_categories(
                "#b6c0cf #9aa6f5 #6aa3ff #b08cff #8fb0d8 #6fd08d #ff9a5c #a3acb8 #46c6c2 #f27cc5 "
                "#d8a862 #adc08d #5cc8f0 #b9a3d6 #ff8a80 #8fc4cc #ff8aa3 #98a4b3 "
                "#f0c04a"
            ),
        ),
    }
)
