"""Names the batch axis of a model's recorded tensors, by two more runs that nobody else sees."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import shorten
from typing import Any

import numpy as np

from inspector.capture import Recorder
from inspector.capture.batch_axis import SIZES, named_batch
from inspector.errors import CaptureError
from inspector.loading import given_inputs
from inspector.loading.inputs import ModelInputs
from inspector.trace import OpenFailure, Run

_MOST_CHARACTERS = 160
Guarded = Callable[[Callable[[], object]], OpenFailure | None]


def name_batch(recorder: Recorder, model: str, given: ModelInputs, guarded: Guarded) -> list[Run]:
    """Run a model on two batch sizes; answers its runs with their axes named.

    guarded: runs user code and answers why it stopped.

    Raises:
        CaptureError: the model does not run on another batch size.
    """
    small, large = (_run_of(recorder, model, given, size, guarded) for size in SIZES)
    found = [
        named_batch(run, small, large)
        for run in recorder.runs()
        if run.model == model and run.kind != "build"
    ]
    for run in found:
        recorder.say_more(run)
    return found


def resized(values: Any, count: int) -> Any:
    """The same inputs with `count` samples: the first ones, again and again where they are few."""

    def resize(leaf: Any) -> Any:
        array = leaf.numpy() if hasattr(leaf, "numpy") else np.asarray(leaf)
        return array if array.ndim == 0 else array[np.arange(count) % len(array)]

    return given_inputs.map_leaves(resize, values)


def models_with_runs(recorder: Recorder) -> list[str]:
    """The living models that ran with values, in the order in which they first did."""
    living = recorder.keras_models()
    ran = [run.model for run in recorder.runs() if run.kind != "build"]
    return [model for model in dict.fromkeys(ran) if model is not None and model in living]


def _run_of(recorder: Recorder, model: str, given: ModelInputs, size: int, guarded: Guarded) -> Run:
    first = resized(given.first, size)
    others = {name: resized(values, size) for name, values in given.others.items()}
    with recorder.aside() as made:
        failure = guarded(
            lambda: recorder.call_model(model, first, others=others, training=False, seed=0)
        )
    runs = [run for run in made if run.model == model and run.kind != "build"]
    if failure is None and runs and runs[-1].failure is None:
        return runs[-1]
    why = failure.message if failure is not None else "it was not recorded."
    why = shorten(why, _MOST_CHARACTERS, placeholder=" …")
    raise CaptureError(
        f"{model} does not run on a batch of {size}, so its batch axis is not known: {why}",
        fix="Name the batch of a model whose inputs leave the batch size open.",
    )
