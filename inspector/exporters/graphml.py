"""A scene as GraphML, for networkx, Gephi, yEd: every visible box with its call's facts."""

from __future__ import annotations

import networkx as nx

from inspector.exporters.diagram import Diagram, printable
from inspector.layout.outline import shape_text
from inspector.trace import Call


def graphml_text(diagram: Diagram) -> str:
    """The visible graph as one flat GraphML graph; `parent` names the group around a vertex."""
    scene = diagram.scene
    calls = {call.id: call for call in diagram.run.calls}
    graph = nx.MultiDiGraph(title=printable(diagram.title))
    for box, name in enumerate(scene.ids):
        parent = int(scene.parents[box])
        attributes: dict[str, str | int | float] = {
            "kind": scene.kinds[box],
            "label": printable(scene.titles[box]),
            "category": scene.categories[box],
            "parent": printable(scene.ids[parent]) if parent >= 0 else "",
            "expanded": int(scene.is_expanded[box]),
            "failed": int(box == diagram.failing_box),
        }
        if name in calls:
            attributes.update(_call_attributes(calls[name]))
        graph.add_node(printable(name), **attributes)
    for edge, label in enumerate(scene.labels):
        members = [diagram.run.edges[member] for member in scene.edge_members[edge]]
        graph.add_edge(
            printable(scene.ids[int(scene.sources[edge])]),
            printable(scene.ids[int(scene.targets[edge])]),
            label=label,
            count=int(scene.counts[edge]),
            arguments=printable(", ".join(sorted({member.argument for member in members}))),
            shapes=", ".join(sorted({shape_text(member.shape) for member in members})),
        )
    header = '<?xml version="1.0" encoding="UTF-8"?>'
    return "\n".join([header, *nx.generate_graphml(graph)]) + "\n"


def _call_attributes(call: Call) -> dict[str, str | int | float]:
    # GraphML holds numbers and texts only: shapes become text, unknown lines are left out.
    found: dict[str, str | int | float] = {
        "path": printable(call.path),
        "class": printable(call.class_),
        "call_index": call.call_index,
        "layer_id": call.layer_id,
        "file": printable(call.file or ""),
        "inputs": ", ".join(shape_text(tensor.shape) for tensor in call.inputs),
        "outputs": ", ".join(shape_text(tensor.shape) for tensor in call.outputs),
        "op_count": call.op_count,
    }
    if call.line is not None:
        found["line"] = call.line
    return found
