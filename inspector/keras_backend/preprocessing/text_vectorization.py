"""TextVectorization: strings to rows of token numbers, or to counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras.src import backend
from keras.src.layers.layer import Layer
from keras.src.saving import serialization_lib

from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.preprocessing import strings
from inspector.keras_backend.preprocessing.index_lookup import batches_of, is_one_batch
from inspector.keras_backend.preprocessing.lookup_arguments import checked_mode, listed
from inspector.keras_backend.preprocessing.lookups import StringLookup
from inspector.keras_backend.symbolic import is_meta, without_values

_STANDARDIZE = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
_SPLIT = ("whitespace", "character")


def _check_word(name: str, value: Any, words: tuple[str, ...]) -> None:
    if value is not None and not callable(value) and value not in words:
        raise ValueError(
            f"Unknown value for `{name}` argument of layer TextVectorization. Allowed values are: "
            f"`None`, a `Callable`, or one of the following values: {words}. Received: {value}"
        )


def _check_arguments(sparse: bool, ragged: bool, standardize: Any, split: Any, ngrams: Any) -> None:
    """Raises ValueError for a word or a width that there is not."""
    for word, wanted in (("sparse", sparse), ("ragged", ragged)):
        if wanted:
            raise ValueError(f"`{word}=True` can only be used with the TensorFlow backend.")
    _check_word("standardize", standardize, _STANDARDIZE)
    _check_word("split", split, _SPLIT)
    is_tuple = isinstance(ngrams, tuple) and all(isinstance(n, int) for n in ngrams)
    if not (ngrams is None or isinstance(ngrams, int) or is_tuple):
        raise ValueError(
            f"`ngrams` must be None, an integer, or a tuple of integers. Received: ngrams={ngrams}"
        )


def _check_length(output_mode: str, length: Any) -> None:
    """Raises ValueError for a length that is no number, or that its mode has no use for."""
    if output_mode == "int" and not isinstance(length, int | None):
        raise ValueError(
            "`output_sequence_length` must be either None or an integer when `output_mode` is "
            f"'int'. Received: output_sequence_length={length}"
        )
    if output_mode != "int" and length is not None:
        raise ValueError(
            "`output_sequence_length` must not be set if `output_mode` is not 'int'. "
            f"Received output_sequence_length={length}."
        )


class TextVectorization(Layer):
    """Keras' `TextVectorization`; a callable `standardize` or `split` gets a NumPy text array."""

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: Any = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        output_mode = checked_mode(output_mode, "TextVectorization")
        _check_arguments(sparse, ragged, standardize, split, ngrams)
        _check_length(output_mode, output_sequence_length)
        self._standardize = standardize
        self._split = split
        self._ngrams_arg = ngrams
        self._ngrams = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
        self._output_mode = output_mode
        self._output_sequence_length = output_sequence_length
        self._encoding = encoding
        self._has_input_vocabulary = kwargs.pop("has_input_vocabulary", vocabulary is not None)
        vocabulary_size = kwargs.pop("vocabulary_size", None)
        super().__init__(name=name, **kwargs)
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            pad_to_max_tokens=pad_to_max_tokens,
            mask_token="",
            output_mode=output_mode,
            has_input_vocabulary=self._has_input_vocabulary,
            encoding=encoding,
            vocabulary_size=vocabulary_size,
        )
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.supports_jit = False

    @property
    def compute_dtype(self) -> str:
        return "string"

    @property
    def variable_dtype(self) -> str:
        return "string"

    def build(self, input_shape: Any = None) -> None:
        pass

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self._output_mode == "int":
            return (input_shape[0], self._output_sequence_length)
        sizes = tuple(input_shape)
        if self._split is not None:
            # One axis of size 1 (each text in a row of its own) becomes the tokens' axis.
            sizes = (*sizes[:-1], None) if len(sizes) > 1 else (*sizes, None)
        elif len(sizes) <= 1:
            sizes = (*sizes, 1)
        return self._lookup_layer.compute_output_shape(sizes)

    def compute_output_spec(self, inputs: Any) -> Any:
        dtype = "int64" if self._output_mode == "int" else backend.floatx()
        return backend.KerasTensor(self.compute_output_shape(inputs.shape), dtype=dtype)

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary from texts, or from anything that yields batches of them."""
        self.reset_state()
        if is_one_batch(data):
            array = strings.host_array(data)
            self.update_state(array[:, None] if array.ndim == 1 else array)
        else:
            for batch in batches_of(data, steps):
                self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        self._lookup_layer.update_state(self._preprocess(data))

    def finalize_state(self) -> None:
        self._lookup_layer.finalize_state()

    def reset_state(self) -> None:
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights=idf_weights)

    def get_config(self) -> dict[str, Any]:
        lookup = self._lookup_layer
        return {
            **super().get_config(),
            "max_tokens": lookup.max_tokens,
            "standardize": self._standardize,
            "split": self._split,
            "ngrams": self._ngrams_arg,
            "output_mode": self._output_mode,
            "output_sequence_length": self._output_sequence_length,
            "pad_to_max_tokens": lookup.pad_to_max_tokens,
            "sparse": lookup.sparse,
            "ragged": False,
            "vocabulary": listed(lookup.input_vocabulary),
            "idf_weights": listed(lookup.input_idf_weights),
            "encoding": self._encoding,
            "vocabulary_size": self.vocabulary_size(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TextVectorization:
        for name in ("standardize", "split"):
            if not isinstance(config[name], str):
                config[name] = serialization_lib.deserialize_keras_object(config[name])
        if isinstance(config["ngrams"], list):
            config["ngrams"] = tuple(config["ngrams"])
        return cls(**config)

    def _preprocess(self, inputs: Any) -> Any:
        """Rows of tokens; without a split the texts themselves, in their own shape."""
        texts = strings.standardized(strings.host_array(inputs), self._standardize)
        if self._split is None:
            return texts if self._ngrams is None else strings.ngrams(texts, self._ngrams)
        if texts.ndim > 1:
            if texts.shape[-1] != 1:
                raise ValueError(
                    "When using `TextVectorization` to tokenize strings, the input rank must be 1 "
                    f"or the last shape dimension must be 1. Received: inputs.shape={texts.shape} "
                    f"with rank={texts.ndim}"
                )
            texts = texts.reshape(texts.shape[:-1])
        rows = strings.split(np.atleast_1d(texts), self._split)
        return rows if self._ngrams is None else strings.ngrams(rows, self._ngrams)

    def call(self, inputs: Any) -> Any:
        if is_meta(inputs):
            spec = self.compute_output_spec(inputs)
            return without_values(spec.shape, spec.dtype)
        is_scalar = strings.host_array(inputs).ndim == 0 and self._split is not None
        tokens = self._preprocess(inputs)
        if self._output_mode != "int":
            found = self._lookup_layer.call(tokens)
            return found[0] if is_scalar else found
        if isinstance(tokens, list):
            numbers = self._padded(tokens)
        else:
            numbers = self._fitted(self._lookup_layer.numbers_of(tokens))
        return convert_to_tensor(numbers[0] if is_scalar else numbers, dtype="int64")

    def _padded(self, rows: list[list[str]]) -> Any:
        """Numbers of each row's tokens, cut or filled up with 0 to one length."""
        length = self._output_sequence_length
        if length is None:
            length = max(map(len, rows), default=0)
        made = np.zeros((len(rows), length), dtype=np.int64)
        for line, row in zip(made, rows, strict=True):
            kept = np.array(row[:length], dtype=object)
            line[: kept.size] = self._lookup_layer.numbers_of(kept)
        return made

    def _fitted(self, numbers: Any) -> Any:
        length = self._output_sequence_length
        if length is None:
            return numbers
        cut = numbers[..., :length]
        return np.pad(cut, [(0, 0)] * (cut.ndim - 1) + [(0, length - cut.shape[-1])])

    def save_own_variables(self, store: Any) -> None:
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        self._lookup_layer.load_own_variables(store)

    def save_assets(self, dir_path: str) -> None:
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path: str) -> None:
        self._lookup_layer.load_assets(dir_path)
