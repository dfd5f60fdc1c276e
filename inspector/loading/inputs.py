"""Arrays to run a model on: from `--input`, from an earlier run, or made up from the model.

What is made up follows what the model says of itself, in this order: the symbolic inputs of a
Functional or Sequential model, the shapes it was built with, the first layers inside. Whole
numbers stay within the range of the Embedding that they go into.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from inspector.errors import CaptureError
from inspector.loading.cost import multiplications
from inspector.loading.uses import Use, uses_of

BATCH = 2
# A model that multiplies more often than this for one row gets no second one.
_HEAVY_ROW = 4_000_000_000
_SEQUENCE = 16
_IMAGE = 32
_MOST_SHRINKING = 4
_FEATURES = 8
_WORDS = ("the movie was great", "a dull and noisy film", "she reads the paper", "open the door")
Array = np.ndarray[Any, Any]


class InputsUnknown(CaptureError):
    """Raised when nothing says what a model takes; somebody has to be asked."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelInputs:
    """What to call a model with: its first argument, and others by name."""

    first: Any
    others: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        given = keras.tree.flatten([self.first, self.others])
        leaves = [leaf for leaf in given if hasattr(leaf, "shape")]
        return ", ".join(f"{leaf.dtype}{list(leaf.shape)}" for leaf in leaves)


def made_up(model: Any, seed: int = 0) -> ModelInputs:
    """Arrays that the model can be called with.

    Raises:
        CaptureError: the model says nothing from which inputs could be made.
    """
    random = np.random.default_rng(seed)
    symbols = symbolic_inputs(model)
    if symbols is not None:
        return ModelInputs(
            keras.tree.map_structure(lambda symbol: _like_symbol(symbol, model, random), symbols)
        )
    shapes = built_shapes(model)
    if shapes is not None:
        return ModelInputs(
            _map_shapes(shapes, lambda shape: array(shape, *_kind_by_layers(model), random))
        )
    others = required_arguments(model)[1:]
    first = _taken_apart(model, random)
    return ModelInputs(first, {name: _by_first_layer(model, random) for name in others})


def _taken_apart(model: Any, random: np.random.Generator) -> Any:
    """The first argument: several arrays where `call` unpacks it or looks up names in it."""
    uses = uses_of(type(model).call)
    use = uses.get(next((name for name in uses if name != "self"), ""), Use())
    if use.keys:
        return {key: _by_first_layer(model, random) for key in dict.fromkeys(use.keys)}
    count = use.parts or (use.last_index + 1 if use.is_sequence and not use.is_tensor else 0)
    if count > 1:
        return [_by_first_layer(model, random) for _ in range(count)]
    return _by_first_layer(model, random)


def symbolic_inputs(model: Any) -> Any:
    """The structure of a Functional or built Sequential model's inputs; None for others."""
    try:
        structure = getattr(model, "_inputs_struct", None)
        if structure is not None:
            return structure
        found = getattr(model, "inputs", None) or None
        # A Sequential model's one input is listed, but the model is called on it bare.
        return found[0] if isinstance(found, list) and len(found) == 1 else found
    except (AttributeError, ValueError):  # a Sequential model that was not built
        return None


def index_limit(model: Any, symbol: Any = None) -> int | None:
    """How many different whole numbers may go in: the size of the Embedding behind an input."""
    return _kind_by_layers(model)[1] if symbol is None else _largest_index(symbol, model)


def _like_symbol(symbol: Any, model: Any, random: np.random.Generator) -> Array:
    shape = _filled(symbol.shape, deep=_is_deep(model))
    dtype = keras.backend.standardize_dtype(symbol.dtype)
    limit = _largest_index(symbol, model)
    rows = 1 if (multiplications(model) or 0) > _HEAVY_ROW else BATCH
    return array((rows, *shape[1:]) if shape else (), dtype, limit, random)


def built_shapes(model: Any) -> Any:
    """The shapes that a model was built with, in its own structure; None when it tells none."""
    config = model.get_build_config() if getattr(model, "built", False) else None
    if not config:
        return None
    if "input_shape" in config:
        return config["input_shape"]
    shapes = config.get("shapes_dict") or {}
    found = [shape for name, shape in shapes.items() if name.endswith("shape")]
    return found[0] if len(found) == 1 else (found or None)


def input_dtype(model: Any) -> str:
    """The dtype of what its first layer takes."""
    return _kind_by_layers(model)[0]


def _map_shapes(shapes: Any, make: Any) -> Any:
    if isinstance(shapes, dict):
        return {name: _map_shapes(shape, make) for name, shape in shapes.items()}
    if isinstance(shapes, tuple | list) and any(isinstance(s, tuple | list | dict) for s in shapes):
        return [_map_shapes(shape, make) for shape in shapes]
    if shapes is None:
        raise InputsUnknown(
            "The model was built without a shape.", fix="Give one with --input, as float32[2,8]."
        )
    filled = _filled(tuple(shapes))
    return make((BATCH, *filled[1:]) if filled else filled)


def _kind_by_layers(model: Any) -> tuple[str, int | None]:
    first = _first_layer(model)
    if isinstance(first, keras.layers.Embedding):
        return "int32", int(first.input_dim)
    return "float32", None


