"""Inputs for a layer or model of which nothing is known but its class: what may fit, one by one.

for given in alternatives(Block, {"units": 8}):    sequences, pictures, rows, one after the other;
    Block(units=8)(**given)                        as many as its `call` takes apart
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from inspector.loading.uses import Use, names_within, uses_of

_BATCH, _LENGTH, _IMAGE, _WIDTH = 2, 16, 32, 16
_SEQUENCES = re.compile(
    r"attention|transform|encod|decod|position|seq|lstm|gru|rnn|token|text|1d|time|bert|gpt", re.I
)
_WIDTHS = ("d_model", "embed_dim", "hidden_size", "projection_dim", "dim", "units", "filters")


def alternatives(kind: Any, made_with: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Arguments by name for the call of a layer that is made with these, the likeliest first."""
    call = kind.call
    uses = uses_of(call)
    wanted = _wanted(call)
    for shape in _shapes(kind, made_with):
        yield {name: _argument(name, uses.get(name, Use()), shape) for name in wanted}


def _wanted(call: Any) -> list[str]:
    parameters = list(inspect.signature(call).parameters.values())[1:]
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in variadic]


def _argument(name: str, use: Use, shape: tuple[int, ...]) -> Any:
    if re.search(r"mask", name):
        return None
    if re.search(r"^(is_)?train", name):
        return False
    if use.keys:
        return {key: _argument(key, Use(), shape) for key in dict.fromkeys(use.keys)}
    count = use.parts or (use.last_index + 1 if use.is_sequence and not use.is_tensor else 0)
    return [_array(shape) for _ in range(count)] if count > 1 else _array(shape)


def _shapes(kind: Any, made_with: Mapping[str, Any]) -> Iterator[tuple[int, ...]]:
    """Shapes of tensors; an integer dtype is meant where there are two axes and an Embedding."""
    width = next((v for v in map(made_with.get, _WIDTHS) if type(v) is int), _WIDTH)
    names = {kind.__name__, *names_within(kind)}
    pictures, volumes = (_BATCH, _IMAGE, _IMAGE, width), (_BATCH, 8, _IMAGE, _IMAGE, width)
    sequences, rows, tokens = (_BATCH, _LENGTH, width), (_BATCH, width), (_BATCH, -_LENGTH)
    likely = [rows, sequences, pictures, volumes]
    if any(name.endswith("3D") for name in names):
        likely = [volumes, pictures]
    elif any("2D" in name for name in names):
        likely = [pictures, (_BATCH, _IMAGE, _IMAGE, 3), (1, 4 * _IMAGE, 4 * _IMAGE, 3), sequences]
    elif any(_SEQUENCES.search(name) for name in names):
        patches = (_BATCH, 8 * 8, width)  # of a picture, as rows of them
        likely = [sequences, patches, rows, pictures]
    if "Embedding" in names:
        likely = [tokens, *likely]
    yield from likely


def _array(shape: tuple[int, ...]) -> Any:
    random = np.random.default_rng(0)
    if min(shape) < 0:  # tokens
        return random.integers(0, 5, tuple(map(abs, shape))).astype("int32")
    return random.standard_normal(shape).astype("float32")
