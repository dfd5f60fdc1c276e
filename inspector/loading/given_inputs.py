"""Inputs that somebody gave: in words (`--input`), or to an earlier run of the same model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np

from inspector.capture import Recorder
from inspector.errors import UsageError
from inspector.loading.inputs import ModelInputs, array, required_arguments, symbolic_inputs
from inspector.trace.input_spec import InputSpec, parse_input_spec

Array = np.ndarray[Any, Any]


def from_specs(model: Any, specs: tuple[str, ...], seed: int) -> ModelInputs:
    """The arrays that SPECs ask for, in the structure that the model takes.

    Raises:
        UsageError: a SPEC is wrong, its file cannot be read, or names an input there is not.
    """
    random = np.random.default_rng(seed)
    given = [pair for text in specs for pair in _arrays(parse_input_spec(text), random)]
    symbols = symbolic_inputs(model)
    if symbols is not None:
        flat = keras.tree.flatten(symbols)
        ordered = _in_order(given, [symbol.name for symbol in flat])
        return ModelInputs(keras.tree.pack_sequence_as(symbols, ordered))
    names = required_arguments(model) or ["inputs"]
    if len(names) == 1 and len(given) > 1:
        # One argument that holds several arrays: a dict when they are named, else a list.
        named = all(name for name, _ in given)
        return ModelInputs(dict(given) if named else [values for _, values in given])
    first, *others = _in_order(given, names)
    return ModelInputs(first, dict(zip(names[1:], others, strict=True)))


def from_last_run(recorder: Recorder, name: str) -> ModelInputs | None:
    """The inputs of the model's last recorded run, None when there is none or they are gone."""
    for run in reversed(recorder.runs()):
        if run.model != name or run.kind == "build" or not run.calls:
            continue
        top = run.calls[0]
        tensors = [
            recorder.tensor(run.number, ref.tensor) if ref.tensor is not None else None
            for ref in top.inputs
        ]
        if tensors and all(tensor is not None and not tensor.is_meta for tensor in tensors):
            names = [edge.argument for edge in run.edges if edge.target == top.id]
            return _by_argument(recorder.keras_models()[name], names, tensors)
    return None


def _by_argument(model: Any, names: list[str], tensors: list[Any]) -> ModelInputs:
    symbols = symbolic_inputs(model)
    if symbols is not None and len(keras.tree.flatten(symbols)) == len(tensors):
        return ModelInputs(keras.tree.pack_sequence_as(symbols, tensors))
    if len(names) != len(tensors):  # some came out of ops before the call: only the order is known
        return ModelInputs(tensors[0] if len(tensors) == 1 else tensors)
    found: dict[str, list[Any]] = {}
    for argument, tensor in zip(names, tensors, strict=True):
        found.setdefault(argument, []).append(tensor)
    single = {name: part[0] if len(part) == 1 else part for name, part in found.items()}
    first = next(iter(single))
    return ModelInputs(single.pop(first), single)


def _arrays(spec: InputSpec, random: np.random.Generator) -> list[tuple[str | None, Array]]:
    if spec.path is not None:
        return _from_file(spec, spec.path)
    if spec.low is None or spec.high is None:
        limit = 10 if "int" in spec.dtype else None
        return [(spec.name, array(spec.shape, spec.dtype, limit, random))]
    if "int" in spec.dtype:
        values: Array = random.integers(int(spec.low), int(spec.high) + 1, spec.shape)
    else:
        values = random.uniform(spec.low, spec.high, spec.shape)
    return [(spec.name, values.astype(keras.backend.standardize_dtype(spec.dtype)))]


def _from_file(spec: InputSpec, path: str) -> list[tuple[str | None, Array]]:
    try:
        loaded = np.load(Path(path), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UsageError(
            f"The input {path} cannot be read: {error}.", fix="Give a .npy or .npz file of numbers."
        ) from error
    if isinstance(loaded, np.ndarray):
        return [(spec.name, loaded)]
    return [(name, loaded[name]) for name in loaded.files]


def _in_order(given: list[tuple[str | None, Array]], names: list[str]) -> list[Array]:
    """One array for each name: those that are named first, the others in order."""
    by_name = {name: values for name, values in given if name is not None}
    if len(by_name) == len(given) == len(names) and not set(by_name) & set(names):
        return list(by_name.values())  # an .npz whose names mean nothing to the model
    unknown = sorted(set(by_name) - set(names))
    if unknown or len(given) != len(names):
        raise UsageError(
            f"The model takes {len(names)} inputs ({', '.join(names)}); "
            + (f"there is none called {unknown[0]!r}." if unknown else f"{len(given)} were given."),
            fix="Give one --input for each, as NAME=SPEC or in this order.",
        )
    rest = iter(values for name, values in given if name is None)
    return [by_name[name] if name in by_name else next(rest) for name in names]
