"""A graph cut into ranks: what the two halves of the built-in engine hand to each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Layers:
    """A graph in ranks. Slots 0..n-1 are the vertices, those above are bends of long edges.

    chains: per edge its slots from rank to rank, or just both ends for a side channel.
    turned: the edge was turned round; its route is reversed in the end.
    """

    widths: list[float]
    ranks: list[int]
    rows: list[list[int]]
    chains: list[tuple[int, ...]]
    turned: list[bool]
