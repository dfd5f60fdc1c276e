"""Finds a place for each edge's label where it covers no box and no other label."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inspector.layout.engine import GroupGraph, GroupLayout, Point, Size

Float64 = npt.NDArray[np.float64]
# Places along a line that are tried in turn when the engine's own proposal is taken.
_FRACTIONS = (0.5, 0.35, 0.65, 0.2, 0.8)
_GAP = 1.0


def label_rects(graph: GroupGraph, layout: GroupLayout) -> Float64:
    """x, y, w, h per edge; NaN where it has no label or where nothing along its line is free."""
    rects = np.full((len(graph.edges), 4), np.nan)
    taken = _box_rects(graph, layout)
    used = len(taken)
    taken = np.concatenate([taken, np.zeros((len(graph.edges), 4))])
    for edge, size in enumerate(graph.label_sizes):
        if not size[0]:
            continue
        for centre in _candidates(layout.routes[edge], layout.labels[edge]):
            rect = _around(centre, size)
            if not _hits(rect, taken[:used]):
                rects[edge] = rect
                taken[used] = rect
                used += 1
                break
    return rects


def _box_rects(graph: GroupGraph, layout: GroupLayout) -> Float64:
    if not layout.corners:
        return np.zeros((0, 4))
    return np.concatenate(
        [np.array(layout.corners, dtype=np.float64), np.array(graph.sizes, dtype=np.float64)],
        axis=1,
    )


def _candidates(route: tuple[Point, ...], proposal: Point | None) -> list[Point]:
    points = np.array(route, dtype=np.float64)
    found = [proposal] if proposal is not None and _is_on(points, proposal) else []
    lengths = np.hypot(*np.diff(points, axis=0).T)
    for segment in np.argsort(-lengths, kind="stable")[:3]:
        start, end = points[segment], points[segment + 1]
        found += [tuple(start + fraction * (end - start)) for fraction in _FRACTIONS]
    return found


def _is_on(points: Float64, place: Point) -> bool:
    """Whether the place is on a right-angled line, which engines' proposals need not be."""
    low = np.minimum(points[:-1], points[1:]) - _GAP
    high = np.maximum(points[:-1], points[1:]) + _GAP
    inside = (low <= place) & (place <= high)
    return bool(inside.all(axis=1).any())


def _around(centre: Point, size: Size) -> Float64:
    return np.array(
        (centre[0] - size[0] / 2, centre[1] - size[1] / 2, size[0], size[1]), dtype=np.float64
    )


def _hits(rect: Float64, others: Float64) -> bool:
    apart = (
        (others[:, 0] >= rect[0] + rect[2] + _GAP)
        | (others[:, 0] + others[:, 2] + _GAP <= rect[0])
        | (others[:, 1] >= rect[1] + rect[3] + _GAP)
        | (others[:, 1] + others[:, 3] + _GAP <= rect[1])
    )
    return bool((~apart).any())
