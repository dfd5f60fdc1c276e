"""Inputs that somebody gave: in words (`--input`), or to an earlier run of the same model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from inspector.capture import Recorder
from inspector.errors import UsageError
from inspector.loading.input_files import Wanted, fitted, read_content
from inspector.loading.input_files.reading import Kind
from inspector.loading.inputs import (
    ModelInputs,
    array,
    built_shapes,
    input_dtype,
    required_arguments,
    symbolic_inputs,
)
from inspector.trace.input_spec import InputSpec, parse_input_spec

Array = np.ndarray[Any, Any]
Told = Callable[[str, str], None]

# What Keras calls the first argument of a model, whatever its Input is called.
_ARGUMENT = "inputs"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Values for one input; `file` is the name of the file they are from, to be told about."""

    name: str | None
    values: Array
    kind: Kind = "array"
    file: str | None = None


def from_specs(
    model: Any, specs: tuple[str, ...], seed: int, told: Told = lambda what, why: None
) -> ModelInputs:
    """The arrays that SPECs ask for, in the structure that the model takes.

    told: hears of a file what was done to its values so that they fit.

    Raises:
        UsageError: a SPEC is wrong, its file cannot be read, or names an input there is not.
    """
    random = np.random.default_rng(seed)
    wanted = wanted_inputs(model)
    read = [parse_input_spec(text) for text in specs]
    asked = frozenset(spec.name for spec in read if spec.name)
    given = [part for spec in read for part in _arrays(spec, wanted, random)]
    symbols = symbolic_inputs(model)
    if symbols is not None:
        parts = _in_order(given, [one.name for one in wanted], asked)
        values = _fitted(parts, wanted, told)
        for part, array_, one in zip(parts, values, wanted, strict=True):
            _check_shape(part, array_, one)
        return ModelInputs(keras.tree.pack_sequence_as(symbols, values))
    names = [one.name for one in wanted]
    if len(names) == 1 and len(given) > 1:
        # One argument that holds several arrays: a dict when they are named, else a list.
        named = all(part.name for part in given)
        arrays = [part.values for part in given]
        by_name = dict(zip([part.name for part in given], arrays, strict=True))
        return ModelInputs(by_name if named else arrays)
    first, *others = _fitted(_in_order(given, names, asked), wanted, told)
    return ModelInputs(first, dict(zip(names[1:], others, strict=True)))


def wanted_inputs(model: Any) -> list[Wanted]:
    """What the model takes, one for each input, in order."""
    symbols = symbolic_inputs(model)
    rescales = any(isinstance(layer, keras.layers.Rescaling) for layer in _layers(model))
    if symbols is not None:
        return [
            Wanted(symbol.name, tuple(symbol.shape), _dtype_of(symbol), rescales)
            for symbol in keras.tree.flatten(symbols)
        ]
    shapes = built_shapes(model)
    names = required_arguments(model) or ["inputs"]
    is_one = isinstance(shapes, tuple) and all(s is None or isinstance(s, int) for s in shapes)
    single = shapes if is_one and len(names) == 1 else None
    dtype = input_dtype(model)
    return [Wanted(name, single, dtype, rescales) for name in names]


def _layers(model: Any) -> list[Any]:
    flatten = getattr(model, "_flatten_layers", None)
    return list(flatten()) if flatten is not None else []


def _dtype_of(symbol: Any) -> str:
    return str(keras.backend.standardize_dtype(symbol.dtype))


def _fitted(parts: list[Part], wanted: list[Wanted], told: Told) -> list[Array]:
    values = []
    for part, one in zip(parts, wanted, strict=True):
        if 0 in part.values.shape:
            raise UsageError(
                f"The input {one.name} has no values: its shape is {part.values.shape}.",
                fix="Give at least one sample.",
            )
        if part.file is None:
            values.append(part.values)
            continue
        said: list[str] = []
        values.append(fitted(part.kind, part.values, one, said.append))
        if said:
            told(f"the input {one.name} from {part.file}", f"{'; '.join(said)}.".capitalize())
    return values


