"""The checks that ship with Inspector: what commonly goes wrong in a Keras model.

    masks      masks that are lost or never used
    structure  layers that are unused, made anew, or put together oddly
    training   gradients, updates and layers in the wrong mode
    losses     activations and labels that do not fit the loss
    shapes     axes that broadcast or mix, dtypes that widen
    axes       axes of different meaning that meet
    numbers    NaN, infinities, dead units, saturation

Each check is a generator over the trace whose name is the rule's id; its docstring's first line
says what it finds. `CHECKS` lists them all, and `docs/checks.md` is written from that list.
"""

from __future__ import annotations

from inspector.api import Check, hookimpl
from inspector_plugins.model_checks import axes, losses, masks, numbers, shapes, structure, training

CHECKS: tuple[Check, ...] = (
    *numbers.CHECKS,  # first: they say where other findings come from
    *axes.CHECKS,
    *masks.CHECKS,
    *structure.CHECKS,
    *training.CHECKS,
    *losses.CHECKS,
    *shapes.CHECKS,
)


@hookimpl
def register_checks() -> list[Check]:
    return list(CHECKS)
