"""A run as a networkx graph: the view of a trace that exporters, checks and plugins share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.trace.document import Run

if TYPE_CHECKING:  # importing networkx takes longer than showing the empty window may
    import networkx as nx


def call_graph(run: Run) -> nx.MultiDiGraph:
    """The calls of a run as vertices (attribute `call`), its edges with their attributes.

    A `MultiDiGraph`: `add([x, x])` has two parallel edges. Edges from the run's own inputs have
    no source call and are left out.

    >>> from inspector.trace.document import Run
    >>> call_graph(Run(model=None, kind="forward", training=False, seed=None)).number_of_nodes()
    0
    """
    import networkx as nx

    graph = nx.MultiDiGraph(model=run.model, kind=run.kind)
    for call in run.calls:
        graph.add_node(call.id, call=call)
    for edge in run.edges:
        if edge.source is not None:
            graph.add_edge(edge.source, edge.target, edge=edge)
    return graph


def children(run: Run) -> dict[str | None, list[str]]:
    """Ids of the calls directly inside each call, in order; the key None holds the top level."""
    inside: dict[str | None, list[str]] = {None: []}
    for call in run.calls:
        inside.setdefault(call.id, [])
        inside.setdefault(call.parent, []).append(call.id)
    return inside
