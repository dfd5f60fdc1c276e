"""The built-in engine: a small layered layout in plain Python, no dependency.

    turn      edges against the flow are turned round (drawn upwards in the end)
    rank      longest path from the sources; border ports in the first and last rank
    slots     an edge over several ranks gets a slot in each; a very long one uses a side channel
    order     sweeps by barycentre, keeping the order with the fewest crossings
    geometry  see `layered_geometry`

It stands in when graphlay refuses a graph, and the tests hold both to the same properties.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise

from inspector.layout.engine import GroupGraph, GroupLayout, Pin
from inspector.layout.layered_geometry import draw
from inspector.layout.layers import Layers

_LONGEST_CHAIN = 12
_SWEEPS = 6
_SLOT_WIDTH = 12.0


class LayeredEngine:
    """Never refuses a graph; the cost grows with edges times the ranks they cross."""

    name = "layered"

    def layout(self, graph: GroupGraph) -> GroupLayout:
        """See `LayoutEngine.layout`."""
        if graph.direction == "left-right":
            return _flipped(self.layout(_flipped_graph(graph)))
        layers = _layers(graph)
        _order(layers)
        corners, routes = draw(graph.sizes, layers)
        return GroupLayout(
            corners=corners,
            routes=tuple(
                route[::-1] if turned else route
                for route, turned in zip(routes, layers.turned, strict=True)
            ),
            labels=(None,) * len(graph.edges),
            ranks=tuple(layers.ranks[: len(graph.sizes)]),
        )


def _flipped_graph(graph: GroupGraph) -> GroupGraph:
    return GroupGraph(
        sizes=tuple((height, width) for width, height in graph.sizes),
        pins=graph.pins,
        edges=graph.edges,
        label_sizes=tuple((height, width) for width, height in graph.label_sizes),
    )


def _flipped(layout: GroupLayout) -> GroupLayout:
    return GroupLayout(
        corners=tuple((y, x) for x, y in layout.corners),
        routes=tuple(tuple((y, x) for x, y in route) for route in layout.routes),
        labels=layout.labels,
        ranks=layout.ranks,
    )


def _layers(graph: GroupGraph) -> Layers:
    count = len(graph.sizes)
    turned = _turned(count, graph.edges)
    edges = [
        (target, source) if back else (source, target)
        for (source, target), back in zip(graph.edges, turned, strict=True)
    ]
    ranks = _ranks(graph.pins, edges)
    layers = Layers([width for width, _ in graph.sizes], ranks, [], [], turned)
    for (source, target), (label_width, _) in zip(edges, graph.label_sizes, strict=True):
        span = ranks[target] - ranks[source]
        chain = [source]
        if span <= _LONGEST_CHAIN:
            for rank in range(ranks[source] + 1, ranks[target]):
                chain.append(len(layers.widths))
                layers.widths.append(max(_SLOT_WIDTH, label_width))
                ranks.append(rank)
        layers.chains.append((*chain, target))
    layers.rows = [[] for _ in range(max(ranks, default=-1) + 1)]
    for slot, rank in enumerate(ranks):
        layers.rows[rank].append(slot)
    return layers


def _turned(count: int, edges: Sequence[tuple[int, int]]) -> list[bool]:
    """True for the edges that close a cycle in a depth-first walk in index order."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    for number, (source, _) in enumerate(edges):
        leaving[source].append(number)
    turned = [False] * len(edges)
    state = [0] * count  # 0 unseen, 1 on the way, 2 done
    for start in range(count):
        if state[start]:
            continue
        state[start] = 1
        path = [(start, iter(leaving[start]))]
        while path:
            vertex, rest = path[-1]
            number = next(rest, -1)
            if number < 0:
                state[vertex] = 2
                path.pop()
                continue
            target = edges[number][1]
            if state[target] == 1:
                turned[number] = True
            elif state[target] == 0:
                state[target] = 1
                path.append((target, iter(leaving[target])))
    return turned


def _ranks(pins: Sequence[Pin], edges: Sequence[tuple[int, int]]) -> list[int]:
    """Longest path from the sources. Ports named "last" go below everything else."""
    count = len(pins)
    leaving: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for source, target in edges:
        leaving[source].append(target)
        waiting[target] += 1
    ranks = [0] * count
    ready = [vertex for vertex in range(count) if not waiting[vertex]]
    sources = len(ready)
    for vertex in ready:  # grows while it is walked
        for target in leaving[vertex]:
            ranks[target] = max(ranks[target], ranks[vertex] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for vertex in ready[:sources]:
        if leaving[vertex] and pins[vertex] != "first":
            # A stub stands beside its use, not in the first row far above it.
            ranks[vertex] = min(ranks[target] for target in leaving[vertex]) - 1
    bottom = max(ranks, default=0)
    return [bottom if pin == "last" else rank for pin, rank in zip(pins, ranks, strict=True)]


def _order(layers: Layers) -> None:
    """Sort each row by the mean place of its neighbours, down and up; the best order stays."""
    above: list[list[int]] = [[] for _ in layers.widths]
    below: list[list[int]] = [[] for _ in layers.widths]
    for chain in layers.chains:
        for upper, lower in pairwise(chain):
            if layers.ranks[lower] == layers.ranks[upper] + 1:
                below[upper].append(lower)
                above[lower].append(upper)
    place = [0] * len(layers.widths)
    for row in layers.rows:
        _number(row, place)
    best, fewest = [list(row) for row in layers.rows], _crossings(layers.rows, below, place)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        neighbours = above if down else below
        for row in layers.rows if down else reversed(layers.rows):
            row.sort(key=lambda slot: (_mean(neighbours[slot], place, place[slot]), place[slot]))
            _number(row, place)
        crossings = _crossings(layers.rows, below, place)
        if crossings < fewest:
            best, fewest = [list(row) for row in layers.rows], crossings
    layers.rows = best


def _number(row: list[int], place: list[int]) -> None:
    for position, slot in enumerate(row):
        place[slot] = position


def _mean(neighbours: list[int], place: list[int], own: int) -> float:
    return sum(place[other] for other in neighbours) / len(neighbours) if neighbours else own


def _crossings(rows: list[list[int]], below: list[list[int]], place: list[int]) -> int:
    """Crossings between rows, counted as inversions of the lower ends."""
    total = 0
    for row in rows:
        seen: list[int] = []
        for slot in row:
            ends = sorted(place[lower] for lower in below[slot])
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