def required_arguments(model: Any) -> list[str]:
    """Names of the arguments of the model's `call` that have no default."""
    parameters = list(inspect.signature(type(model).call).parameters.values())[1:]
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [
        parameter.name
        for parameter in parameters
        if parameter.kind in plain
        and parameter.default is inspect.Parameter.empty
        and parameter.name not in ("training", "mask")
    ]


def _by_first_layer(model: Any, random: np.random.Generator) -> Array:
    layer = _first_layer(model)
    if layer is None:
        raise InputsUnknown(
            f"{getattr(model, 'name', 'The model')!r} was never called, and nothing in it says "
            "what its input looks like.",
            fix="Call it in the file, or give an input: --input 'float32[2,8]'.",
        )
    if isinstance(layer, keras.layers.Embedding):
        return array((BATCH, _SEQUENCE), "int32", int(layer.input_dim), random)
    return array(_shape_for(layer), "float32", None, random)


def _shape_for(layer: Any) -> tuple[int, ...]:
    channels = _channels(layer)
    dimensions = _dimensions(layer)
    sizes = {
        1: (),
        2: (_SEQUENCE,),
        3: (_IMAGE, _IMAGE),
        4: (_SEQUENCE, _IMAGE, _IMAGE),
    }[dimensions]
    if getattr(layer, "data_format", None) == "channels_first":
        return (BATCH, channels, *sizes)
    return (BATCH, *sizes, channels)


def _dimensions(layer: Any) -> int:
    """How many axes besides the batch a layer wants: Dense 1, LSTM 2, Conv2D 3, Conv3D 4."""
    wanted = getattr(getattr(layer, "input_spec", None), "ndim", None)
    if wanted is None:
        name = type(layer).__name__
        sequence = ("LSTM", "GRU", "RNN", "1D", "Attention", "Bidirectional", "TimeDistributed")
        wanted = next((n + 2 for n in (1, 2, 3) if f"{n}D" in name), None)
        wanted = wanted or (3 if any(part in name for part in sequence) else 2)
    return min(max(int(wanted) - 1, 1), 4)


def _channels(layer: Any) -> int:
    axes = getattr(getattr(layer, "input_spec", None), "axes", None) or {}
    if axes.get(-1):
        return int(axes[-1])
    return 3 if _dimensions(layer) >= 3 else _FEATURES


def _first_layer(model: Any) -> Any:
    """The first layer inside that says something about its input."""
    for layer in getattr(model, "layers", []):
        if isinstance(layer, keras.layers.InputLayer | keras.layers.Dropout):
            continue
        inside = _first_layer(layer) if getattr(layer, "layers", None) else None
        return inside if inside is not None else layer
    return None


def _largest_index(symbol: Any, model: Any) -> int | None:
    """The smallest Embedding that takes this symbolic tensor, or what is made of it, as indices."""
    limits: list[int] = []
    for operation in getattr(model, "operations", getattr(model, "layers", [])):
        for node in getattr(operation, "_inbound_nodes", []):
            if not any(given is symbol for given in node.input_tensors):
                continue
            if isinstance(operation, keras.layers.Embedding):
                limits.append(int(operation.input_dim))
            elif (inner := _inner_symbol(operation, node, symbol)) is not None:
                limits.append(_largest_index(inner, operation) or 0)
            elif isinstance(operation, keras.layers.Layer) is False or not operation.weights:
                limits += [_largest_index(out, model) or 0 for out in node.output_tensors]
    found = [limit for limit in limits if limit]
    return min(found) if found else None


def _inner_symbol(operation: Any, node: Any, symbol: Any) -> Any:
    inputs = getattr(operation, "inputs", None) if hasattr(operation, "layers") else None
    if not inputs:
        return None
    place = next(i for i, given in enumerate(node.input_tensors) if given is symbol)
    return inputs[place] if place < len(inputs) else None


def _is_deep(model: Any) -> bool:
    """Whether a model makes images smaller so often that a small one would vanish in it."""
    layers = model._flatten_layers() if hasattr(model, "_flatten_layers") else ()
    shrinking = sum(np.max(getattr(layer, "strides", 1)) > 1 for layer in layers)
    return bool(shrinking > _MOST_SHRINKING)


def _filled(shape: tuple[int | None, ...], *, deep: bool = False) -> tuple[int, ...]:
    """Sizes for unknown axes: images are 32 wide, in deep models 128, sequences 16 long."""
    unknown = (4 * _IMAGE if deep else _IMAGE) if len(shape) >= 4 else _SEQUENCE
    return tuple(unknown if size is None else int(size) for size in shape)


def array(
    shape: tuple[int, ...], dtype: str, limit: int | None, random: np.random.Generator
) -> Array:
    """Values for one input: within `limit` for indices, as pixels or normal numbers otherwise."""
    if dtype == "string":
        count = int(np.prod(shape, dtype=int))
        return np.array([_WORDS[i % len(_WORDS)] for i in range(count)], object).reshape(shape)
    if dtype == "bool":
        return random.random(shape) < 0.5
    if limit is not None or dtype.startswith(("int", "uint")):
        return random.integers(0, limit or 2, shape).astype(dtype)
    if len(shape) >= 4:  # pixels
        return random.random(shape).astype(dtype)
    return random.standard_normal(shape).astype(dtype)
