"""KerasHub (KerasNLP) where it is not installed: layers, tokenizers, and small models for presets.

A model from a preset is a small one of the same kind with random weights, and says so: its shapes
are of the right form, its values mean nothing. What else there is answers as a stand-in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from inspector.loading.situation import Situation
from inspector.loading.stand_ins import text_layers
from inspector.loading.stand_ins.recording import StandIn

_VOCABULARY, _LENGTH, _SIZE = 1000, 64, 32
_RESERVED = ("[PAD]", "[UNK]", "[START]", "[END]", "[MASK]", "[CLS]", "[SEP]", "[BOS]", "[EOS]")


def words_of(texts: Any) -> tuple[list[list[str]], bool]:
    """The words of each text, and whether it was only one."""
    array = np.asarray(texts.numpy() if hasattr(texts, "numpy") else texts, dtype=object)
    rows = [t.decode() if isinstance(t, bytes) else str(t) for t in array.ravel()]
    return [re.findall(r"\[?\w+\]?|[^\w\s]", row.lower()) for row in rows], array.ndim == 0


class Tokenizer:
    """Words to numbers below the vocabulary's size, the same number for the same word."""

    def __init__(
        self, vocabulary: Any = None, sequence_length: Any = None, *args: Any, **options: Any
    ) -> None:
        is_list = isinstance(vocabulary, list | tuple)
        self.vocabulary = [str(word) for word in vocabulary] if is_list else list(_RESERVED)
        self._size = len(self.vocabulary) if is_list else _VOCABULARY
        self.sequence_length = sequence_length
        self.pad_token_id, self.start_token_id, self.end_token_id = 0, 2, 3
        self.mask_token_id = 4

    @classmethod
    def from_preset(cls, preset: Any, *args: Any, **options: Any) -> Tokenizer:
        """Any preset's: of made-up words."""
        return cls(sequence_length=options.get("sequence_length"))

    def vocabulary_size(self) -> int:
        """How many numbers there are."""
        return self._size

    def get_vocabulary(self) -> list[str]:
        """The words by number."""
        return self.vocabulary

    def token_to_id(self, token: str) -> int:
        """The number of a word."""
        if token in self.vocabulary:
            return self.vocabulary.index(token)
        return 5 + sum(map(ord, token)) % max(self._size - 5, 1) if self._size > 5 else 0

    def id_to_token(self, number: int) -> str:
        """The word of a number."""
        return self.vocabulary[number] if number < len(self.vocabulary) else f"word{number}"

    def tokenize(self, texts: Any) -> Any:
        """Numbers, padded to one length."""
        rows, is_one = words_of(texts)
        numbers = [[self.token_to_id(word) for word in row] for row in rows]
        length = self.sequence_length or max(map(len, numbers), default=1) or 1
        made = np.zeros((len(numbers), length), np.int32)
        for place, row in enumerate(numbers):
            made[place, : len(row)] = row[:length]
        return ops.convert_to_tensor(made[0] if is_one else made)

    __call__ = tokenize

    def detokenize(self, numbers: Any) -> Any:
        """Words again."""
        rows = np.atleast_2d(np.asarray(numbers)).astype(int)
        texts = [" ".join(self.id_to_token(n) for n in row if n) for row in rows.tolist()]
        return texts if np.ndim(numbers) > 1 else texts[0]


def compute_word_piece_vocabulary(data: Any, vocabulary_size: int = 0, **options: Any) -> list[str]:
    """The reserved tokens, then words of the data."""
    found = dict.fromkeys(options.get("reserved_tokens") or _RESERVED)
    for batch in data:
        if isinstance(batch, str | os.PathLike):
            break
        rows, _ = words_of(batch)
        found |= dict.fromkeys(word for row in rows for word in row)
    return list(found)[: vocabulary_size or None]


