"""A scene as SVG text: readable in any browser, Inkscape and README pages; nothing is fetched.

Painted back to front: frames of expanded groups, edges, boxes, labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from inspector.exporters.diagram import Diagram, printable, where
from inspector.exporters.palette import PALETTES, Palette
from inspector.layout.scene import Scene
from inspector.layout.text import (
    FONT_FAMILY,
    LABEL_PX,
    SUBTITLE_PX,
    TITLE_PX,
    elide,
    text_width,
)

# The command line writes over a diagram only where it finds this.
MARKER = "<!-- Drawn by Inspector; this file may be written over by it. -->"
_FONTS = f"{FONT_FAMILY}, Verdana, sans-serif"
_MARGIN = 12.0
_CAPTION = 34.0
_CAPTION_PX = 14
_LEAST_WIDTH = 420.0
_LINE = 16.0
_MOST_LINES = 4


def svg_text(diagram: Diagram) -> str:
    """The whole SVG document."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', MARKER, svg_element(diagram)]
    return "\n".join(parts) + "\n"


def svg_element(diagram: Diagram) -> str:
    """The `<svg>` element alone, as the web page embeds it."""
    palette = PALETTES[diagram.theme]
    _, _, width, height = diagram.scene.bounds
    width = max(width, _LEAST_WIDTH)
    failure = _wrapped(diagram.failure_text, width)
    caption = _CAPTION + _LINE * len(failure)
    box = (-_MARGIN, -_MARGIN - caption, width + 2 * _MARGIN, height + 2 * _MARGIN + caption)
    size = f'width="{_n(box[2])}" height="{_n(box[3])}"'
    view = " ".join(_n(number) for number in box)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{view}" '
            f'font-family="{_FONTS}" font-size="{SUBTITLE_PX}">',
            f"<title>{_t(diagram.title)}</title>",
            f"<desc>{_t(diagram.failure_text or 'Boxes are layer calls.')}</desc>",
            *_definitions(palette),
            f'<rect x="{_n(box[0])}" y="{_n(box[1])}" {size} fill="{palette.canvas}"/>',
            *_caption(diagram, palette, width, failure),
            *_frames(diagram, palette),
            *_edges(diagram, palette),
            *_cards(diagram, palette),
            *_labels(diagram.scene, palette),
            "</svg>",
        ]
    )


def _definitions(palette: Palette) -> Iterator[str]:
    yield "<defs>"
    for name, colour in (("edge", palette.edge), ("mask", palette.mask)):
        yield (
            f'<marker id="arrow-{name}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" '
            f'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
            f'<path d="M0 0.5 L8 4 L0 7.5 z" fill="{colour}"/></marker>'
        )
    yield "</defs>"


