"""Which boxes are visible, and which lines each group has to lay out.

An edge of the run joins two calls at any depth. It is drawn in pieces, one in every group that
it passes, which meet at the groups' borders:

    ┌ A ────────────┐        in A:        a ─▶ out port "a"
    │ a ──▶ ○ ─ ─ ─ ┼ ─ ┐    in the root: A ─▶ B          (lifted to siblings)
    └───────────────┘   ▼    in B:        in port "A" ─▶ b
                    ┌ B ○ ──▶ b ┐
                    └───────────┘

Pieces with the same ends are merged into one bundle. Inside a group a piece has two ends out of
three kinds: a child, an in port (named after the sibling outside that it comes from), or an out
port (named after the child inside that it comes from, or after the group itself for a tensor that
the group's own ops pass on).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from inspector.layout.outline import Link, Outline, Pass

# A vertex of one group's level: ("child" | "in" | "out", index of a vertex of the outline).
Place = tuple[Literal["child", "in", "out"], int]
ROOT = -1


@dataclass(slots=True)
class Bundle:
    """The tensors that one drawn line stands for.

    tensors: their shapes, as text.
    uses:    how often one call at the end takes each: `add([x, x])` takes x twice.
    """

    tensors: dict[int, str] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)
    edges: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many edges of the run lie side by side here."""
        return sum(self.uses.values())

    @property
    def shape(self) -> str:
        """The one shape of all tensors, or how many tensors there are."""
        shapes = set(self.tensors.values())
        return next(iter(shapes)) if len(shapes) == 1 else f"{len(self.tensors)} tensors"

    @property
    def label(self) -> str:
        """The shape, with a count where several tensors have it, or how many tensors."""
        if self.count == 1 or len(set(self.tensors.values())) != 1:
            return self.shape
        return f"{self.shape} ×{self.count}"

    def add(self, tensor: int, shape: str, edges: Iterable[int], uses: int = 1) -> None:
        self.tensors.setdefault(tensor, shape)
        self.uses[tensor] = max(self.uses.get(tensor, 1), uses)
        self.edges.extend(edges)


@dataclass(slots=True)
class Level:
    """The inside of one expanded group (or of the root): what an engine lays out at once."""

    children: list[int] = field(default_factory=list)
    bundles: dict[tuple[Place, Place], Bundle] = field(default_factory=dict)

    def add(self, source: Place, target: Place, link: Link) -> None:
        bundle = self.bundles.setdefault((source, target), Bundle())
        bundle.add(link.tensor, link.label, link.edges, uses=len(link.edges))


@dataclass(frozen=True, slots=True)
class VisibleTree:
    """The levels of the root (-1) and of expanded groups; `shown` maps vertex → visible one."""

    levels: dict[int, Level]
    shown: tuple[int, ...]


def visible_tree(outline: Outline, expanded: frozenset[str]) -> VisibleTree:
    """Cut the outline down to what is visible, and lift every link to its levels."""
    shown = _shown(outline, expanded)
    levels: dict[int, Level] = {ROOT: Level()}
    for index, vertex in enumerate(outline.vertices):
        if shown[index] != index:
            continue
        if vertex.is_group and vertex.id in expanded:
            levels.setdefault(index, Level())
        levels.setdefault(vertex.parent, Level()).children.append(index)
    for link in outline.links:
        source, target = shown[link.source], shown[link.target]
        if source != target:
            _lift(outline, levels, link, source, target)
    for passing in outline.passes:
        if shown[passing.group] == passing.group and passing.group in levels:
            _pass_through(outline, levels, passing)
    return VisibleTree(levels, tuple(shown))


def _shown(outline: Outline, expanded: frozenset[str]) -> list[int]:
    """For each vertex the innermost visible vertex that holds it, itself when it is visible."""
    shown = [-2] * len(outline.vertices)
    for start in range(len(shown)):
        path = []
        index = start
        while index != ROOT and shown[index] == -2:
            path.append(index)
            index = outline.vertices[index].parent
        closed = _closed_above(outline, shown, expanded, index)
        for vertex in reversed(path):
            shown[vertex] = vertex if closed == ROOT else closed
            if closed == ROOT and outline.vertices[vertex].id not in expanded:
                closed = vertex
    return shown


def _closed_above(outline: Outline, shown: list[int], expanded: frozenset[str], index: int) -> int:
    """The collapsed vertex that hides the children of `index`, or ROOT when they are visible."""
    if index == ROOT:
        return ROOT
    if shown[index] != index:
        return shown[index]
    return ROOT if outline.vertices[index].id in expanded else index


def _pass_through(outline: Outline, levels: dict[int, Level], passing: Pass) -> None:
    """A piece from where a tensor enters a group to where another one leaves it."""
    group = passing.group
    around = levels[outline.vertices[group].parent].bundles
    leaving = {
        bundle.tensors[passing.leaving]
        for (source, _), bundle in around.items()
        if source == ("child", group) and passing.leaving in bundle.tensors
    }
    for (source, target), bundle in list(around.items()):
        if target == ("child", group) and passing.entering in bundle.tensors and leaving:
            ends: tuple[Place, Place] = (("in", source[1]), ("out", group))
            piece = levels[group].bundles.setdefault(ends, Bundle())
            piece.add(passing.leaving, min(leaving), bundle.edges)


def _ancestors(outline: Outline, index: int) -> Iterator[int]:
    while index != ROOT:
        yield index
        index = outline.vertices[index].parent


def _lift(outline: Outline, levels: dict[int, Level], link: Link, source: int, target: int) -> None:
    up = list(_ancestors(outline, source))
    down = list(_ancestors(outline, target))
    while up and down and up[-1] == down[-1]:
        top = up.pop()
        down.pop()
    if not up:  # a group to a call inside it: only the inner pieces
        down.append(top)
        origin = source
    elif not down:
        up.append(top)
        origin = source
    else:
        origin = up[-1]
        level = levels[outline.vertices[origin].parent]
        level.add(("child", origin), ("child", down[-1]), link)
    for inner, outer in pairwise(up):
        levels[outer].add(("child", inner), ("out", inner), link)
    for inner, outer in pairwise(down):
        levels[outer].add(("in", origin), ("child", inner), link)
