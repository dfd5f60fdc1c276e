"""How wide a text is drawn, without a window: advance widths of DejaVu Sans.

Other fonts are narrower or as wide as DejaVu Sans, so that a box made for it holds their text
too. The font is named first by everything that draws a scene.
"""

from __future__ import annotations

from functools import lru_cache

FONT_FAMILY = "DejaVu Sans"
TITLE_PX = 12
SUBTITLE_PX = 10
LABEL_PX = 10
# A little room for hinting and for the rounding of each renderer.
_SLACK = 1.04
_FIRST = 32
# Advance of the characters 32 to 126 in hundredths of the font size.
_REGULAR = (
    "318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 337 636 636 636 636 636 636 636 "
    "636 636 636 337 337 838 838 838 531 1000 684 686 698 770 632 575 775 752 295 295 656 557 863 "
    "748 787 603 787 695 635 611 732 684 989 685 611 685 390 337 390 838 500 500 613 635 550 635 "
    "615 352 635 634 278 278 579 278 974 634 612 635 635 411 521 392 634 592 818 592 592 525 636 "
    "337 636 838"
)
_BOLD = (
    "348 456 521 838 696 1002 872 306 457 457 523 838 380 415 380 365 696 696 696 696 696 696 696 "
    "696 696 696 400 400 838 838 838 580 1000 774 762 734 830 683 683 821 837 372 372 775 637 995 "
    "837 850 733 850 770 720 682 812 774 1103 771 724 725 457 365 457 838 500 500 675 716 593 716 "
    "678 435 716 712 343 343 665 343 1042 712 687 716 716 493 595 478 712 652 924 645 652 582 712 "
    "365 712 838"
)
_WIDTHS = {
    bold: tuple(int(word) for word in table.split())
    for bold, table in ((False, _REGULAR), (True, _BOLD))
}
_OTHER = 1000


@lru_cache(maxsize=65_536)
def text_width(text: str, size_px: float, *, bold: bool = False) -> float:
    """Width of one line of text in px, at least what DejaVu Sans takes.

    >>> text_width("dense", 10) < text_width("dense", 12, bold=True)
    True
    """
    widths = _WIDTHS[bold]
    last = _FIRST + len(widths)
    total = sum(
        widths[code - _FIRST] if _FIRST <= code < last else _OTHER for code in map(ord, text)
    )
    return total * size_px * _SLACK / 1000


def elide(text: str, size_px: float, width: float, *, bold: bool = False) -> str:
    """The text, with its middle cut out for an ellipsis where it is wider than `width`.

    The middle goes because names differ at their ends: `block_11_project_bn`.
    """
    if text_width(text, size_px, bold=bold) <= width:
        return text
    keep = len(text) - 1
    while keep > 1:
        shorter = f"{text[: (keep + 1) // 2]}…{text[len(text) - keep // 2 :]}"
        if text_width(shorter, size_px, bold=bold) <= width:
            return shorter
        keep -= max(1, keep // 16)
    return "…"
