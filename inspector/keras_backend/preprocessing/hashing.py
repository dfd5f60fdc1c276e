"""Categories into bins by their hash: FarmHash's Fingerprint64, or SipHash-2-4 with a salt.

Both hashes are fixed by their papers, so a bin here is the bin that Keras finds with TensorFlow.
"""

from __future__ import annotations

import struct
from typing import Any

import farmhash
import numpy as np
import siphash24
from keras.src import backend
from keras.src.layers.layer import Layer

from inspector.keras_backend.core import convert_to_tensor
from inspector.keras_backend.preprocessing import encoding, strings
from inspector.keras_backend.symbolic import is_meta, without_values

Salt = list[int] | None
_MASK = (1 << 64) - 1


def checked_salt(salt: Any, owner: str) -> Salt:
    """The two numbers of a salt.

    Raises:
        ValueError: it is neither a number nor two of them.
    """
    if salt is None:
        return None
    if isinstance(salt, tuple | list) and len(salt) == 2:
        return list(salt)
    if isinstance(salt, int):
        return [salt, salt]
    raise ValueError(
        f"The `salt` argument for `{owner}` can only be a tuple of size 2 integers, or a single "
        f"integer. Received: salt={salt}."
    )


def bins_of(texts: Any, bins: int, salt: Salt) -> Any:
    """The bin of each string."""
    values = [fingerprint(text) if salt is None else keyed(text, salt) for text in texts.flat]
    return np.array([value % bins for value in values], dtype=np.int64).reshape(texts.shape)


def fingerprint(text: str) -> int:
    return int(farmhash.fingerprint64(text.encode("utf-8", "surrogateescape")))


def keyed(text: str, salt: list[int]) -> int:
    key = struct.pack("<QQ", salt[0] & _MASK, salt[1] & _MASK)
    digest = siphash24.siphash24(text.encode("utf-8", "surrogateescape"), key=key).digest()
    return int.from_bytes(digest, "little")


