"""The layer around a vocabulary: given, learnt from data, or read from a file."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from keras.src import backend
from keras.src.layers.layer import Layer

from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.preprocessing import encoding, hashing, strings
from inspector.keras_backend.preprocessing.lookup_arguments import (
    check_arguments,
    checked_mode,
    listed,
)
from inspector.keras_backend.preprocessing.vocabulary import (
    Counts,
    Numbering,
    Vocabulary,
    check_new,
    checked_file,
    lines_of,
)
from inspector.keras_backend.symbolic import is_meta, without_values


def is_one_batch(data: Any) -> bool:
    """Whether the data is there as a whole, rather than yielding batches."""
    return isinstance(data, list | tuple | np.ndarray | str | Tensor) or not hasattr(
        data, "__iter__"
    )


def batches_of(data: Iterable[Any], steps: int | None) -> Iterator[Any]:
    """The first `steps` batches; all of them without a limit."""
    return iter(data) if steps is None else itertools.islice(data, steps)


class IndexLookup(Layer):
    """What StringLookup and IntegerLookup share."""

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary_dtype: str,
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name)
        self.max_tokens = max_tokens
        self.num_oov_indices = num_oov_indices
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.vocabulary_dtype = vocabulary_dtype
        self.invert = invert
        self.output_mode = checked_mode(output_mode, type(self).__name__)
        self.sparse = sparse
        self.pad_to_max_tokens = pad_to_max_tokens
        self.oov_method = oov_method
        self.salt = hashing.checked_salt(salt, "IndexLookup")
        check_arguments(self, idf_weights)
        self._frozen_vocab_size = kwargs.pop("vocabulary_size", None)
        # A file's path is not kept: the vocabulary is saved with the model, as an asset.
        self.input_vocabulary = vocabulary if not isinstance(vocabulary, str) else None
        self.input_idf_weights = idf_weights
        self._has_input_vocabulary = kwargs.pop("has_input_vocabulary", vocabulary is not None)
        for ignored in ("trainable", "dtype"):
            kwargs.pop(ignored, None)
        if kwargs:
            raise ValueError(f"Unrecognized keyword argument(s): {kwargs}")
        if self.output_mode == "tf_idf" and self._has_input_vocabulary and idf_weights is None:
            raise ValueError(
                "When specifying the `vocabulary` argument, in TF-IDF output mode, the "
                "`idf_weights` argument must also be provided."
            )
        self._start_empty()
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def _start_empty(self) -> None:
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.supports_jit = False
        self._numbering = Numbering(
            self.mask_token,
            self.oov_token,
            mask_takes_zero=self.output_mode == "int",
            buckets=self.num_oov_indices,
            hashes=self.vocabulary_dtype == "string" or self.oov_method == "farmhash",
            salt=self.salt,
        )
        self._vocabulary = Vocabulary(self._numbering)
        self._counts = Counts()
        self.idf_weights_const: Any = None

    @property
    def compute_dtype(self) -> str:
        return self.vocabulary_dtype

    @property
    def variable_dtype(self) -> str:
        return self.vocabulary_dtype

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        tokens = list(self._vocabulary.tokens)
        return self._numbering.special_tokens() + tokens if include_special_tokens else tokens

    def vocabulary_size(self) -> int:
        return len(self._vocabulary)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take these tokens, an array of them or a file with one a line.

        Raises:
            ValueError: it is empty, has a token twice, is too large, or its weights do not fit.
        """
        if self.output_mode == "tf_idf" and idf_weights is None:
            raise ValueError("`idf_weights` must be set if output_mode is 'tf_idf'.")
        if self.output_mode != "tf_idf" and idf_weights is not None:
            raise ValueError(
                "`idf_weights` should only be set if output_mode is `'tf_idf'`. Received: "
                f"output_mode={self.output_mode} and idf_weights={idf_weights}"
            )
        if isinstance(vocabulary, str):
            path = checked_file(vocabulary)
            if self.output_mode == "tf_idf":
                raise ValueError(
                    "output_mode `'tf_idf'` does not support loading a vocabulary from file."
                )
            self._keep(self._token(line) for line in lines_of(path))
            return
        given = [self._token(item) for item in np.asarray(strings.host_array(vocabulary)).flat]
        if not given:
            raise ValueError(f"Cannot set an empty vocabulary. Received: vocabulary={vocabulary}")
        start = self._numbering.first_token
        found_special = given[:start] == self._numbering.special_tokens()
        tokens = given[start:] if found_special else given
        check_new(given, tokens, self._numbering, self.max_tokens, self.invert)
        self._keep(tokens)
        if idf_weights is not None:
            self._keep_weights(given, np.asarray(strings.host_array(idf_weights)), found_special)

    def _token(self, item: Any) -> Any:
        return str(item) if self.vocabulary_dtype == "string" else int(item)

    def _keep(self, tokens: Iterable[Any]) -> None:
        self._vocabulary = Vocabulary(self._numbering, tokens)
        self._record_size()

    def _record_size(self) -> None:
        """Raises RuntimeError where an output's depth would change under a model in use."""
        size, before = self.vocabulary_size(), self._frozen_vocab_size
        fixed = self.output_mode != "int" and not self.pad_to_max_tokens
        if fixed and before is not None and size != before:
            raise RuntimeError(
                f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, the "
                "vocabulary size cannot be changed after the layer is called. Old vocab size is "
                f"{before}, new vocab size is {size}"
            )
        self._frozen_vocab_size = size

    def _keep_weights(self, given: list[Any], weights: Any, found_special: bool) -> None:
        if len(given) != len(weights):
            raise ValueError(
                "`idf_weights` must be the same length as vocabulary. "
                f"len(idf_weights) is {len(weights)}; len(vocabulary) is {len(given)}"
            )
        if weights.ndim != 1:
            raise ValueError(
                f"TF-IDF data must be a 1-index array. Received: type(idf_weights)={type(weights)}"
            )
        # Of tokens outside of the vocabulary nothing is known, so they weigh the average.
        front = 0 if found_special else self._numbering.first_token
        self._set_weights(np.concatenate([np.full(front, np.average(weights)), weights]))

    def _set_weights(self, weights: Any) -> None:
        missing = (
            self.max_tokens - len(weights) if self.pad_to_max_tokens and self.max_tokens else 0
        )
        padded = np.pad(weights, (0, max(missing, 0)))
        self.idf_weights_const = padded.astype(backend.floatx())

    @property
    def idf_weights(self) -> Any:
        return self.idf_weights_const

    def adapt(self, data: Any, steps: int | None = None) -> None:
        self.reset_state()
        if is_one_batch(data):
            array = strings.host_array(data)
            self.update_state(array[:, None] if array.ndim == 1 else array)
        else:
            for batch in batches_of(data, steps):
                self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Count the tokens of a batch; each row is a document.

        Raises:
            ValueError: the vocabulary was given, not learnt.
        """
        if self._has_input_vocabulary:
            raise ValueError(
                f"Cannot adapt layer '{self.name}' after setting a static vocabulary via "
                "`vocabulary` argument or `set_vocabulary()` method."
            )
        for row in self._documents_of(data):
            self._counts.add(row)

    def _documents_of(self, data: Any) -> Iterable[list[Any]]:
        if isinstance(data, list) and data and isinstance(data[0], list):
            return data
        array = strings.host_array(data)
        rows = array.reshape(1, -1) if array.ndim < 2 else array.reshape(array.shape[0], -1)
        return [[self._token(item) for item in row] for row in rows]

    def finalize_state(self) -> None:
        if self._has_input_vocabulary or not self._counts.documents:
            self._record_size()
            return
        start = self._numbering.first_token
        limit = self.max_tokens - start if self.max_tokens else None
        tokens = self._counts.ranked((self.mask_token, self.oov_token), limit)
        self._keep(tokens)
        if self.output_mode == "tf_idf":
            weights = self._counts.rarities(tokens)
            self._set_weights(np.concatenate([np.full(start, weights.mean()), weights]))
        self.reset_state()

    def reset_state(self) -> None:
        if not self._has_input_vocabulary:
            self._counts = Counts()

    def call(self, inputs: Any) -> Any:
        if is_meta(inputs):
            spec = self.compute_output_spec(inputs)
            return without_values(spec.shape, spec.dtype)
        self._check_vocabulary_is_known()
        if isinstance(inputs, list) and inputs and isinstance(inputs[0], list):
            inputs = np.array(inputs, dtype=object) if _is_even(inputs) else inputs
        if isinstance(inputs, list) and inputs and isinstance(inputs[0], list):
            return self._of_rows(inputs)
        values = strings.host_array(inputs)
        if self.invert:
            return convert_to_tensor(self._inverted(values))
        return self._encoded(self.numbers_of(values))

    def _of_rows(self, rows: list[list[Any]]) -> Any:
        """Rows of different lengths: as rows of numbers, or each row in the output mode."""
        numbers = [self.numbers_of(np.array(row, dtype=object)) for row in rows]
        if self.output_mode in ("int", "one_hot"):
            return numbers
        depth, dtype = self.depth(), backend.floatx()
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        made = np.stack([encoding.encoded(row, mode, depth, dtype) for row in numbers])
        return convert_to_tensor(self._weighted(made), dtype=dtype)

    def depth(self) -> int:
        """How many categories an encoded output has."""
        return int((self.max_tokens if self.pad_to_max_tokens else self._frozen_vocab_size) or 0)

    def _encoded(self, numbers: Any) -> Any:
        if self.output_mode == "int":
            return convert_to_tensor(numbers, dtype="int64")
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        made = encoding.encoded(numbers, mode, self.depth(), backend.floatx())
        return convert_to_tensor(self._weighted(made), dtype=backend.floatx())

    def _weighted(self, counts: Any) -> Any:
        if self.output_mode != "tf_idf":
            return counts
        if self.idf_weights_const is None:
            raise ValueError("When `output_mode` is `'tf_idf'`, `idf_weights` must be provided.")
        return counts * self.idf_weights_const

    def _check_vocabulary_is_known(self) -> None:
        if self.output_mode != "int" and not self.pad_to_max_tokens and not self._frozen_vocab_size:
            raise RuntimeError(
                f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, you "
                "must set the layer's vocabulary before calling it. Either pass a `vocabulary` "
                "argument to the layer, or call `adapt` with some sample data."
            )

    def numbers_of(self, values: Any) -> Any:
        """The number of each token, in the array's shape."""
        tokens = [self._token(item) for item in values.flat]
        return self._vocabulary.numbers_of(tokens).reshape(values.shape)

    def _inverted(self, numbers: Any) -> Any:
        kind = object if self.vocabulary_dtype == "string" else np.int64
        made = np.empty(numbers.size, dtype=kind)
        made[:] = self._vocabulary.tokens_of(numbers.reshape(-1))
        return made.reshape(numbers.shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoding.output_shape(input_shape, self.output_mode, self.depth() or None)

    def compute_output_spec(self, inputs: Any) -> Any:
        dtype = "int64" if self.output_mode == "int" else backend.floatx()
        if self.invert:
            dtype = self.vocabulary_dtype
        return backend.KerasTensor(self.compute_output_shape(inputs.shape), dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "invert": self.invert,
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "oov_token": self.oov_token,
            "mask_token": self.mask_token,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "vocabulary_dtype": self.vocabulary_dtype,
            "idf_weights": listed(self.input_idf_weights),
            "vocabulary": listed(self.input_vocabulary),
            "vocabulary_size": self._frozen_vocab_size,
            "oov_method": self.oov_method,
            "salt": self.salt,
        }

    def get_build_config(self) -> dict[str, Any]:
        return {}

    def build_from_config(self, config: dict[str, Any]) -> None:
        self.build(None)

    def save_own_variables(self, store: Any) -> None:
        if self.output_mode == "tf_idf":
            store["idf_weights"] = self.idf_weights_const

    def load_own_variables(self, store: Any) -> None:
        if self.output_mode == "tf_idf":
            self.idf_weights_const = np.array(store["idf_weights"])

    def save_assets(self, dir_path: str) -> None:
        if self.input_vocabulary is None:
            lines = "\n".join(str(token) for token in self.get_vocabulary())
            Path(dir_path, "vocabulary.txt").write_text(lines, encoding="utf-8")

    def load_assets(self, dir_path: str) -> None:
        if self.input_vocabulary is None:
            tokens = lines_of(Path(dir_path, "vocabulary.txt"))
            weights = self.idf_weights_const if self.output_mode == "tf_idf" else None
            self.set_vocabulary(tokens, idf_weights=weights)


def _is_even(rows: list[list[Any]]) -> bool:
    return len({len(row) for row in rows}) == 1
