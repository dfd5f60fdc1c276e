"""What a run's losses are made of: the rows of the ledger, their arithmetic, and the totals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reduction:
    """The arithmetic of one loss term: value = factor * sum / divisor.

    how:   Keras' name of the reduction ("sum_over_batch_size", "sum"...), or the op ("mean").
    of:    what was added up: the name of the loss function or op that made the values.
    shape: of the values, `sum` their sum with mask and sample weights in it.
    masked: how many of them a mask leaves out, None where there was no mask.
    sample_weight: (smallest, largest) of the sample weights, None where there were none.
    terms: id under which the values, with mask and weights in them, can be read.
    samples: id of what each sample of the batch adds to `value`, None where there are none.
    """

    how: str
    of: str
    shape: tuple[int | None, ...]
    sum: float
    divisor: float = 1.0
    factor: float = 1.0
    masked: int | None = None
    sample_weight: tuple[float, float] | None = None
    terms: int | None = None
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """One addend of the total loss; `value` is before `weight`.

    owner: path of the call or weight it belongs to; name: of a compiled loss ("mse"), or empty.
    kind:  `unaccounted` is what Keras' total has beyond the sum of all other rows.
    reduction: how `value` came about, None where it is not a sum or mean of values.
    total: place in `Run.totals` of the one that it adds to, None where the run has but one.
    """

    owner: str
    kind: str
    value: float | None
    weight: float
    file: str | None = None
    line: int | None = None
    name: str = ""
    reduction: Reduction | None = None
    tensor: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class LossTotal:
    """One of several scalars that a step took gradients of; `name`: the user's variable."""

    value: float
    name: str
    file: str | None = None
    line: int | None = None