class Hashing(Layer):
    """Keras' `Hashing`."""

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else backend.floatx()
        super().__init__(**kwargs)
        if num_bins is None or num_bins <= 0:
            raise ValueError(
                "The `num_bins` for `Hashing` cannot be `None` or non-positive values. "
                f"Received: num_bins={num_bins}."
            )
        if output_mode == "int" and self.dtype_policy.name not in ("int32", "int64"):
            raise ValueError(
                "When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or "
                f"'in64'. Received: dtype={kwargs['dtype']}"
            )
        if output_mode not in encoding.MODES:
            raise ValueError(
                f"Invalid value for argument `output_mode`. Expected one of {encoding.MODES}. "
                f"Received: output_mode={output_mode}"
            )
        if sparse:
            raise ValueError(
                '`sparse` may only be true if `output_mode` is `"one_hot"`, `"multi_hot"`, or '
                f'`"count"`, and on the TensorFlow backend. Received: sparse={sparse} and '
                f"output_mode={output_mode}"
            )
        self.num_bins = num_bins
        self.mask_value = mask_value
        self.salt = checked_salt(salt, "Hashing")
        self.strong_hash = self.salt is not None
        self.output_mode = output_mode
        self.sparse = sparse
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.supports_jit = False

    def call(self, inputs: Any) -> Any:
        if is_meta(inputs):
            spec = self.compute_output_spec(inputs)
            return without_values(spec.shape, spec.dtype)
        values = strings.host_array(inputs)
        made = encoding.encoded(self._bins(values), self.output_mode, self.num_bins, self.dtype)
        return convert_to_tensor(made, dtype=self.dtype)

    def _bins(self, values: Any) -> Any:
        bins = self.num_bins
        masked = None
        if self.mask_value is not None and bins > 1:
            # The first bin is the mask's own.
            bins -= 1
            masked = values == self.mask_value
        found = bins_of(strings.ranks_as_text(values), bins, self.salt)
        return found if masked is None else np.where(masked, 0, found + 1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoding.output_shape(input_shape, self.output_mode, self.num_bins)

    def compute_output_spec(self, inputs: Any) -> Any:
        return backend.KerasTensor(self.compute_output_shape(inputs.shape), dtype=self.dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "salt": self.salt,
            "mask_value": self.mask_value,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }


_CROSS_SEED = 0xDECAFCAFFE
_MULTIPLIER = 0xC6A4A7935BD1E995


def _mixed(value: int) -> int:
    return value ^ (value >> 47)


def joined(first: int, second: int) -> int:
    """One 64-bit fingerprint of two, as FarmHash's Murmur-style step joins them."""
    result = first ^ _MULTIPLIER
    result ^= _mixed(second * _MULTIPLIER & _MASK) * _MULTIPLIER & _MASK
    result = result * _MULTIPLIER & _MASK
    return _mixed(_mixed(result) * _MULTIPLIER & _MASK)


class HashedCrossing(Layer):
    """Keras' `HashedCrossing`: the bin of several features' values together."""

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            name=name, dtype="int64" if output_mode == "int" and dtype is None else dtype
        )
        if sparse:
            raise ValueError("`sparse=True` can only be used with the TensorFlow backend.")
        if output_mode not in ("int", "one_hot"):
            raise ValueError(
                "Unknown value for `output_mode` argument of layer HashedCrossing. Allowed values "
                f"are: ('int', 'one_hot'). Received: {output_mode}"
            )
        self.num_bins = num_bins
        self.output_mode = output_mode
        self.sparse = sparse
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.supports_jit = False

    def call(self, inputs: Any) -> Any:
        if isinstance(inputs, list | tuple) and any(map(is_meta, inputs)):
            spec = self.compute_output_spec(inputs)
            return without_values(spec.shape, spec.dtype)
        features = self._checked(inputs)
        columns = [self._codes(feature) for feature in features]
        crossed = []
        for codes in zip(*columns, strict=True):
            value = _CROSS_SEED
            for code in codes:
                value = joined(value, code)
            crossed.append(value % self.num_bins)
        numbers = np.array(crossed, dtype=np.int64).reshape(features[0].shape)
        made = encoding.encoded(numbers, self.output_mode, self.num_bins, self.compute_dtype)
        return convert_to_tensor(made, dtype=self.dtype)

    def _codes(self, feature: Any) -> list[int]:
        if feature.dtype == object:
            return [fingerprint(text) for text in feature.flat]
        return [int(value) & _MASK for value in feature.flat]

    def _checked(self, inputs: Any) -> list[Any]:
        """The features as host arrays, of one shape and discrete."""
        if not isinstance(inputs, list | tuple):
            raise ValueError(
                "`HashedCrossing` should be called on a list or tuple of inputs. "
                f"Received: inputs={inputs}"
            )
        if len(inputs) < 2:
            raise ValueError(
                "`HashedCrossing` should be called on at least two inputs. "
                f"Received: inputs={inputs}"
            )
        features = [strings.host_array(feature) for feature in inputs]
        shape = features[0].shape
        if len(shape) > 2 or (len(shape) == 2 and shape[-1] != 1):
            raise ValueError(
                "All `HashedCrossing` inputs should have shape `()`, `(batch_size)` or "
                f"`(batch_size, 1)`. Received: inputs={inputs}"
            )
        if any(feature.shape != shape for feature in features):
            raise ValueError(
                f"All `HashedCrossing` inputs should have equal shape. Received: inputs={inputs}"
            )
        if any(feature.dtype.kind not in "iuO" for feature in features):
            raise ValueError(
                "All `HashedCrossing` inputs should have an integer or string dtype. "
                f"Received: inputs={inputs}"
            )
        return features

    def compute_output_shape(self, input_shape: Any) -> Any:
        if len(input_shape) < 2 or not all(
            isinstance(shape, tuple | list) for shape in input_shape
        ):
            raise ValueError(
                f"Expected as input a list/tuple of 2 tensors. Received input_shape={input_shape}"
            )
        if input_shape[0][-1] != input_shape[1][-1]:
            raise ValueError(
                "Expected the two input tensors to have identical shapes. "
                f"Received input_shape={input_shape}"
            )
        return encoding.output_shape(input_shape[0], self.output_mode, self.num_bins)

    def compute_output_spec(self, inputs: Any) -> Any:
        shape = self.compute_output_shape([tuple(feature.shape) for feature in inputs])
        return backend.KerasTensor(shape, dtype=self.dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": self.name,
            "dtype": self.dtype,
        }
