"""Hugging Face's `transformers` where it is not installed: the TensorFlow models and tokenizers.

    bert = TFBertModel.from_pretrained("bert-base-uncased")
    bert(input_ids, attention_mask=mask)[1]       (batch, 768), and `.pooler_output`

A model is one encoder layer of the width that its name tells, with random weights, and says so.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from inspector.loading.situation import Situation
from inspector.loading.stand_ins.hub import Tokenizer as Words
from inspector.loading.stand_ins.recording import StandIn

_VOCABULARY, _LENGTH = 1000, 64
_RANDOM = "transformers is not installed: one layer of its width with random weights stands in."
_WIDTHS = (("tiny", 128), ("mini", 256), ("small", 512), ("large", 1024))


class Encoded(namedtuple("Encoded", "last_hidden_state pooler_output")):
    """What a bare model gives: by place, by attribute and by name."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        return getattr(self, key) if isinstance(key, str) else tuple(self)[key]


class Scores(namedtuple("Scores", "logits")):
    """What a model with a head gives."""

    __slots__ = ()
    loss = None

    def __getitem__(self, key: Any) -> Any:
        return getattr(self, key) if isinstance(key, str) else tuple(self)[key]


class Config:
    """A model's settings; any other name is None."""

    def __init__(self, **settings: Any) -> None:
        self.hidden_size, self.num_labels, self.vocab_size = 768, 2, _VOCABULARY
        self.__dict__.update(settings)

    @classmethod
    def from_pretrained(cls, name: str = "", **settings: Any) -> Config:
        """The width that a name tells."""
        found = [width for word, width in _WIDTHS if word in str(name)]
        return cls(**{"hidden_size": found[0] if found else 768, **settings})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class PretrainedModel(keras.Model):
    """An embedding, one encoder layer, and the head that the class name tells."""

    placeholder_reason = _RANDOM
    head = "Model"

    def __init__(self, config: Any = None, **options: Any) -> None:
        super().__init__(name=options.get("name"))
        self.config = config if isinstance(config, Config) else Config()
        width = int(self.config.hidden_size)
        self.words = layers.Embedding(_VOCABULARY, width, name="word_embeddings")
        self.places = layers.Embedding(_LENGTH * 8, width, name="position_embeddings")
        self.attention = layers.MultiHeadAttention(max(width // 64, 1), 64, name="attention")
        self.norm = layers.LayerNormalization(name="norm")
        self.dense = layers.Dense(width, activation="gelu", name="dense")
        self.pooler = layers.Dense(width, activation="tanh", name="pooler")
        labels = int(self.config.num_labels or 2)
        units = {
            "SequenceClassification": labels,
            "TokenClassification": labels,
            "MultipleChoice": 1,
            "QuestionAnswering": 2,
        }.get(self.head, _VOCABULARY)
        self.classifier = None if self.head == "Model" else layers.Dense(units, name="classifier")

    @classmethod
    def from_pretrained(cls, name: str = "", *args: Any, **options: Any) -> PretrainedModel:
        """Any checkpoint's: of random weights."""
        config = options.get("config") or Config.from_pretrained(
            name, num_labels=options.get("num_labels") or 2
        )
        return cls(config, name=options.get("name"))

    def __call__(self, *args: Any, **options: Any) -> Any:
        # A tokenizer's answer is a dictionary of its own kind, which Keras does not look into.
        plain = (dict(given) if isinstance(given, Encoding) else given for given in args)
        return super().__call__(*plain, **options)

    def call(
        self, input_ids: Any = None, attention_mask: Any = None, token_type_ids: Any = None,
        training: Any = None, **others: Any,
    ) -> Any:  # fmt: skip
        ids, mask = _taken_apart(input_ids, attention_mask, others)
        length = ids.shape[-1] or ops.shape(ids)[-1]
        x = self.words(ops.cast(ids, "int32") % _VOCABULARY)
        x = x + self.places(ops.arange(length) % (_LENGTH * 8))
        seen = None if mask is None else ops.cast(mask, "bool")[:, None, :]
        x = self.norm(x + self.attention(x, x, attention_mask=seen))
        x = x + self.dense(x)
        pooled = self.pooler(x[:, 0])
        if self.classifier is None:
            return Encoded(x, pooled)
        return Scores(self.classifier(pooled if self.head == "SequenceClassification" else x))

    def generate(self, input_ids: Any = None, *args: Any, **options: Any) -> Any:
        """What was given, after one run of the model on it."""
        self(input_ids)
        return input_ids

    def save_pretrained(self, *args: Any, **options: Any) -> None:
        """Writes nothing."""

    def resize_token_embeddings(self, *args: Any, **options: Any) -> None:
        """Takes the wish: numbers of words are taken modulo the vocabulary."""

    def __getattr__(self, name: str) -> Any:
        # `model.bert` is the model without its head.
        if name in ("bert", "roberta", "distilbert", "albert", "electra", "transformer"):
            return self
        return super().__getattribute__(name)


def _taken_apart(ids: Any, mask: Any, others: dict[str, Any]) -> tuple[Any, Any]:
    """The numbers of words and their mask, however they were given."""
    ids = others.get("inputs") if ids is None else ids
    if isinstance(ids, dict):
        return ids["input_ids"], ids.get("attention_mask", mask)
    if isinstance(ids, list | tuple):
        return ids[0], (ids[1] if len(ids) > 1 else mask)
    return ids, mask


class Encoding(dict[str, Any]):
    """What a tokenizer gives: a dictionary whose entries are attributes too."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)


class Tokenizer:
    """Words to numbers, with masks, padded as was asked."""

    model_max_length = 512
    pad_token, cls_token, sep_token, mask_token = "[PAD]", "[CLS]", "[SEP]", "[MASK]"
    cls_token_id, sep_token_id, eos_token_id, bos_token_id = 2, 3, 3, 2

    def __init__(self, *args: Any, **options: Any) -> None:
        self._words = Words()
        self.vocab_size = self._words.vocabulary_size()
        self.pad_token_id = self.unk_token_id = 0

    @classmethod
    def from_pretrained(cls, name: str = "", *args: Any, **options: Any) -> Tokenizer:
        """Any checkpoint's: of made-up words."""
        return cls()

    def __call__(
        self, text: Any, text_pair: Any = None, padding: Any = False, truncation: Any = False,
        max_length: Any = None, return_tensors: Any = None, **options: Any,
    ) -> Encoding:  # fmt: skip
        texts = [text] if isinstance(text, str) else [str(t) for t in text]
        rows = [[2, *map(self._words.token_to_id, t.lower().split()), 3] for t in texts]
        if max_length:
            rows = [row[: int(max_length)] for row in rows]
        padding = padding or options.get("pad_to_max_length") or return_tensors
        length = max_length if padding in ("max_length", True) and max_length else None
        length = int(length or max(map(len, rows), default=1)) if padding else 0
        ids = [row + [0] * (length - len(row)) for row in rows]
        mask = [[1] * len(row) + [0] * (length - len(row)) for row in rows]
        parts = {"input_ids": ids, "attention_mask": mask,
                 "token_type_ids": [[0] * len(row) for row in ids]}  # fmt: skip
        is_one = isinstance(text, str) and not return_tensors
        made = {name: rows[0] if is_one else rows for name, rows in parts.items()}
        return Encoding({name: _as(return_tensors, value) for name, value in made.items()})

    encode_plus = batch_encode_plus = __call__

    def encode(self, text: Any, *args: Any, **options: Any) -> Any:
        """The numbers alone."""
        return self(text, *args, **options)["input_ids"]

    def decode(self, numbers: Any, *args: Any, **options: Any) -> str:
        """Words again."""
        return " ".join(self._words.id_to_token(int(n)) for n in np.ravel(np.asarray(numbers)) if n)

    def batch_decode(self, rows: Any, *args: Any, **options: Any) -> list[str]:
        """Words again, row by row."""
        return [self.decode(row) for row in rows]

    def convert_tokens_to_ids(self, tokens: Any) -> Any:
        """The number of each word."""
        if isinstance(tokens, str):
            return self._words.token_to_id(tokens)
        return [self._words.token_to_id(token) for token in tokens]

    def tokenize(self, text: Any) -> Any:
        """The words."""
        return str(text).lower().split()

    def save_pretrained(self, *args: Any, **options: Any) -> None:
        """Writes nothing."""


def _as(kind: Any, value: Any) -> Any:
    if kind is None:
        return value
    array = np.asarray(value, np.int32)
    return array if kind == "np" else ops.convert_to_tensor(array)


class _Names(dict[str, Any]):
    """Models, tokenizers and configurations by their class names, whichever is asked for."""

    def __init__(self, note: Callable[[str, str], None]) -> None:
        super().__init__({"create_optimizer": _create_optimizer, "set_seed": lambda seed: None})
        self._note = note

    def get(self, name: str, default: Any = None) -> Any:
        """A class for a name that is one of a model, tokenizer or configuration."""
        if name in self:
            return self[name]
        if re.search(r"Tokenizer(Fast)?$", name):
            return Tokenizer
        if name.endswith("Config"):
            return Config
        found = re.fullmatch(r"TF[A-Z]\w*?(?:Model|LMHeadModel|For(\w+))", name)
        if found is None:
            return default
        self._note(name, _RANDOM)
        head = found.group(1) or ("LM" if "LMHead" in name else "Model")
        self[name] = type(name, (PretrainedModel,), {"head": head})
        return self[name]


def _create_optimizer(init_lr: float = 1e-4, *args: Any, **options: Any) -> tuple[Any, Any]:
    return keras.optimizers.AdamW(init_lr), StandIn("schedule")


def names(situation: Situation) -> dict[str, Any]:
    """What `import transformers` offers."""
    return _Names(situation.notes.add)