class StartEndPacker:
    """Sequences with a start and an end, of one length."""

    def __init__(
        self, sequence_length: int, start_value: Any = None, end_value: Any = None,
        pad_value: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        self.sequence_length, self.start, self.end = int(sequence_length), start_value, end_value
        self.pad = pad_value or 0

    def __call__(self, inputs: Any, sequence_length: Any = None, **options: Any) -> Any:
        rows = np.asarray(inputs.numpy() if hasattr(inputs, "numpy") else inputs)
        length, is_one = sequence_length or self.sequence_length, rows.ndim == 1
        made = np.full((len(np.atleast_2d(rows)), length), self.pad, np.int32)
        for place, row in enumerate(np.atleast_2d(rows)):
            ends = [v for v in (self.start,) if v is not None], [v for v in (self.end,) if v]
            packed = [*ends[0], *row.tolist()][: length - len(ends[1])] + ends[1]
            made[place, : len(packed)] = packed
        return ops.convert_to_tensor(made[0] if is_one else made)


class MaskedLMMaskGenerator:
    """Hides some tokens of each row, and says which."""

    def __init__(self, vocabulary_size: int, mask_selection_rate: float, mask_token_id: int,
                 mask_selection_length: Any = None, **options: Any) -> None:  # fmt: skip
        self.rate, self.mask, self.length = (
            mask_selection_rate,
            mask_token_id,
            mask_selection_length,
        )

    def __call__(self, inputs: Any) -> dict[str, Any]:
        rows = np.array(inputs.numpy() if hasattr(inputs, "numpy") else inputs)
        tokens = np.atleast_2d(rows)
        count = int(self.length or max(int(tokens.shape[1] * self.rate), 1))
        places = np.tile(np.arange(count) * max(tokens.shape[1] // count, 1), (len(tokens), 1))
        hidden = np.take_along_axis(tokens, places, axis=1)
        np.put_along_axis(tokens, places, self.mask, axis=1)
        made = {"token_ids": tokens.astype(np.int32), "mask_positions": places.astype(np.int32),
                "mask_ids": hidden.astype(np.int32),
                "mask_weights": np.ones(places.shape, np.float32)}  # fmt: skip
        return {name: ops.convert_to_tensor(part[0] if rows.ndim == 1 else part)
                for name, part in made.items()}  # fmt: skip


_PRESET = "KerasHub is not installed: a small model of its kind with random weights stands in."


class PresetModel(keras.Model):
    """A small model of random weights; of texts it takes the texts themselves, too."""

    placeholder_reason = _PRESET

    def fit(self, x: Any = None, y: Any = None, *args: Any, **options: Any) -> Any:
        """As Keras does, on numbers for words."""
        return super().fit(_tokenized(x), y, *args, **options)

    def evaluate(self, x: Any = None, y: Any = None, *args: Any, **options: Any) -> Any:
        """As Keras does, on numbers for words."""
        return super().evaluate(_tokenized(x), y, *args, **options)

    def predict(self, x: Any, *args: Any, **options: Any) -> Any:
        """As Keras does, on numbers for words."""
        return super().predict(_tokenized(x), *args, **options)

    def generate(self, inputs: Any = None, *args: Any, **options: Any) -> Any:
        """The prompt, after one run of the model on it."""
        prompt = inputs.get("prompts", "") if isinstance(inputs, dict) else inputs
        if isinstance(prompt, str | list):
            self(_features(prompt))
        return prompt

    def enable_lora(self, rank: int = 4, *args: Any, **options: Any) -> None:
        """Takes the wish."""


def _features(texts: Any) -> dict[str, Any]:
    tokens = Tokenizer(sequence_length=_LENGTH)(np.atleast_1d(np.asarray(texts, dtype=object)))
    return {"token_ids": tokens, "padding_mask": ops.ones_like(tokens)}


def _tokenized(data: Any) -> Any:
    if hasattr(data, "element_spec") and hasattr(data, "map"):
        first = next(iter(data), None)
        texts = first[0] if isinstance(first, tuple) else first
        if not _is_text(texts):
            return data
        if isinstance(first, tuple):
            return data.map(lambda x, *rest: (_features(x.numpy()), *rest))
        return data.map(lambda x: (_features(x.numpy()), _features(x.numpy())["token_ids"]))
    return _features(data) if _is_text(data) else data


def _is_text(data: Any) -> bool:
    if isinstance(data, str | list | np.ndarray):
        array = np.asarray(data, dtype=object)
        return bool(array.size) and isinstance(array.flat[0], str | bytes)
    return str(getattr(data, "dtype", "")).endswith(("string", "string'>"))


class Preset:
    """A class of models: `from_preset` makes a small one of its kind."""

    def __init__(self, name: str, note: Callable[[str, str], None]) -> None:
        self._name, self._note = name, note

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self.from_preset("", **options)

    def from_preset(self, preset: Any, *args: Any, **options: Any) -> Any:
        """A small model of random weights, or what prepares its data."""
        if "Tokenizer" in self._name:
            return Tokenizer.from_preset(preset, **options)
        if re.search(r"Preprocessor|Converter", self._name):
            return StandIn(f"keras_hub.models.{self._name}")
        self._note(f"{self._name}.from_preset({preset!r})", _PRESET)
        make = _image_model if re.search(_IMAGES, self._name) else _text_model
        return make(self._name, int(options.get("num_classes") or 2))


_IMAGES = r"Image|ResNet|EfficientNet|ViT|MobileNet|DenseNet|VGG|Segment|Detect|YOLO|RetinaNet|MiT"


def _image_model(name: str, classes: int) -> Any:
    pictures = keras.Input((None, None, 3), name="images")
    x = layers.Conv2D(_SIZE, 3, strides=2, activation="relu", padding="same")(pictures)
    if not name.endswith("Backbone"):
        x = layers.Dense(classes)(layers.GlobalAveragePooling2D()(x))
    return _compiled(PresetModel(pictures, x, name=_plain(name)))


def _text_model(name: str, classes: int) -> Any:
    tokens = keras.Input((_LENGTH,), dtype="int32", name="token_ids")
    mask = keras.Input((_LENGTH,), dtype="int32", name="padding_mask")
    x = text_layers.TokenAndPositionEmbedding(_VOCABULARY, _LENGTH, _SIZE)(tokens)
    if re.search(r"CausalLM|Seq2Seq", name):
        x = text_layers.TransformerDecoder(2 * _SIZE, 2)(x)
        x = layers.Dense(_VOCABULARY)(x)
    else:
        x = text_layers.TransformerEncoder(2 * _SIZE, 2)(x, padding_mask=mask)
    if "Classifier" in name:
        x = layers.Dense(classes)(x[:, 0, :])
    inputs = {"token_ids": tokens, "padding_mask": mask}
    return _compiled(PresetModel(inputs, x, name=_plain(name)))


def _compiled(model: Any) -> Any:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, weighted_metrics=["accuracy"])
    return model


def _plain(name: str) -> str:
    return re.sub(r"\W", "_", name).lower() + "_stand_in"


class _Presets(dict[str, Any]):
    """Names of models: whatever is asked for is there."""

    def __init__(self, names: dict[str, Any], note: Callable[[str, str], None]) -> None:
        super().__init__(names)
        self._note = note

    def get(self, name: str, default: Any = None) -> Any:
        """A real name, or a class of models for any other in capitals."""
        if name in self:
            return self[name]
        is_model = re.search(r"Backbone$|CausalLM|Classifier$|LM$|Preprocessor$|Tokenizer$", name)
        return Preset(name, self._note) if is_model and name[0].isupper() else default


def names(situation: Situation) -> dict[str, Any]:
    """What `import keras_hub` offers."""
    return _Presets(
        text_layers.NAMES
        | {
            "StartEndPacker": StartEndPacker,
            "MaskedLMMaskGenerator": MaskedLMMaskGenerator,
            "compute_word_piece_vocabulary": compute_word_piece_vocabulary,
            **dict.fromkeys(
                ("WordPieceTokenizer", "BytePairTokenizer", "SentencePieceTokenizer", "Tokenizer",
                 "ByteTokenizer", "UnicodeCodepointTokenizer"), Tokenizer,
            ),
        },
        situation.notes.add,
    )  # fmt: skip
