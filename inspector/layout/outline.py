"""What layout needs to know of a run: a tree of named vertices and the tensors between them.

A run has far more than that (weights, ops, masks); the outline is small, plain and cheap to send
to the layout process. It does not depend on what is expanded.

    run.calls  ──▶ vertices, parents before children, in the order of execution
    run.edges  ──▶ links source → target, at the innermost call that made or takes the tensor
    run inputs ──▶ small vertices of their own at the top
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count, groupby

from inspector.layout.category import category_of_call
from inspector.layout.provenance import makers_of, passed_through, tensor_key
from inspector.layout.run_inputs import RunInputs
from inspector.trace import Call, Edge, Run, Shape

# Above this many children a group is cut into chunks, because layered layout goes quadratic.
CHUNK_ABOVE = 150
CHUNK_SIZE = 100
# Names say how to cut where their first words, up to so many, make no part larger than this.
_MOST_WORDS = 3
_LARGEST_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Vertex:
    """One call, input of the run, or chunk of calls; `parent` is an index, -1 at the top."""

    id: str
    kind: str
    parent: int
    title: str
    subtitle: str
    category: str
    is_group: bool


@dataclass(frozen=True, slots=True)
class Link:
    """One tensor from vertex to vertex; equal `tensor` is the same tensor on several links.

    edges: indices into `run.edges`.
    """

    source: int
    target: int
    tensor: int
    label: str
    edges: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pass:
    """A group's own ops carry a tensor that enters it to one that leaves it: a skip `x + y`."""

    group: int
    entering: int
    leaving: int


@dataclass(frozen=True, slots=True)
class Outline:
    """The tree, the links and the passes of one run."""

    vertices: tuple[Vertex, ...]
    links: tuple[Link, ...]
    passes: tuple[Pass, ...] = ()

    @property
    def groups(self) -> frozenset[str]:
        """Ids of every vertex that can be expanded."""
        return frozenset(vertex.id for vertex in self.vertices if vertex.is_group)


def shape_text(shape: Shape | None) -> str:
    """A shape as Keras prints it; unknown is "?".

    >>> shape_text((None, 64)), shape_text(()), shape_text(None)
    ('(None, 64)', '()', '?')
    """
    return "?" if shape is None else str(tuple(shape))


def outline(run: Run) -> Outline:
    """The outline of a run, with large groups cut into chunks."""
    has_children = {call.parent for call in run.calls}
    index = {call.id: position for position, call in enumerate(run.calls)}
    vertices = [_call_vertex(call, index, call.id in has_children) for call in run.calls]
    inside = _inside(vertices)
    tensors: dict[object, int] = {}
    links = _links(run, index, vertices, inside, tensors)
    passes = [
        Pass(group, tensors[entering], tensors[leaving])
        for group in inside
        if group >= 0
        for entering, leaving in passed_through(run.calls[group])
        if entering in tensors and leaving in tensors
    ]
    return Outline(tuple(_chunked(vertices)), tuple(links), tuple(passes))


def _inside(vertices: list[Vertex]) -> dict[int, list[int]]:
    inside: dict[int, list[int]] = {}
    for position, vertex in enumerate(vertices):
        inside.setdefault(vertex.parent, []).append(position)
    return inside


def _call_vertex(call: Call, index: dict[str, int], is_group: bool) -> Vertex:
    shapes = ", ".join(shape_text(output.shape) for output in call.outputs[:3])
    if len(call.outputs) > 3:
        shapes += ", …"
    title = call.name or call.path
    return Vertex(
        id=call.id,
        kind="call",
        parent=index.get(call.parent, -1) if call.parent is not None else -1,
        title=title if not call.call_index else f"{title}#{call.call_index}",
        subtitle=f"{_what(call)} {shapes}".strip(),
        category=category_of_call(call, is_group=is_group),
        is_group=is_group,
    )


def _what(call: Call) -> str:
    return f"placeholder for {call.class_}" if call.placeholder else call.class_


