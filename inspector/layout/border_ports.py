"""Moves border ports close to the content: engines give them a rank of their own, with its gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from inspector.layout.engine import GroupGraph, GroupLayout, Point

_NEAR = 6.0


def tightened(
    graph: GroupGraph, layout: GroupLayout, labels: npt.NDArray[np.float64]
) -> GroupLayout:
    """The same layout with every port just before (or after) everything that is no port."""
    axis = 1 if graph.direction == "top-down" else 0
    ports = [vertex for vertex, pin in enumerate(graph.pins) if pin]
    if not ports or len(ports) == len(graph.pins):
        return layout
    low, high = _content(graph, layout, labels, axis)
    corners = list(layout.corners)
    for port in ports:
        across = corners[port][1 - axis]
        along = low - _NEAR if graph.pins[port] == "first" else high + _NEAR
        corners[port] = (across, along) if axis == 1 else (along, across)
    routes = list(layout.routes)
    for edge, (source, target) in enumerate(graph.edges):
        if graph.pins[source]:
            routes[edge] = _lengthened(routes[edge], low - _NEAR, axis)
        if graph.pins[target]:
            routes[edge] = _lengthened(routes[edge][::-1], high + _NEAR, axis)[::-1]
    return replace(layout, corners=tuple(corners), routes=tuple(routes))


def _content(
    graph: GroupGraph, layout: GroupLayout, labels: npt.NDArray[np.float64], axis: int
) -> tuple[float, float]:
    """First and last coordinate of boxes, bends and labels along the direction."""
    marks: list[float] = []
    for (corner, size), pin in zip(
        zip(layout.corners, graph.sizes, strict=True), graph.pins, strict=True
    ):
        if not pin:
            marks += [corner[axis], corner[axis] + size[axis]]
    for route in layout.routes:
        marks += [point[axis] for point in route[1:-1]]
    for label in labels[~np.isnan(labels[:, 0])]:
        marks += [float(label[axis]), float(label[axis] + label[axis + 2])]
    return min(marks), max(marks)


def _lengthened(route: tuple[Point, ...], along: float, axis: int) -> tuple[Point, ...]:
    """The line started at `along`; one that left its port sideways keeps that corner."""
    first = route[0]
    start = (first[0], along) if axis == 1 else (along, first[1])
    leaves_sideways = route[1][axis] == first[axis]
    return (start, first, *route[1:]) if leaves_sideways else (start, *route[1:])