def _wrapped(text: str, width: float) -> list[str]:
    """The text in a few lines; what does not fit is cut off at the end."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", TITLE_PX) <= width:
            lines[-1] += f" {word}"
        elif len(lines) == _MOST_LINES:
            lines[-1] += " …"
            break
        else:
            lines.append(elide(word, TITLE_PX, width))
    return lines


def _caption(diagram: Diagram, palette: Palette, width: float, failure: list[str]) -> Iterator[str]:
    top = -_CAPTION - _LINE * len(failure)
    title = elide(diagram.title, _CAPTION_PX, width, bold=True)
    yield (
        f'<text x="0" y="{_n(top + 18)}" font-size="{_CAPTION_PX}" font-weight="bold" '
        f'fill="{palette.text}">{_t(title)}</text>'
    )
    for number, line in enumerate(failure):
        yield _text(0, top + 36 + _LINE * number, line, palette.failure, TITLE_PX)


def _frames(diagram: Diagram, palette: Palette) -> Iterator[str]:
    """Expanded groups, outer ones first: a body, a header bar and its words."""
    scene = diagram.scene
    levels: list[int] = []
    for box in range(len(scene.ids)):
        parent = int(scene.parents[box])
        levels.append(0 if parent < 0 else levels[parent] + 1)
        if not scene.is_expanded[box]:
            continue
        x, y, width, height = (float(number) for number in scene.rects[box])
        failing = box == diagram.failing_box
        fill = palette.frame if levels[box] % 2 == 0 else palette.frame_deep
        stroke = palette.failure if failing else palette.border
        colour = palette.categories.get(scene.categories[box], palette.muted)
        middle = y + scene.header / 2
        title_end = x + 14 + text_width(scene.titles[box], TITLE_PX, bold=True)
        yield f"<g {_identity(diagram, box)}>"
        yield (
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="8" '
            f'fill="{fill}" stroke="{stroke}" stroke-width="{2 if failing else 1}"/>'
        )
        yield (
            f'<path d="M{_n(x + 1)} {_n(y + scene.header)} H{_n(x + width - 1)}" '
            f'stroke="{colour}" stroke-width="1.5" opacity="0.55"/>'
        )
        yield _text(x + 14, middle + 4, scene.titles[box], palette.text, TITLE_PX, bold=True)
        yield _text(title_end + 12, middle + 4, scene.subtitles[box], palette.muted, SUBTITLE_PX)
        yield "</g>"


def _edges(diagram: Diagram, palette: Palette) -> Iterator[str]:
    scene = diagram.scene
    for edge in range(len(scene.sources)):
        points = scene.polyline(edge)
        source, target = int(scene.sources[edge]), int(scene.targets[edge])
        kind = "mask" if _is_mask(diagram, edge) else "edge"
        colour = palette.mask if kind == "mask" else palette.edge
        # Inside a group a line that ends at its border goes on outside: no head there.
        leaves = target in (source, int(scene.parents[source]))
        head = "" if leaves else f' marker-end="url(#arrow-{kind})"'
        dashes = ' stroke-dasharray="5 3"' if kind == "mask" else ""
        wide = 1.4 if scene.counts[edge] == 1 else 2.2
        path = "M" + " L".join(f"{_n(x)} {_n(y)}" for x, y in points.tolist())
        yield (
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{wide}" '
            f'stroke-linejoin="round"{dashes}{head} class="edge" '
            f"data-from={_q(scene.ids[source])} data-to={_q(scene.ids[target])}/>"
        )


def _is_mask(diagram: Diagram, edge: int) -> bool:
    members = diagram.scene.edge_members[edge]
    return bool(members) and all("mask" in diagram.run.edges[member].argument for member in members)


def _cards(diagram: Diagram, palette: Palette) -> Iterator[str]:
    scene = diagram.scene
    tips = _tips(diagram)
    for box in range(len(scene.ids)):
        if not scene.is_expanded[box]:
            yield f"<g {_identity(diagram, box)}>"
            if scene.ids[box] in tips:
                yield f"<title>{_t(tips[scene.ids[box]])}</title>"
            yield from _card(diagram, box, palette)
            yield "</g>"


def _card(diagram: Diagram, box: int, palette: Palette) -> Iterator[str]:
    scene = diagram.scene
    x, y, width, height = (float(number) for number in scene.rects[box])
    failing = box == diagram.failing_box
    colour = palette.categories.get(scene.categories[box], palette.muted)
    fill = palette.failure_soft if failing else palette.card
    stroke = palette.failure if failing else (colour if scene.is_group[box] else palette.border)
    small = scene.kinds[box] in ("stub", "input")
    is_placeholder = scene.categories[box] == "placeholder"
    dashes = ' stroke-dasharray="4 3"' if is_placeholder else ""
    stroke = colour if is_placeholder and not failing else stroke
    if scene.is_group[box]:
        yield (
            f'<rect x="{_n(x + 3)}" y="{_n(y + 3)}" width="{_n(width)}" height="{_n(height)}" '
            f'rx="6" fill="{fill}" stroke="{stroke}" opacity="0.6"/>'
        )
    yield (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" '
        f'rx="{10 if small else 6}" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="{2 if failing else 1.2}"{dashes}/>'
    )
    if not small:
        yield (
            f'<rect x="{_n(x)}" y="{_n(y + 5)}" width="4" height="{_n(height - 10)}" rx="2" '
            f'fill="{colour}"/>'
        )
    if scene.is_group[box]:
        at = x + width - 15
        yield (
            f'<path d="M{_n(at)} {_n(y + 12)} h8 m-4 -4 v8" stroke="{palette.muted}" '
            f'stroke-width="1.5"/>'
        )
    if scene.subtitles[box]:
        yield _text(x + 12, y + 17, scene.titles[box], palette.text, TITLE_PX, bold=True)
        yield _text(x + 12, y + 31, scene.subtitles[box], palette.muted, SUBTITLE_PX)
    else:
        yield _text(x + 12, y + height / 2 + 3.5, scene.titles[box], palette.muted, SUBTITLE_PX)


def _labels(scene: Scene, palette: Palette) -> Iterator[str]:
    for edge, label in enumerate(scene.labels):
        if not label:
            continue
        x, y, width, height = (float(number) for number in scene.label_rects[edge])
        yield (
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="3" '
            f'fill="{palette.canvas}" opacity="0.92"/>'
        )
        yield (
            f'<text x="{_n(x + width / 2)}" y="{_n(y + height / 2 + 3.6)}" '
            f'text-anchor="middle" font-size="{LABEL_PX}" fill="{palette.muted}">'
            f"{_t(label)}</text>"
        )


def _identity(diagram: Diagram, box: int) -> str:
    scene = diagram.scene
    return f"class={_q('box ' + scene.kinds[box])} data-id={_q(scene.ids[box])}"


def _tips(diagram: Diagram) -> dict[str, str]:
    """What a browser shows when the pointer rests on a box, by the call's id."""
    return {
        call.id: "\n".join(
            line for line in (call.id, call.class_, where(call), call.placeholder) if line
        )
        for call in diagram.run.calls
    }


def _text(x: float, y: float, text: str, fill: str, size: int, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size}"{weight} fill="{fill}">{_t(text)}</text>'
    )


def _n(number: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _t(text: str) -> str:
    return escape(printable(text), quote=False)


def _q(text: str) -> str:
    # Line ends are escaped too: XML would read them as spaces.
    return '"' + escape(printable(text)).replace("\n", "&#10;").replace("\t", "&#9;") + '"'
