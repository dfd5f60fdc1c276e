"""After the script: models that were built but never called, or only wait in functions.

A script that ends without a single run shows nothing, so what it would have done later is done
here: functions that make models are called, models are run once, on inputs that we make up. All
of it is listed as replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras

from inspector.capture import Recorder
from inspector.errors import CaptureError, OpenError
from inspector.loading import given_inputs, inputs
from inspector.loading.cost import multiplications
from inspector.loading.makers import make_models
from inspector.loading.notes import Notes

_MOST_WORK = 60_000_000_000
_NEVER = "The file never calls it"
# The line that failed may be the call itself.
_FAILED = "The file ended before a call of it ran"


def run(
    namespace: dict[str, Any],
    recorder: Recorder,
    notes: Notes,
    *,
    model: str | None,
    specs: tuple[str, ...],
    training: bool,
    seed: int,
    failed: bool = False,
) -> None:
    """Run what the script built and did not call, or the model and inputs that were asked for.

    Raises:
        OpenError: the file holds no model.
        CaptureError: `model` is not one of the file's.
    """
    stopped: Exception | None = None
    if not recorder.keras_models() and not recorder.runs():
        try:
            make_models(namespace, recorder, notes, failed=failed)
        except Exception as error:
            if not recorder.keras_models():
                raise
            stopped = error  # told at the end: what was made before is run all the same
    living = recorder.keras_models()
    if not living:
        raise OpenError(
            "The file builds no Keras model and calls no layer.",
            fix="Open a file that builds a model, or that has a function which returns one.",
        )
    if model is not None and model not in living:
        raise CaptureError(
            f"There is no model called {model!r}; there is {', '.join(living)}.",
            fix="Give one of these names with --model.",
        )
    if specs:
        name = model or next(iter(living))
        given = given_inputs.from_specs(living[name], specs, seed, notes.add)
        recorder.call_model(name, given.first, others=given.others, training=training, seed=seed)
        return
    wanted = _wanted(recorder, model, training=training)
    for name in wanted if model is not None else _not_too_many(wanted, recorder, notes):
        given = given_inputs.from_last_run(recorder, name) or _made_up(
            name, recorder, notes, seed, _FAILED if failed else _NEVER
        )
        recorder.call_model(name, given.first, others=given.others, training=training, seed=seed)
    if stopped is not None:
        raise stopped


def _not_too_many(names: list[str], recorder: Recorder, notes: Notes) -> Iterator[str]:
    """The models that compute least first, as many as there is time for."""
    living = recorder.keras_models()
    work = {name: multiplications(living[name]) or 0 for name in names}
    done = 0
    for name in sorted(names, key=work.__getitem__):
        done += 2 * work[name]
        if done > _MOST_WORK and done > 2 * work[name]:
            notes.add(name, "Not run: it computes much, and smaller models have shown theirs.")
        else:
            yield name


def _wanted(recorder: Recorder, model: str | None, *, training: bool) -> list[str]:
    """The models to run now: those never called, and with `training` those only used without."""
    uncalled = list(_never_called(recorder))
    if training:
        trained = {r.model for r in recorder.runs() if r.training or r.kind == "train_step"}
        uncalled += [
            run.model
            for run in recorder.runs()
            if run.kind == "forward" and run.model is not None and run.model not in trained
        ]
    wanted = list(dict.fromkeys(uncalled))
    if model is None:
        return wanted
    called = {run.model for run in recorder.runs() if run.kind != "build"}
    return [model] if model in wanted or model not in called else []


def _made_up(
    name: str, recorder: Recorder, notes: Notes, seed: int, why: str
) -> inputs.ModelInputs:
    made = inputs.made_up(recorder.keras_models()[name], seed)
    notes.add(f"the input of {name}", f"{why}; run once on made-up {made}.")
    return made


def _never_called(recorder: Recorder) -> Iterator[str]:
    """Models without an eager run that are not part of another model."""
    living = recorder.keras_models()
    eager = [run for run in recorder.runs() if run.kind != "build"]
    # By name as well: in a loop of the user's own a model may run inside another one's step.
    called = {run.model for run in eager} | {call.name for run in eager for call in run.calls}
    inside = {
        id(layer)
        for model in living.values()
        for layer in model._flatten_layers(include_self=False)
    }
    for name, model in living.items():
        if name in called or id(model) in inside or not isinstance(model, keras.Model):
            continue
        if type(model).call.__module__ != "keras.src.models.model":
            # Without a `call` of its own a model has only its `train_step`.
            yield name
