"""A scene as Graphviz DOT: expanded groups are clusters. Written by hand; no Graphviz needed."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.exporters.diagram import Diagram, printable
from inspector.exporters.palette import PALETTES


def dot_text(diagram: Diagram) -> str:
    """The visible graph; edges join innermost visible boxes, Graphviz routes them itself."""
    return "\n".join(_lines(diagram)) + "\n"


def _lines(diagram: Diagram) -> Iterator[str]:
    direction = "TB" if diagram.scene.direction == "top-down" else "LR"
    yield "digraph inspector {"
    yield f"  rankdir={direction}; compound=true; label={_quoted(diagram.title)}; labelloc=t;"
    yield '  node [shape=box, style="rounded,filled", fontname="DejaVu Sans", fontsize=11];'
    yield '  edge [fontname="DejaVu Sans", fontsize=9];'
    inside: dict[int, list[int]] = {}
    for box, parent in enumerate(diagram.scene.parents.tolist()):
        inside.setdefault(parent, []).append(box)
    yield from _boxes(diagram, inside, -1, "  ")
    yield from _edges(diagram)
    yield "}"


def _boxes(
    diagram: Diagram, inside: dict[int, list[int]], parent: int, indent: str
) -> Iterator[str]:
    palette = PALETTES[diagram.theme]
    scene = diagram.scene
    for box in inside.get(parent, ()):
        failing = box == diagram.failing_box
        colour = palette.failure if failing else palette.categories[scene.categories[box]]
        title, subtitle = scene.titles[box], scene.subtitles[box]
        label = _quoted(f"{title}\n{subtitle}" if subtitle else title)
        if scene.is_expanded[box]:
            yield f"{indent}subgraph cluster_{box} {{"
            yield f"{indent}  label={label}; color={_quoted(colour)}; style=rounded;"
            yield f'{indent}  anchor_{box} [shape=point, style=invis, label=""];'
            yield from _boxes(diagram, inside, box, indent + "  ")
            yield f"{indent}}}"
        else:
            fill = palette.failure_soft if failing else palette.card
            yield (
                f"{indent}b{box} [label={label}, color={_quoted(colour)}, "
                f"fillcolor={_quoted(fill)}, fontcolor={_quoted(palette.text)}];"
            )


def _edges(diagram: Diagram) -> Iterator[str]:
    """One line per pair of visible boxes, from the run's own edges: pieces at borders are one."""
    labels: dict[tuple[int, int], str] = {}
    for edge, label in enumerate(diagram.scene.labels):
        for ends in _whole_ends(diagram, edge):
            labels[ends] = label or labels.get(ends, "")
    for (source, target), label in labels.items():
        attributes = [f"label={_quoted(label)}"] if label else []
        if diagram.scene.is_expanded[source]:
            attributes.append(f"ltail=cluster_{source}")
        if diagram.scene.is_expanded[target]:
            attributes.append(f"lhead=cluster_{target}")
        words = f" [{', '.join(attributes)}]" if attributes else ""
        yield f"  {_name(diagram, source)} -> {_name(diagram, target)}{words};"


def _whole_ends(diagram: Diagram, edge: int) -> Iterator[tuple[int, int]]:
    """The innermost visible boxes that the tensors of one drawn piece join."""
    scene = diagram.scene
    drawn = int(scene.sources[edge])
    for member in scene.edge_members[edge]:
        whole = diagram.run.edges[member]
        target = scene.call_boxes[whole.target]
        if whole.source is not None and whole.source in scene.call_boxes:
            source = scene.call_boxes[whole.source]
        elif scene.kinds[drawn] == "input":
            source = drawn
        else:
            continue  # an input's piece inside a group; its first piece has the input's box
        if source != target:
            yield source, target


def _name(diagram: Diagram, box: int) -> str:
    return f"anchor_{box}" if diagram.scene.is_expanded[box] else f"b{box}"


def _quoted(text: str) -> str:
    """A DOT string: quotes and backslashes escaped, line ends written as escapes."""
    escaped = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\r", "").replace("\n", "\\n") + '"'
