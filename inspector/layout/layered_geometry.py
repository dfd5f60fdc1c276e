"""Coordinates and routes for ordered layers: the second half of the built-in engine.

x       rows packed by width, then pulled towards their neighbours' median; the wanted places
        are made to keep their distances by pooling neighbours that want to be too close
lanes   in the gap between two rows every sideways stretch gets a lane; overlapping ones
        never share
y       row heights plus gaps as high as their lanes need
routes  down, along a lane, down, ... only right angles
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from inspector.layout.engine import Point, Size
from inspector.layout.layers import Layers

_NODE_GAP = 28.0
_PASSES = 4
_GAP = 40.0
_LANE = 8.0
_CHANNEL = 10.0
_BEND_WEIGHT = 4.0
_STUB_WEIGHT = 0.001


@dataclass(slots=True)
class _Stretch:
    """One edge's way through the gap below `rank`, from x to x; `lane` is set later."""

    rank: int
    start: float
    end: float
    lane: int = -1


@dataclass(slots=True)
class _Line:
    """One edge on its way down: its ends, and its stretches from gap to gap."""

    source: int
    target: int
    stretches: list[_Stretch] = field(default_factory=list)


def draw(
    sizes: tuple[Size, ...], layers: Layers
) -> tuple[tuple[Point, ...], tuple[tuple[Point, ...], ...]]:
    """Corners of the vertices and a route per edge, downwards."""
    centres = _centres(layers)
    lines = _lines(layers, centres)
    lanes = _assign_lanes(lines, len(layers.rows))
    tops, heights = _rows(sizes, layers, lanes)
    corners = tuple(
        (
            centres[vertex] - width / 2,
            tops[layers.ranks[vertex]] + (heights[layers.ranks[vertex]] - height) / 2,
        )
        for vertex, (width, height) in enumerate(sizes)
    )
    routes = tuple(_route(line, sizes, corners, tops, heights, lanes) for line in lines)
    return corners, routes


def _centres(layers: Layers) -> list[float]:
    """X of every slot: first packed, then pulled to the median of the row before."""
    centres = [0.0] * len(layers.widths)
    for row in layers.rows:
        x = 0.0
        for slot in row:
            centres[slot] = x + layers.widths[slot] / 2
            x += layers.widths[slot] + _NODE_GAP
        for slot in row:
            centres[slot] -= (x - _NODE_GAP) / 2
    above, below = _neighbours(layers)
    weights = _weights(layers, above, below)
    for sweep in range(2 * _PASSES):
        down = sweep % 2 == 0
        neighbours = above if down else below
        for row in layers.rows if down else reversed(layers.rows):
            _pull(row, neighbours, centres, layers.widths, weights)
    return centres


def _neighbours(layers: Layers) -> tuple[list[list[int]], list[list[int]]]:
    """Slots before and after each slot; a stub pulls nothing, or columns would lean towards it."""
    above: list[list[int]] = [[] for _ in layers.widths]
    below: list[list[int]] = [[] for _ in layers.widths]
    for chain in layers.chains:
        for upper, lower in pairwise(chain):
            below[upper].append(lower)
            above[lower].append(upper)
    leaning = [
        [upper for upper in uppers if above[upper] or len(below[upper]) > 1] or uppers
        for uppers in above
    ]
    return leaning, below


def _weights(layers: Layers, above: list[list[int]], below: list[list[int]]) -> list[float]:
    """How hard each slot holds its place: bends keep long lines straight, stubs make way."""
    weights = [
        # `_neighbours` left it out above the only slot that it leads to.
        _STUB_WEIGHT if lowers and slot not in above[lowers[0]] else 1.0
        for slot, lowers in enumerate(below)
    ]
    for chain in layers.chains:
        for bend in chain[1:-1]:
            weights[bend] = _BEND_WEIGHT
    return weights


def _pull(
    row: list[int],
    neighbours: list[list[int]],
    centres: list[float],
    widths: list[float],
    weights: list[float],
) -> None:
    """Move a row to where its neighbours are, keeping order and distances (pooled means)."""
    offsets: list[float] = []
    for position, slot in enumerate(row):
        step = (widths[row[position - 1]] + widths[slot]) / 2 + _NODE_GAP if position else 0.0
        offsets.append(offsets[-1] + step if position else 0.0)
    pools: list[list[float]] = []  # weight, weighted sum, members
    for slot, offset in zip(row, offsets, strict=True):
        near = neighbours[slot]
        wanted = median(centres[other] for other in near) if near else centres[slot]
        weight = weights[slot]
        pools.append([weight, weight * (wanted - offset), 1])
        while len(pools) > 1 and pools[-2][1] * pools[-1][0] > pools[-1][1] * pools[-2][0]:
            last = pools.pop()
            pools[-1] = [mine + other for mine, other in zip(pools[-1], last, strict=True)]
    position = 0
    for weight, total, members in pools:
        for _ in range(int(members)):
            centres[row[position]] = total / weight + offsets[position]
            position += 1


