"""The inputs of a run as vertices: which of the edges without a source carry the same tensor.

Such an edge says no more than its target, shape and dtype. The k-th of a kind that goes to a call
is the k-th of that call's inputs of that kind that nothing in the run made; the input's tensor id
then says which tensor it is. Arrays that are no tensors yet have no id: their place tells them
apart.
"""

from __future__ import annotations

from collections import Counter

from inspector.layout.provenance import computed_from_all
from inspector.trace import Call, Edge, Run

_Kind = tuple[object, object]


class RunInputs:
    """Numbers the inputs of one run in the order in which edges mention them.

    keys: per input what stands for its tensor: the tensor's id where it is known.
    """

    def __init__(self, run: Run) -> None:
        self._made = _made_in(run)
        self._calls = {call.id: call for call in run.calls}
        self._numbers: dict[object, int] = {}
        self._seen: Counter[tuple[str, _Kind]] = Counter()
        self.edges: list[Edge] = []
        self.keys: list[object] = []

    def number(self, edge: Edge, target: Call) -> int:
        """Which input the edge carries; `edges[number]` is the first edge that did."""
        kind = (edge.shape, edge.dtype)
        place = self._seen[target.id, kind]
        self._seen[target.id, kind] += 1
        alike = [
            given
            for given in target.inputs
            if (given.shape, given.dtype) == kind and given.tensor not in self._made
        ]
        if place >= len(alike) and (known := self._through_ops(target, kind)) is not None:
            return known
        tensor = alike[place].tensor if place < len(alike) else None
        key = (edge.tensor_index, place, kind) if tensor is None else tensor
        if key not in self._numbers:
            self._numbers[key] = len(self.edges)
            self.edges.append(edge)
            self.keys.append(("input", len(self.keys)) if tensor is None else tensor)
        return self._numbers[key]

    def _through_ops(self, target: Call, kind: _Kind) -> int | None:
        """The input of that kind that reaches the call through ops, if it is the only one.

        Kept ops say which of several it is; without them only a single one is certain.
        """
        found = [n for n, edge in enumerate(self.edges) if (edge.shape, edge.dtype) == kind]
        if len(found) > 1:
            reached = computed_from_all(self._frames_of(target), target)
            found = [number for number in found if self.keys[number] in reached]
        return found[0] if len(found) == 1 else None

    def _frames_of(self, call: Call) -> list[Call]:
        """The calls around a call, innermost first."""
        frames = []
        while call.parent is not None and call.parent in self._calls:
            call = self._calls[call.parent]
            frames.append(call)
        return frames

    def titles(self) -> list[str]:
        """A name per input: its first argument's, numbered where several have the same."""
        names = [edge.argument or "input" for edge in self.edges]
        count = Counter(names)
        used: Counter[str] = Counter()
        titles = []
        for name in names:
            used[name] += 1
            titles.append(f"{name} {used[name]}" if count[name] > 1 else name)
        return titles


def _made_in(run: Run) -> set[int]:
    """Ids of the tensors that calls gave out or, where ops were kept, that ops computed."""
    given = {tensor.tensor for call in run.calls if call.parent is None for tensor in call.inputs}
    made = {tensor.tensor for call in run.calls for tensor in call.outputs}
    made |= {tensor.tensor for call in run.calls for op in call.ops for tensor in op.outputs}
    # A call may give its input back unchanged; that does not make it.
    passed = {
        out.tensor
        for call in run.calls
        for out in call.outputs
        if any(out.tensor == taken.tensor for taken in call.inputs)
    }
    return {tensor for tensor in made - (given & passed) if tensor is not None}