def _check_shape(part: Part, values: Array, wanted: Wanted) -> None:
    """Raises UsageError where Keras would refuse the shape, with an array dump in its words."""
    shape = wanted.shape
    if shape is None or any(_fits(way, shape) for way in _ways(values.shape)):
        return
    sizes = ", ".join("any" if size is None else str(size) for size in shape)
    example = ",".join(str(size or 2) for size in shape)
    raise UsageError(
        f"The input {wanted.name} takes ({sizes}); "
        f"{part.file or 'what was given'} has the shape {part.values.shape}.",
        fix=f"Give it like {wanted.dtype}[{example}].",
    )


def _ways(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """A shape as Keras takes it: a last axis of size 1 may be missing, or too many."""
    return [shape, (*shape, 1), *([shape[:-1]] if shape[-1:] == (1,) else [])]


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    """Whether all axes but the batch's have the sizes that are wanted."""
    return len(shape) == len(wanted) and all(
        size is None or size == given for given, size in zip(shape[1:], wanted[1:], strict=True)
    )


def from_last_run(recorder: Recorder, name: str, number: int | None = None) -> ModelInputs | None:
    """The inputs of the model's last recorded run, None when there is none or they are gone.

    number: of the run whose inputs are meant in its place.
    """
    for run in reversed(recorder.runs()):
        if run.model != name or run.kind == "build" or not run.calls:
            continue
        if number not in (None, run.number):
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


def map_leaves(change: Callable[[Any], Any], values: Any) -> Any:
    """The same structure of inputs with each array changed."""
    return keras.tree.map_structure(change, values)


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


def _arrays(spec: InputSpec, wanted: list[Wanted], random: np.random.Generator) -> list[Part]:
    if spec.path is not None:
        return _from_file(spec, Path(spec.path), wanted)
    if spec.low is None or spec.high is None:
        limit = 10 if "int" in spec.dtype else None
        return [Part(spec.name, array(spec.shape, spec.dtype, limit, random))]
    if "int" in spec.dtype:
        values: Array = random.integers(int(spec.low), int(spec.high) + 1, spec.shape)
    else:
        values = random.uniform(spec.low, spec.high, spec.shape)
    return [Part(spec.name, values.astype(keras.backend.standardize_dtype(spec.dtype)))]


def _from_file(spec: InputSpec, path: Path, wanted: list[Wanted]) -> list[Part]:
    content = read_content(path)
    arrays = content.arrays
    if content.kind == "table" and None not in arrays:
        names = [one.name for one in wanted]
        if spec.name is None and set(names) <= set(arrays):
            arrays = {name: arrays[name][:, None] for name in names}
        else:
            arrays = {None: _table(path, arrays)}
    single = len(arrays) == 1
    return [
        Part(spec.name if single and spec.name else name, values, content.kind, path.name)
        for name, values in arrays.items()
    ]


def _table(path: Path, columns: dict[str | None, Array]) -> Array:
    texts = [str(name) for name, column in columns.items() if column.dtype == object]
    if texts and len(texts) < len(columns):
        raise UsageError(
            f"The input {path} holds text in the column {texts[0]!r}.",
            fix="Give a table of numbers only, or name the columns as the model's inputs.",
        )
    if texts and len(columns) == 1:
        return next(iter(columns.values()))
    return np.stack(list(columns.values()), axis=1)


def _in_order(given: list[Part], names: list[str], asked: frozenset[str]) -> list[Part]:
    """One part for each name: those that are named first, the others in order.

    asked: the names that somebody wrote, not a file; each has to be there.
    """
    if len(names) == 1 and [part.name for part in given] == [_ARGUMENT]:
        return given
    by_name = {part.name: part for part in given if part.name is not None}
    is_strange = len(by_name) == len(given) == len(names) and not set(by_name) & set(names)
    if is_strange and not asked:
        return list(by_name.values())  # an .npz whose names mean nothing to the model
    unknown = sorted(set(by_name) - set(names))
    if unknown or len(given) != len(names):
        count = "1 input" if len(names) == 1 else f"{len(names)} inputs"
        raise UsageError(
            f"The model takes {count} ({', '.join(names)}); "
            + (f"there is none called {unknown[0]!r}." if unknown else f"{len(given)} were given."),
            fix="Give one --input for each, as NAME=SPEC or in this order.",
        )
    rest = iter(part for part in given if part.name is None)
    return [by_name[name] if name in by_name else next(rest) for name in names]
