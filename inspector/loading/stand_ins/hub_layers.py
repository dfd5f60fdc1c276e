"""`tensorflow_hub` where it is not installed: a layer whose address tells what it gives.

hub.KerasLayer("https://tfhub.dev/google/nnlm-en-dim50/2")    texts → (batch, 50)
hub.KerasLayer(".../mobilenet_v2_100_224/feature_vector/4")   pictures → (batch, 1280)
hub.load(".../universal-sentence-encoder/4")                  texts → (batch, 512)

What it computes is made up, of random weights, and marked so.
"""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from inspector.loading.situation import Situation
from inspector.loading.stand_ins.hub import words_of
from inspector.loading.stand_ins.recording import StandIn

_RANDOM = "tensorflow_hub is not installed: random values of the shape that its address tells."
_VOCABULARY, _LENGTH = 1000, 128
_WIDTHS: tuple[tuple[str, int], ...] = (
    (r"universal-sentence", 512), (r"elmo", 1024), (r"mobilenet_v1", 1024), (r"mobilenet", 1280),
    (r"inception|resnet|bit", 2048), (r"efficientnet.*b7", 2560), (r"efficientnet", 1280),
    (r"yamnet", 1024), (r"A-128", 128), (r"H-(?:1024)", 1024), (r"H-512", 512), (r"H-256", 256),
    (r"small_bert", 512), (r"bert|albert|electra", 768), (r"vit", 768),
)  # fmt: skip
_TEXT = re.compile(r"nnlm|swivel|sentence|word2vec|elmo|text|gnews|wiki|dim\d")


class KerasLayer(layers.Layer):
    """A layer of the hub: texts, pictures or numbers of words go in."""

    placeholder_reason = _RANDOM

    def __init__(self, handle: Any = "", trainable: bool = False, **options: Any) -> None:
        known = {name: options[name] for name in ("name", "input_shape") if name in options}
        if not known.get("input_shape"):  # [] for texts
            known.pop("input_shape", None)
        super().__init__(trainable=trainable, **known)
        self.handle = str(handle)
        self._width = _width(self.handle)
        self.is_preprocessor = "preprocess" in self.handle
        self.is_encoder = "bert" in self.handle and not self.is_preprocessor
        # Asked by `Sequential`, too.
        self.takes_text = bool(_TEXT.search(self.handle)) or "string" in str(options.get("dtype"))
        self._mean = layers.Dense(self._width, name="made_up")
        self._words = layers.Embedding(_VOCABULARY, self._width, name="words")

    def build(self, input_shape: Any = None) -> None:
        if self.is_preprocessor:
            return
        if self.is_encoder or self.takes_text:
            self._words.build((None, _LENGTH))
        else:
            self._mean.build((None, 3 if input_shape is None else input_shape[-1]))

    def call(self, inputs: Any, **options: Any) -> Any:
        if self.is_preprocessor:
            return _prepared(inputs)
        if self.is_encoder:
            ids = inputs["input_word_ids"] if isinstance(inputs, dict) else inputs
            ids = ids[0] if isinstance(ids, list | tuple) else ids
            sequence = self._words(ops.cast(ids, "int32") % _VOCABULARY)
            pooled = ops.tanh(ops.mean(sequence, axis=1))
            if not isinstance(inputs, dict):
                return pooled, sequence  # as the first version of these models gave them
            return {"pooled_output": pooled, "sequence_output": sequence, "default": pooled}
        if self.takes_text:
            return ops.mean(self._words(_numbers(inputs)), axis=1)
        axes = tuple(range(1, len(inputs.shape) - 1))
        return self._mean(ops.mean(inputs, axis=axes) if axes else inputs)

    def compute_output_spec(self, inputs: Any, **options: Any) -> Any:
        """Texts have no symbols to compute with, so their shapes are told."""
        first = keras.tree.flatten(inputs)[0]
        rows = first.shape[0] if first.shape else None
        if self.is_preprocessor:
            token = keras.KerasTensor((rows, _LENGTH), dtype="int32")
            return dict.fromkeys(_PREPARED, token)
        if self.takes_text and not self.is_encoder:
            return keras.KerasTensor((rows, self._width), dtype=self.compute_dtype)
        return super().compute_output_spec(inputs, **options)

    @property
    def resolved_object(self) -> Any:
        """What the address leads to; anything is answered."""
        return StandIn("resolved_object")


_PREPARED = ("input_word_ids", "input_mask", "input_type_ids")


def _prepared(texts: Any) -> dict[str, Any]:
    numbers = _numbers(texts)
    ones = ops.ones_like(numbers)
    return dict(zip(_PREPARED, (numbers, ones, ops.zeros_like(numbers)), strict=True))


def _numbers(texts: Any) -> Any:
    """Words as numbers, a fixed count of them."""
    rows, _ = words_of(texts)
    made = np.zeros((len(rows), _LENGTH), np.int32)
    for place, row in enumerate(rows):
        kept = [1 + sum(map(ord, word)) % (_VOCABULARY - 1) for word in row[:_LENGTH]]
        made[place, : len(kept)] = kept
    return ops.convert_to_tensor(made)


def _width(handle: str) -> int:
    dim = re.search(r"(\d+)-?dim|dim(\d+)", handle)
    if dim is not None:
        return int(dim.group(1) or dim.group(2))
    if "classification" in handle and "feature" not in handle:
        return 1001
    return next((width for pattern, width in _WIDTHS if re.search(pattern, handle)), 128)


def names(situation: Situation) -> dict[str, Any]:
    """What `import tensorflow_hub` offers."""

    def made(handle: Any = "", *args: Any, **options: Any) -> KerasLayer:
        situation.notes.add(f"tensorflow_hub {handle}", _RANDOM)
        return KerasLayer(handle, *args, **options)

    class Noted(KerasLayer):
        """The same, listed as replaced."""

        def __init__(self, handle: Any = "", *args: Any, **options: Any) -> None:
            situation.notes.add(f"tensorflow_hub {handle}", _RANDOM)
            super().__init__(handle, *args, **options)

    Noted.__name__ = "KerasLayer"
    return {"KerasLayer": Noted, "load": made, "resolve": made, "__version__": "0.16"}
