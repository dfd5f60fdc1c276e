"""How the value of a loss term came about: what was added up, and what it was divided by.

Keras' own losses tell it themselves (`Weighed`, seen at their door): values, sample weights and
mask. Everything else (regularizers, `add_loss`, the user's own arithmetic) is read off the tape:
from the scalar back through factors and quotients to the sum or mean that made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inspector.engine import OpRecord, Tensor
from inspector.trace import Reduction

_SAME_VALUE = frozenset({"cast", "reshape", "broadcast_to", "stop_gradient", "expand_dims"})
_MEANS = ("sum_over_batch_size", "mean")


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """One reduction as Keras' losses do it.

    records: the ops from the values to the scalar.
    """

    of: str
    values: Any
    sample_weight: Any
    mask: Any
    reduction: str | None
    result: Any
    records: tuple[OpRecord, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic:
    """A reduction with what it was made of: each of the `terms` adds `per_term` times itself."""

    reduction: Reduction
    terms: Tensor
    per_term: float

    def samples(self, batch: int | None) -> Tensor | None:
        """What each sample adds to the value; None where the first axis is not the batch."""
        if not self.terms.shape or self.terms.shape[0] != batch:
            return None
        rows = np.asarray(self.terms.numpy(), dtype=np.float64).reshape(batch, -1)
        return Tensor(rows.sum(axis=1) * self.per_term)


def of_loss(weighed: Weighed) -> Arithmetic | None:
    """The arithmetic of a `keras.losses.Loss`."""
    if not isinstance(weighed.values, Tensor) or weighed.values.is_meta:
        return None
    terms = _summed(weighed)
    count = terms.size
    total = float(np.sum(terms.numpy(), dtype=np.float64))
    kept = _kept_share(weighed)
    divisor = 1.0
    if weighed.reduction in _MEANS or weighed.reduction == "mean_with_sample_weight":
        divisor = _divisor(weighed, count)
    is_mean = weighed.reduction in _MEANS
    # Keras scales what the mask keeps up to the whole; told plainly, it divides by what is kept.
    reduction = Reduction(
        how=weighed.reduction or "none",
        of=weighed.of,
        shape=terms.shape,
        sum=total * kept if is_mean else total,
        divisor=divisor * kept if is_mean else divisor,
        masked=_masked(weighed.mask, count),
        sample_weight=_ends(weighed.sample_weight),
        terms=terms.id,
    )
    return Arithmetic(reduction, terms, 1.0 / divisor if divisor else 0.0)


def of_scalar(term: Tensor) -> Arithmetic | None:
    """The arithmetic of any scalar that is a number times a sum or mean; None for others."""
    factor, divisor = 1.0, 1.0
    tensor = term
    while tensor.record is not None:
        record = tensor.record
        name = record.primitive.name
        if name in ("sum", "mean") and record.inputs[0].size > 1:
            return _reduced(record, factor, divisor)
        step = _before(record)
        if step is None:
            return None
        tensor, times, over = step
        factor, divisor = factor * times, divisor * over
    return None


def _reduced(record: OpRecord, factor: float, divisor: float) -> Arithmetic:
    terms = record.inputs[0]
    if record.primitive.name == "mean":
        divisor *= terms.size
    reduction = Reduction(
        how=record.primitive.name,
        of=_maker(terms),
        shape=terms.shape,
        sum=float(np.sum(terms.numpy(), dtype=np.float64)),
        divisor=divisor,
        factor=factor,
        terms=terms.id,
    )
    return Arithmetic(reduction, terms, factor / divisor if divisor else 0.0)


def _before(record: OpRecord) -> tuple[Tensor, float, float] | None:
    """What a scalar is a multiple of: the tensor, its factor and its divisor."""
    name, inputs = record.primitive.name, record.inputs
    if any(part.size != 1 or part.is_meta for part in inputs):
        return None
    if name in _SAME_VALUE or name == "sum":
        return inputs[0], 1.0, 1.0
    if name == "negative":
        return inputs[0], -1.0, 1.0
    if name == "divide":
        return inputs[0], 1.0, float(inputs[1].numpy().item())
    if name == "where":  # a quotient that is 0 where the divisor is
        chosen = inputs[1] if bool(inputs[0].numpy().item()) else inputs[2]
        return chosen, 1.0, 1.0
    if name == "multiply":
        number, rest = sorted(inputs, key=lambda part: part.record is not None)
        return rest, float(number.numpy().item()), 1.0
    return None


def _summed(weighed: Weighed) -> Tensor:
    """The values as they are added up: with weights and mask in them."""
    for record in reversed(weighed.records):
        before = record.inputs[0] if record.inputs else None
        if record.primitive.name == "sum" and before is not None and _leads(record, weighed):
            return before
    values: Tensor = weighed.values
    return values


def _leads(record: OpRecord, weighed: Weighed) -> bool:
    """Whether a sum is the one that the result is made of, not that of a mask or of weights."""
    reached = {record.outputs[0].id}
    for later in weighed.records:
        if later.index > record.index and any(part.id in reached for part in _numerators(later)):
            reached.update(output.id for output in later.outputs)
    return bool(weighed.result.id in reached)


def _numerators(record: OpRecord) -> tuple[Tensor, ...]:
    name = record.primitive.name
    if name == "divide":
        return record.inputs[:1]
    return record.inputs[1:] if name == "where" else record.inputs


def _divisor(weighed: Weighed, count: int) -> float:
    if weighed.reduction != "mean_with_sample_weight":
        return float(count)
    weights = weighed.sample_weight
    if weights is None and weighed.mask is None:
        return float(count)
    product = np.asarray(1.0)
    for part in (weights, weighed.mask):
        if part is not None:
            product = _multiplied(product, np.asarray(_array(part), dtype=np.float64))
    return float(product.sum())


def _multiplied(a: Any, b: Any) -> Any:
    """The product of weights and a mask, one of which may lack the last axis."""
    if a.ndim and b.ndim and a.ndim != b.ndim:
        low, high = sorted((a, b), key=lambda x: int(x.ndim))
        return low.reshape(low.shape + (1,) * (high.ndim - low.ndim)) * high
    return a * b


def _kept_share(weighed: Weighed) -> float:
    if weighed.mask is None:
        return 1.0
    mask = _array(weighed.mask)
    return float(np.count_nonzero(mask)) / max(mask.size, 1)


def _masked(mask: Any, count: int) -> int | None:
    if mask is None:
        return None
    found = _array(mask)
    each = count // max(found.size, 1)
    return int(found.size - np.count_nonzero(found)) * max(each, 1)


def _ends(weights: Any) -> tuple[float, float] | None:
    if weights is None:
        return None
    found = np.asarray(_array(weights), dtype=np.float64)
    return (float(found.min()), float(found.max())) if found.size else None


def _array(tensor: Any) -> Any:
    return tensor.numpy() if isinstance(tensor, Tensor) else np.asarray(tensor)


def _maker(terms: Tensor) -> str:
    record = terms.record
    return "" if record is None else record.function or record.primitive.name