def _lines(layers: Layers, centres: list[float]) -> list[_Line]:
    starts, ends = _ports(layers, centres)
    right = max((x + w / 2 for x, w in zip(centres, layers.widths, strict=True)), default=0.0)
    channels: list[int] = []  # the rank down to which each channel is taken
    lines = []
    by_rank = sorted(
        range(len(layers.chains)), key=lambda e: (layers.ranks[layers.chains[e][0]], e)
    )
    channel_of: dict[int, float] = {}
    for edge in by_rank:
        chain = layers.chains[edge]
        first, last = layers.ranks[chain[0]], layers.ranks[chain[-1]]
        if len(chain) == 2 and last - first > 1:
            free = next((c for c, until in enumerate(channels) if until < first), len(channels))
            channels[free : free + 1] = [last]
            channel_of[edge] = right + _NODE_GAP + _CHANNEL * free
    for edge, chain in enumerate(layers.chains):
        line = _Line(chain[0], chain[-1])
        first, last = layers.ranks[chain[0]], layers.ranks[chain[-1]]
        xs = [starts[edge], *(centres[slot] for slot in chain[1:-1]), ends[edge]]
        if edge in channel_of:
            side = channel_of[edge]
            line.stretches = [
                _Stretch(first, xs[0], side),
                _Stretch(last - 1, side, xs[-1]),
            ]
        else:
            line.stretches = [
                _Stretch(first + step, x, xs[step + 1]) for step, x in enumerate(xs[:-1])
            ]
        lines.append(line)
    return lines


def _ports(layers: Layers, centres: list[float]) -> tuple[list[float], list[float]]:
    """Where each edge leaves its source's bottom and reaches its target's top."""
    leaving: dict[int, list[tuple[float, int]]] = {}
    reaching: dict[int, list[tuple[float, int]]] = {}
    for edge, chain in enumerate(layers.chains):
        leaving.setdefault(chain[0], []).append((centres[chain[1]], edge))
        reaching.setdefault(chain[-1], []).append((centres[chain[-2]], edge))
    starts, ends = [0.0] * len(layers.chains), [0.0] * len(layers.chains)
    for found, ports in ((leaving, starts), (reaching, ends)):
        for slot, edges in found.items():
            left, width = centres[slot] - layers.widths[slot] / 2, layers.widths[slot]
            for position, (_, edge) in enumerate(sorted(edges), start=1):
                ports[edge] = left + width * position / (len(edges) + 1)
    return starts, ends


def _assign_lanes(lines: list[_Line], rows: int) -> list[int]:
    """Give each sideways stretch a lane in its gap; returns the number of lanes per gap."""
    gaps: list[list[_Stretch]] = [[] for _ in range(rows)]
    for line in lines:
        for stretch in line.stretches:
            if abs(stretch.start - stretch.end) >= 0.5:
                gaps[stretch.rank].append(stretch)
    counts = []
    for gap in gaps:
        taken: list[float] = []
        for stretch in sorted(gap, key=lambda s: (min(s.start, s.end), max(s.start, s.end))):
            low, high = sorted((stretch.start, stretch.end))
            lane = next((n for n, until in enumerate(taken) if until + 2 < low), len(taken))
            taken[lane : lane + 1] = [high]
            stretch.lane = lane
        counts.append(len(taken))
    return counts


def _rows(
    sizes: tuple[Size, ...], layers: Layers, lanes: list[int]
) -> tuple[list[float], list[float]]:
    heights = [
        max((sizes[slot][1] for slot in row if slot < len(sizes)), default=0.0)
        for row in layers.rows
    ]
    tops, y = [], 0.0
    for height, count in zip(heights, lanes, strict=True):
        tops.append(y)
        y += height + _GAP + _LANE * count
    return tops, heights


def _route(
    line: _Line,
    sizes: tuple[Size, ...],
    corners: tuple[Point, ...],
    tops: list[float],
    heights: list[float],
    lanes: list[int],
) -> tuple[Point, ...]:
    """From the source's bottom through every gap to the target's top."""
    top = corners[line.source][1] + sizes[line.source][1]
    points = [(line.stretches[0].start, top)]
    for stretch in line.stretches:
        if stretch.lane >= 0:
            bottom = tops[stretch.rank] + heights[stretch.rank]
            room = _GAP + _LANE * lanes[stretch.rank]
            y = bottom + room * (stretch.lane + 1) / (lanes[stretch.rank] + 1)
            points += [(stretch.start, y), (stretch.end, y)]
    points.append((line.stretches[-1].end, corners[line.target][1]))
    return tuple(points)
