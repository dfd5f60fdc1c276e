"""What a layout engine is asked and what it answers: one group's graph, in its own coordinates.

Engines know nothing of calls: they get sizes and pairs of numbers. Two of them stand behind the
protocol, `graphlay_engine` (a compiled library) and `layered_engine` (ours); both are tested by
the same properties.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Direction = Literal["top-down", "left-right"]
Point = tuple[float, float]
Size = tuple[float, float]
# Where a vertex has to stand: a port of the group's border is in the first or in the last rank.
Pin = Literal["", "first", "last"]


@dataclass(frozen=True, slots=True)
class GroupGraph:
    """The vertices and edges of one group, as numbers; equal graphs get equal layouts.

    sizes:       width and height of each vertex.
    pins:        one per vertex.
    edges:       pairs of vertex indices; cycles and parallel edges are allowed, loops are not.
    label_sizes: room to keep free on each edge, (0, 0) for none.
    """

    sizes: tuple[Size, ...]
    pins: tuple[Pin, ...]
    edges: tuple[tuple[int, int], ...]
    label_sizes: tuple[Size, ...]
    direction: Direction = "top-down"


@dataclass(frozen=True, slots=True)
class GroupLayout:
    """Where everything went; y grows downwards.

    corners: top left corner of each vertex.
    routes:  polyline of each edge, from the border of its source to the border of its target.
    labels:  proposed centre of each edge's label, None for "somewhere on the line".
    ranks:   layer of each vertex along the direction.
    """

    corners: tuple[Point, ...]
    routes: tuple[tuple[Point, ...], ...]
    labels: tuple[Point | None, ...]
    ranks: tuple[int, ...]


class LayoutEngine(Protocol):
    """Lays out one group."""

    name: str

    def layout(self, graph: GroupGraph) -> GroupLayout:
        """Place every vertex and route every edge.

        Raises:
            LayoutError: the graph is too large or too tangled for this engine.
        """
        ...
