"""The arithmetic of a loss term in words, the same in the window and on the terminal."""

from __future__ import annotations

from math import prod

from inspector.trace.document import Run
from inspector.trace.losses import Loss, LossTotal, Reduction


def short(loss: Loss) -> str:
    """The arithmetic in one line; empty where it is not known.

    >>> how = Reduction("mean", "square", (32, 10), 640.0, 306.0, masked=14)
    >>> short(Loss("m", "compiled", 2.09, 1.0, name="mse", reduction=how))
    'sum over 32 x 10, divided by 306, 14 masked'
    """
    how = loss.reduction
    if how is None:
        return "what the total has beyond all other rows" if loss.kind == "unaccounted" else ""
    factor = "" if how.factor == 1.0 else f"{number(how.factor)} times the "
    parts = [f"{factor}sum over {_sizes(how)}"]
    if how.divisor != 1.0:
        parts.append(f"divided by {number(how.divisor)}")
    if how.masked is not None:
        parts.append(f"{how.masked} masked")
    if how.sample_weight is not None:
        parts.append(f"sample weights {_weights(how.sample_weight)}")
    return ", ".join(parts)


def numbers(loss: Loss) -> str:
    """The arithmetic with its numbers, from the sum to what the term adds to the total."""
    if loss.value is None:
        return "No value was kept."
    how, added = loss.reduction, loss.value * loss.weight
    last = "" if loss.weight == 1.0 else f" × weight {number(loss.weight)} = {number(added)}"
    if how is None:
        return number(loss.value) + last
    factor = "" if how.factor == 1.0 else f"{number(how.factor)} × "
    divisor = "" if how.divisor == 1.0 else f" / {number(how.divisor)}"
    return f"{factor}{number(how.sum)}{divisor} = {number(loss.value)}{last}"


def total_name(total: LossTotal) -> str:
    """What one of several totals is called: the user's variable, else its line.

    >>> total_name(LossTotal(0.7, "gen_loss")), total_name(LossTotal(0.7, "", "gan.py", 31))
    ('gen_loss', 'line 31')
    """
    return total.name or ("loss" if total.line is None else f"line {total.line}")


def effects(loss: Loss) -> tuple[str, ...]:
    """What mask and sample weights did to a term, a sentence each."""
    how = loss.reduction
    if how is None:
        return ()
    said = []
    if how.masked is not None:
        count = prod(size or 0 for size in how.shape)
        kept = count - how.masked
        rest = f"; the sum is divided by the {kept} others" if how.divisor == kept else ""
        said.append(f"The mask leaves out {how.masked} of {count} values: they count 0{rest}.")
    if how.sample_weight is not None:
        said.append(
            f"Each value is multiplied by its sample weight: {_weights(how.sample_weight)}."
        )
    return tuple(said)


def owner(loss: Loss, run: Run) -> str:
    """The owner's path within the model; the model's own name says nothing there."""
    return loss.owner.removeprefix(f"{run.model}/") or loss.owner


def number(value: float) -> str:
    """Six digits."""
    return f"{value:.6g}"


def _sizes(how: Reduction) -> str:
    return " x ".join(map(str, how.shape)) if how.shape else "one value"


def _weights(ends: tuple[float, float]) -> str:
    low, high = map(number, ends)
    return f"all {low}" if low == high else f"{low} to {high}"
