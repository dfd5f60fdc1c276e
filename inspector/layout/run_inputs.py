"""The inputs of a run as vertices: which of the edges without a source carry the same tensor.

Such an edge says no more than its target, shape and dtype. The k-th of a kind that goes to a call
is the k-th of that call's inputs of that kind; the input's tensor id then says which tensor it is.
Arrays that are no tensors yet have no id: they are told apart by their place.
"""

from __future__ import annotations

from collections import Counter

from inspector.trace import Call, Edge

_Kind = tuple[object, object]


class RunInputs:
    """Numbers the inputs of one run in the order in which edges mention them.

    keys: per input what stands for its tensor: the tensor's id where it is known.
    """

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._seen: Counter[tuple[str, _Kind]] = Counter()
        self.edges: list[Edge] = []
        self.keys: list[object] = []

    def number(self, edge: Edge, target: Call) -> int:
        """Which input the edge carries; `edges[number]` is the first edge that did."""
        kind = (edge.shape, edge.dtype)
        place = self._seen[target.id, kind]
        self._seen[target.id, kind] += 1
        alike = [given for given in target.inputs if (given.shape, given.dtype) == kind]
        tensor = alike[place].tensor if place < len(alike) else None
        key = (edge.tensor_index, place, kind) if tensor is None else tensor
        if key not in self._numbers:
            self._numbers[key] = len(self.edges)
            self.edges.append(edge)
            self.keys.append(("input", len(self.keys)) if tensor is None else tensor)
        return self._numbers[key]

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