def _links(
    run: Run,
    index: dict[str, int],
    vertices: list[Vertex],
    inside: dict[int, list[int]],
    tensors: dict[object, int],
) -> list[Link]:
    """One link for each (source, output, target); notes the number of each tensor."""
    inputs, first_input = RunInputs(run), len(vertices)
    makers: dict[tuple[int, int], list[int]] = {}
    found: dict[tuple[int, int, int], list[int]] = {}
    for position, edge in enumerate(run.edges):
        if edge.target not in index:
            continue
        target = index[edge.target]
        if edge.source is None or edge.source not in index:
            number = inputs.number(edge, run.calls[target])
            sources = [first_input + number]
            key = inputs.keys[number]
        else:
            maker = (index[edge.source], edge.tensor_index)
            if maker not in makers:
                makers[maker] = makers_of(run, *maker, inside)
            sources = makers[maker]
            key = tensor_key(run, *maker)
        tensor = tensors.setdefault(key, len(tensors))
        for source in sources:
            if source != target:
                found.setdefault((source, target, tensor), []).append(position)
    vertices += map(_input_vertex, inputs.edges, inputs.titles(), count())
    return [
        Link(source, target, tensor, shape_text(run.edges[edges[0]].shape), tuple(edges))
        for (source, target, tensor), edges in found.items()
    ]


def _input_vertex(edge: Edge, title: str, number: int) -> Vertex:
    dtype = f"{edge.dtype} " if edge.dtype else ""
    subtitle = f"{dtype}{shape_text(edge.shape)}"
    return Vertex(f"input:{number}", "input", -1, title, subtitle, "input", is_group=False)


def _chunked(vertices: list[Vertex]) -> list[Vertex]:
    """Put runs of siblings into chunk vertices until no group has too many children."""
    while True:
        inside: dict[int, list[int]] = {}
        for position, vertex in enumerate(vertices):
            if vertex.kind != "input":
                inside.setdefault(vertex.parent, []).append(position)
        large = {p: kids for p, kids in inside.items() if len(kids) > CHUNK_ABOVE}
        if not large:
            return vertices
        for parent, kids in large.items():
            for title, start, stop in _cuts([vertices[kid].title for kid in kids]):
                _add_chunk(vertices, parent, kids[start:stop], start, title)


def _cuts(titles: list[str]) -> list[tuple[str, int, int]]:
    """Where to cut a long row of calls: title, start and stop of each chunk.

    Along what their names begin with, as `conv2_block1_1_relu` says, where that makes few parts;
    else in chunks of one size.

    >>> names = [f"{stage}_block{n}_relu" for stage in ("conv2", "conv3") for n in range(3)]
    >>> _cuts(["stem", *names])
    [('conv2', 1, 4), ('conv3', 4, 7)]
    """
    for length in range(1, _MOST_WORDS + 1):
        parts = _beginning_alike(titles, length)
        longest = max(stop - start for _, start, stop in parts)
        if 1 < len(parts) <= len(titles) / 2 and longest <= len(titles) * _LARGEST_SHARE:
            return [part for part in parts if part[2] - part[1] > 1]
    starts = range(0, len(titles), CHUNK_SIZE)
    ends = [min(start + CHUNK_SIZE, len(titles)) for start in starts]
    return [
        (f"{titles[start]} … {titles[stop - 1]}", start, stop)
        for start, stop in zip(starts, ends, strict=True)
    ]


def _beginning_alike(titles: list[str], length: int) -> list[tuple[str, int, int]]:
    """The stretches of names that have their first words in common."""
    parts = []
    start = 0
    for key, same in groupby("_".join(title.split("_")[:length]) for title in titles):
        stop = start + len(list(same))
        parts.append((key, start, stop))
        start = stop
    return parts


def _add_chunk(
    vertices: list[Vertex], parent: int, kids: list[int], start: int, title: str
) -> None:
    chunk = len(vertices)
    owner = vertices[parent].id if parent >= 0 else ""
    level = "+" if vertices[kids[0]].kind == "chunk" else ""
    vertices.append(
        Vertex(
            id=f"{owner}[{level}{start}:{start + len(kids)}]",
            kind="chunk",
            parent=parent,
            title=title,
            subtitle=f"{len(kids)} calls",
            category="model",
            is_group=True,
        )
    )
    for kid in kids:
        vertices[kid] = replace(vertices[kid], parent=chunk)
