"""What runs are called wherever a person reads of them, in the window and on the terminal."""

from __future__ import annotations

from inspector.trace.document import Run

_PASSES = {"build": "symbolic build", "forward": "forward pass", "train_step": "training step"}


def is_named(path: str, name: str) -> bool:
    """Whether a call's path is what a person wrote: the whole of it, or its end.

    >>> is_named("vae/encoder/hidden", "encoder/hidden")
    True
    """
    return path == name or path.endswith(f"/{name}")


def run_title(run: Run) -> str:
    """`vae: training step`."""
    training = ", training=True" if run.training and run.kind == "forward" else ""
    changes = f", if {', '.join(run.changes)}" if run.changes else ""
    is_evaluation = run.kind == "forward" and run.total_loss is not None
    what = "evaluation" if is_evaluation else _PASSES[run.kind]
    return f"{run.model or 'layers'}: {what}{training}{changes}"


def numbered_title(place: int, run: Run) -> str:
    """`3 · vae: training step`; runs are counted from 1 in the order in which they ran."""
    return f"{place} · {run_title(run)}"
