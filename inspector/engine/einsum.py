"""einsum as transposes and matrix products, two operands at a time.

Each pair of operands falls into four kinds of axes, named by its letters:

    batch   in both and still wanted           stays in front
    rows    in the first only                  ┐
    summed  in both and not wanted any more    │ (batch, rows, summed) @ (batch, summed, columns)
    columns in the second only                 ┘

What only one operand has and nobody wants is summed before; a letter twice in one operand is its
diagonal. So every gradient is that of a transpose, a product or a sum.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from inspector.engine.primitives import arithmetic, contraction, indexing, reduction, shaping
from inspector.engine.primitives.indexing import ARRAY
from inspector.engine.tensor import Tensor

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
Labels = tuple[str, ...]


def einsum(subscripts: str, operands: Sequence[Tensor]) -> Tensor:
    """The sum of products that the subscripts describe.

    Raises:
        ValueError: the subscripts do not fit the operands.
    """
    inputs, output = parsed(subscripts, tuple(t.ndim for t in operands))
    _check_sizes(subscripts, inputs, operands)
    terms = [_without_repeats(labels, t) for labels, t in zip(inputs, operands, strict=True)]
    for first, second in _order(subscripts, terms):
        wanted = set(output).union(*[t[0] for i, t in enumerate(terms) if i not in (first, second)])
        made = _pair(terms[first], terms[second], wanted, output)
        terms = [t for i, t in enumerate(terms) if i not in (first, second)]
        terms.append(made)
    labels, tensor = _summed(*terms[0], set(output))
    return _arranged(labels, tensor, tuple(output))


@functools.lru_cache(maxsize=1024)
def parsed(subscripts: str, ranks: tuple[int, ...]) -> tuple[tuple[str, ...], str]:
    """The letters of each operand and of the result, ellipses and a missing result spelt out.

    Raises:
        ValueError: the subscripts are not well formed or do not fit the ranks.
    """
    text = subscripts.replace(" ", "")
    left, arrow, right = text.partition("->")
    parts = left.split(",")
    if len(parts) != len(ranks):
        raise ValueError(f"einsum {subscripts!r}: {len(parts)} terms for {len(ranks)} operands")
    named = [part.replace("...", "") for part in parts]
    free = [letter for letter in LETTERS if letter not in text]
    widths = [
        rank - len(names) if "..." in part else 0
        for part, names, rank in zip(parts, named, ranks, strict=True)
    ]
    dots = "".join(free[: max(widths, default=0)])
    found = []
    for part, names, rank, width in zip(parts, named, ranks, widths, strict=True):
        if (rank != len(names) and "..." not in part) or width < 0:
            raise ValueError(f"einsum {subscripts!r}: term {part!r} for an operand of {rank} axes")
        found.append(part.replace("...", dots[len(dots) - width :]))
    if arrow:
        output = right.replace("...", dots)
    else:
        letters = "".join(named)
        output = dots + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    everything = "".join(found)
    if len(set(output)) != len(output) or any(c not in everything for c in output):
        raise ValueError(f"einsum {subscripts!r}: the result {right!r} does not fit the terms")
    if any(not c.isalpha() for c in everything):
        raise ValueError(f"einsum {subscripts!r}: axes are named by letters")
    return tuple(found), output


def _check_sizes(subscripts: str, inputs: Sequence[str], operands: Sequence[Tensor]) -> None:
    sizes: dict[str, int] = {}
    for labels, tensor in zip(inputs, operands, strict=True):
        for label, size in zip(labels, tensor.shape, strict=True):
            known = sizes.setdefault(label, size)
            if known not in (size, 1) and size != 1:
                raise ValueError(
                    f"einsum {subscripts!r}: axis {label!r} has size {known} and size {size} "
                    f"(operands {', '.join(str(t.shape) for t in operands)})"
                )
            sizes[label] = max(known, size)


def _order(subscripts: str, terms: Sequence[tuple[Labels, Tensor]]) -> list[tuple[int, int]]:
    """Which two of the terms left are joined next; what is made goes to the end."""
    if len(terms) < 3:
        return [(0, 1)] * (len(terms) - 1)
    return _planned(
        ",".join("".join(labels) for labels, _ in terms) + "->",
        tuple(t.shape for _, t in terms),
    )


@functools.lru_cache(maxsize=256)
def _planned(text: str, shapes: tuple[tuple[int, ...], ...]) -> list[tuple[int, int]]:
    # Only shapes matter to the planner: arrays without memory behind them.
    shadows = [np.broadcast_to(np.float32(0), shape) for shape in shapes]
    path = np.einsum_path(text, *shadows, optimize="greedy")[0][1:]
    pairs = []
    for step in path:
        # The planner may join several at once; here two at a time.
        first, *rest = sorted(step)
        count = len(rest)
        if count == 0:
            continue
        pairs.append((first, rest[0]))
        for _ in range(count - 1):
            pairs.append((first, -1))
    if any(second < 0 for _, second in pairs):
        return [(0, 1)] * (len(shapes) - 1)
    return pairs


def _without_repeats(labels: str, tensor: Tensor) -> tuple[Labels, Tensor]:
    """The diagonal where a letter stands twice in one term."""
    while len(set(labels)) < len(labels):
        label = next(c for c in labels if labels.count(c) > 1)
        first = labels.index(label)
        second = labels.index(label, first + 1)
        size = tensor.shape[first]
        index = Tensor(_places(size))
        key: list[object] = [slice(None)] * tensor.ndim
        key[first] = key[second] = ARRAY
        moved = indexing.get_item(tensor, index, index, key=tuple(key))
        rest = labels[:first] + labels[first + 1 : second] + labels[second + 1 :]
        # Index arrays that stand apart put their axis in front.
        together = labels[: first + 1] + labels[second + 1 :]
        labels = together if second - first == 1 else label + rest
        tensor = moved
    return tuple(labels), tensor


def _places(size: int) -> object:
    from inspector.engine import array_module

    return array_module.xp.arange(size)


def _summed(labels: Labels, tensor: Tensor, wanted: set[str]) -> tuple[Labels, Tensor]:
    """Without the axes that nobody wants any more."""
    axes = tuple(i for i, label in enumerate(labels) if label not in wanted)
    if not axes:
        return labels, tensor
    kept = tuple(label for label in labels if label in wanted)
    return kept, reduction.sum_(tensor, axis=axes)


def _arranged(labels: Labels, tensor: Tensor, order: Labels) -> Tensor:
    if labels == order:
        return tensor
    arranged: Tensor = shaping.transpose(tensor, axes=tuple(labels.index(c) for c in order))
    return arranged


def _pair(
    first: tuple[Labels, Tensor], second: tuple[Labels, Tensor], wanted: set[str], output: str
) -> tuple[Labels, Tensor]:
    """Two terms joined; axes nobody wants any more are summed away."""
    a_labels, a = _summed(*first, wanted | set(second[0]))
    b_labels, b = _summed(*second, wanted | set(first[0]))
    shared = [c for c in a_labels if c in b_labels]
    summed = [c for c in shared if c not in wanted]
    sizes_a, sizes_b = (
        dict(zip(a_labels, a.shape, strict=True)),
        dict(zip(b_labels, b.shape, strict=True)),
    )
    if not summed or any(sizes_a[c] != sizes_b[c] for c in shared):
        return _multiplied((a_labels, a), (b_labels, b), wanted)
    rows = [c for c in a_labels if c not in shared]
    columns = [c for c in b_labels if c not in shared]
    batch = [c for c in shared if c in wanted]
    if _comes_first(columns, rows, output):
        # The result is wanted with its columns first: exchange the factors, not its axes.
        a_labels, a, rows, b_labels, b, columns = b_labels, b, columns, a_labels, a, rows
    return _product(_Factors(a_labels, a, b_labels, b), batch, rows, summed, columns)


def _comes_first(columns: list[str], rows: list[str], output: str) -> bool:
    at = [[output.find(c) for c in labels if c in output] for labels in (columns, rows)]
    return bool(at[0]) and bool(at[1]) and max(at[0]) < min(at[1])


class _Factors:
    """Two operands with their letters."""

    __slots__ = ("a", "a_labels", "b", "b_labels")

    def __init__(self, a_labels: Labels, a: Tensor, b_labels: Labels, b: Tensor) -> None:
        self.a_labels, self.a, self.b_labels, self.b = a_labels, a, b_labels, b


def _product(
    factors: _Factors, batch: list[str], rows: list[str], summed: list[str], columns: list[str]
) -> tuple[Labels, Tensor]:
    # The summed axes in the order of the larger operand, which then need not be copied.
    larger = factors.a_labels if factors.a.size >= factors.b.size else factors.b_labels
    summed = [c for c in larger if c in summed]
    batch = [c for c in larger if c in batch]
    a = _grouped(factors.a_labels, factors.a, batch, rows, summed)
    b = _grouped(factors.b_labels, factors.b, batch, summed, columns)
    product = contraction.matmul(a, b)
    sizes = dict(zip(factors.a_labels, factors.a.shape, strict=True))
    sizes.update(zip(factors.b_labels, factors.b.shape, strict=True))
    labels = (*batch, *rows, *columns)
    shape = tuple(sizes[c] for c in labels)
    found: Tensor = product if product.shape == shape else shaping.reshape(product, shape=shape)
    return labels, found


def _grouped(
    labels: Labels, tensor: Tensor, batch: list[str], left: list[str], right: list[str]
) -> Tensor:
    """Batch axes, then the two groups as one axis each."""
    ordered = _arranged(labels, tensor, (*batch, *left, *right))
    if len(left) == 1 and len(right) == 1:
        return ordered
    sizes = dict(zip((*batch, *left, *right), ordered.shape, strict=True))
    shape = [sizes[c] for c in batch]
    for group in (left, right):
        size = 1
        for c in group:
            size *= sizes[c]
        shape.append(size)
    grouped: Tensor = shaping.reshape(ordered, shape=tuple(shape))
    return grouped


def _multiplied(
    first: tuple[Labels, Tensor], second: tuple[Labels, Tensor], wanted: set[str]
) -> tuple[Labels, Tensor]:
    """The outer or elementwise product, for pairs with no axis to sum (or one of size 1)."""
    labels = (*first[0], *[c for c in second[0] if c not in first[0]])
    a, b = (_spread(own, tensor, labels) for own, tensor in (first, second))
    return _summed(labels, arithmetic.multiply(a, b), wanted)


def _spread(own: Labels, tensor: Tensor, labels: Labels) -> Tensor:
    ordered = _arranged(own, tensor, tuple(c for c in labels if c in own))
    sizes = dict(zip([c for c in labels if c in own], ordered.shape, strict=True))
    shape = tuple(sizes.get(c, 1) for c in labels)
    spread: Tensor = ordered if ordered.shape == shape else shaping.reshape(ordered, shape=shape)
    return spread
