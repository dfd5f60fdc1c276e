"""What a model takes and a guess for each input: what the form asks somebody with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
from keras.tree import flatten

from inspector.capture import Recorder
from inspector.loading import given_inputs, inputs
from inspector.loading.input_files import Wanted
from inspector.trace.input_spec import InputGuess, InputSpec

_NO_CLUE = InputSpec(None, "float32", (inputs.BATCH, 8))


def guessed(model: Any, recorder: Recorder, name: str) -> tuple[InputGuess, ...]:
    """One guess for each input: as in the model's last run, else from what it says of itself."""
    wanted = given_inputs.wanted_inputs(model)
    symbols = inputs.symbolic_inputs(model)
    flat = [None] * len(wanted) if symbols is None else flatten(symbols)
    found, why = _known(model, recorder, name)
    if len(found) != len(wanted):
        found, why = [None] * len(wanted), "A guess: nothing in the model says what it takes."
    return tuple(
        InputGuess(
            one.name,
            _takes(one if symbol is not None or values is None else _as_seen(one, values)),
            str(_spec(values, model, symbol)),
            why,
        )
        for one, values, symbol in zip(wanted, found, flat, strict=True)
    )


def _known(model: Any, recorder: Recorder, name: str) -> tuple[list[Any], str]:
    last = given_inputs.from_last_run(recorder, name)
    if last is not None:
        return _leaves(last), "As in its last run; new values of that form."
    try:
        return _leaves(inputs.made_up(model)), "Made up from what the model says of itself."
    except inputs.InputsUnknown:
        return [], ""


def _leaves(given: inputs.ModelInputs) -> list[Any]:
    # One by one: `flatten` goes through a dict in the order of its keys, not of the arguments.
    return [leaf for part in (given.first, *given.others.values()) for leaf in flatten(part)]


def _spec(values: Any, model: Any, symbol: Any) -> InputSpec:
    if values is None:
        return _NO_CLUE
    shape, dtype = tuple(map(int, values.shape)), keras.backend.standardize_dtype(values.dtype)
    if "int" not in dtype:
        return InputSpec(None, dtype, shape)
    limit = inputs.index_limit(model, symbol) or 10
    return InputSpec(None, dtype, shape, 0, limit - 1)


def _as_seen(wanted: Wanted, values: Any) -> Wanted:
    """What a model without symbolic inputs took: any batch of it, and of its dtype."""
    shape = (None, *map(int, values.shape[1:])) if values.shape else ()
    return replace(wanted, shape=shape, dtype=keras.backend.standardize_dtype(values.dtype))


def _takes(wanted: Wanted) -> str:
    if wanted.shape is None:
        return wanted.dtype
    sizes = ", ".join("any" if size is None else str(size) for size in wanted.shape)
    return f"({sizes}) of {wanted.dtype}"
