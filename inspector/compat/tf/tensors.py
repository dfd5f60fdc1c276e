"""Making tensors of what user code passes to a tf function.

Dtypes of Python values are TensorFlow's: int is int32, float is float32; arrays keep theirs. A
nested list may hold tensors. Strings become `StringTensor`, whose `numpy()` gives bytes as in
TensorFlow.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inspector.compat.registry import export, public
from inspector.compat.tf.dtypes import dtype_name
from inspector.compat.tf.shapes import SymbolicShape, is_symbolic
from inspector.engine import array_module
from inspector.engine.tensor import Tensor

ops = keras.ops
NUMBERS = (bool, int, float, complex)
_DEFAULTS = {"i": "int32", "f": "float32", "c": "complex64"}


class StringTensor(Tensor):
    """A tensor of strings; `numpy()` gives bytes, as TensorFlow's does.

    raw: the bytes of a file that was read, where they are not text.
    """

    raw: bytes | None = None

    def numpy(self) -> Any:
        texts = np.asarray(self.data, dtype=object)
        if self.raw is not None:
            return self.raw
        if texts.ndim == 0:
            return str(texts.item()).encode()
        return np.frompyfunc(lambda text: str(text).encode(), 1, 1)(texts)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(self.data).astype(dtype if dtype is not None else object)

    def __str__(self) -> str:
        return str(self.numpy())

    def __getitem__(self, key: Any) -> Any:
        return strings(np.asarray(self.data, dtype=object)[_plain_key(key)])

    def __iter__(self) -> Any:
        return (self[index] for index in range(len(self)))

    def __eq__(self, other: object) -> Any:
        return keras.ops.convert_to_tensor(self.texts() == strings(other).texts())

    def __ne__(self, other: object) -> Any:
        return keras.ops.convert_to_tensor(self.texts() != strings(other).texts())

    __hash__ = Tensor.__hash__

    def __add__(self, other: Any) -> StringTensor:
        return strings(self.texts() + strings(other).texts())

    def __radd__(self, other: Any) -> StringTensor:
        return strings(strings(other).texts() + self.texts())

    def texts(self) -> Any:
        """Its values as a host array of `str`."""
        return np.asarray(self.data, dtype=object)


def _plain_key(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(_plain_key(part) for part in key)
    return np.asarray(key) if isinstance(key, Tensor) else key


def strings(value: Any) -> StringTensor:
    """A StringTensor of text, bytes, lists or arrays of them."""
    if isinstance(value, StringTensor):
        return value
    found = np.asarray(value.data if isinstance(value, Tensor) else value)
    texts = found.astype(object)
    decoded = np.frompyfunc(_as_text, 1, 1)(texts)
    return StringTensor(np.asarray(decoded, dtype=np.dtypes.StringDType()))


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def is_text(value: Any) -> bool:
    """Whether a value is a string, or a list or array of strings."""
    while isinstance(value, list | tuple) and value:
        value = value[0]
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "SUT" or (
            value.dtype.kind == "O" and value.size > 0 and isinstance(value.flat[0], str | bytes)
        )
    if isinstance(value, Tensor):
        return bool(value.dtype == "string")
    return isinstance(value, str | bytes)


def tensor(value: Any, dtype: Any = None) -> Any:
    """A tensor of any value that TensorFlow converts; symbolic and special tensors pass."""
    name = dtype_name(dtype)
    if isinstance(value, keras.KerasTensor | Tensor):
        same = name is None or name == dtype_name(value.dtype)
        return value if same or name == "string" else ops.cast(value, name)
    if isinstance(value, keras.Variable):
        return ops.convert_to_tensor(value, name)
    if hasattr(value, "__inspector_tensor__"):
        return value.__inspector_tensor__(name)
    if is_text(value) or name == "string":
        return strings(value)
    if isinstance(value, list | tuple) and _holds_tensors(value):
        return _packed(value, name)
    array = np.asarray(value)
    return ops.convert_to_tensor(array, name or _default_dtype(value, array))


def _holds_tensors(value: Any) -> bool:
    kinds = (Tensor, keras.KerasTensor, keras.Variable)
    return any(
        isinstance(item, kinds) or (isinstance(item, list | tuple) and _holds_tensors(item))
        for item in value
    )


def _packed(value: Any, dtype: str | None) -> Any:
    if isinstance(value, SymbolicShape) or is_symbolic(value):
        return ops.stack([tensor(item, dtype) for item in value])
    items = [tensor(item, dtype) for item in value]
    if items and items[0].dtype == "string":
        return strings(np.stack([item.texts() for item in items]))
    return ops.stack(items)


def _default_dtype(value: Any, array: Any) -> str:
    """int32 and float32 for Python numbers; arrays and NumPy scalars keep their dtype."""
    kind = array.dtype.kind
    if _is_numpy(value) or kind not in _DEFAULTS:
        return str(array.dtype.name)
    if kind == "i" and array.size and (array.max() > 2**31 - 1 or array.min() < -(2**31)):
        return "int64"
    return _DEFAULTS[kind]


def _is_numpy(value: Any) -> bool:
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return isinstance(value, np.ndarray | np.generic) or hasattr(value, "__array_interface__")


def operands(x: Any, y: Any) -> tuple[Any, Any]:
    """Two operands: what is not a tensor takes the dtype of the one that is."""
    x_plain, y_plain = not is_tensor_like(x), not is_tensor_like(y)
    if x_plain and y_plain:
        return tensor(x), tensor(y)
    if x_plain:
        return _as_operand(x, y), y
    return x, (_as_operand(y, x) if y_plain else y)


def _as_operand(value: Any, like: Any) -> Any:
    if isinstance(value, NUMBERS):
        return value
    kind = np.asarray(value).dtype.kind if not _is_packed(value) else ""
    floating = "float" in str(like.dtype)
    return tensor(value, like.dtype if kind in "iuf" and (floating or kind != "f") else None)


def _is_packed(value: Any) -> bool:
    return isinstance(value, list | tuple) and _holds_tensors(value)


def is_tensor_like(value: Any) -> bool:
    """Whether a value is a tensor, symbolic or not, or a variable."""
    return isinstance(value, Tensor | keras.KerasTensor | keras.Variable)


class _TensorType(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor)


class TensorType(metaclass=_TensorType):
    """`tf.Tensor`: what isinstance and annotations ask for."""


export("Tensor experimental.Tensor", TensorType)


@public("is_tensor")
def is_tensor(x: Any) -> bool:
    return is_tensor_like(x) or hasattr(x, "__inspector_tensor__") or hasattr(x, "to_tensor")


@public("convert_to_tensor")
def convert_to_tensor(
    value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None
) -> Any:
    if dtype is None and dtype_hint is not None and not is_tensor_like(value):
        dtype = dtype_hint
    return tensor(value, dtype)


@public("constant")
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    from inspector.compat.tf.shapes import static_shape

    made = tensor(value, dtype)
    if shape is None:
        return made
    sizes = static_shape(shape)
    return ops.broadcast_to(made, sizes) if made.size == 1 else ops.reshape(made, sizes)


def host(value: Any) -> Any:
    """The values as a NumPy array on the host."""
    return array_module.to_numpy(value.value()) if isinstance(value, Tensor) else np.asarray(value)
