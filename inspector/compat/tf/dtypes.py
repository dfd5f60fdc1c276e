"""`tf.DType` and its instances, `tf.float32` and its kind.

A DType is a `str` with the dtype's Keras name: NumPy, Keras and our engine all take names, and
`np.dtype("float32") == tf.float32` holds without either side knowing of the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.compat.registry import export, public
from inspector.engine import promotion

# Numbers of TensorFlow's public DataType enumeration (types.proto).
_BY_NUMBER = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    5: "int16",
    6: "int8",
    7: "string",
    8: "complex64",
    9: "int64",
    10: "bool",
    14: "bfloat16",
    17: "uint16",
    18: "complex128",
    19: "float16",
    22: "uint32",
    23: "uint64",
}
_BY_NAME = {name: number for number, name in _BY_NUMBER.items()}
_ALIASES = {"half": "float16", "float": "float32", "double": "float64", "str": "string"}


class DType(str):
    """A dtype, equal to its name and to NumPy's dtype of that name."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return str(self)

    @property
    def as_numpy_dtype(self) -> Any:
        return object if self == "string" else promotion.dtype_of(str(self)).type

    @property
    def as_datatype_enum(self) -> int:
        return _BY_NAME[str(self)]

    @property
    def base_dtype(self) -> DType:
        return self

    @property
    def real_dtype(self) -> DType:
        return DType({"complex64": "float32", "complex128": "float64"}.get(str(self), str(self)))

    @property
    def is_floating(self) -> bool:
        return "float" in self

    @property
    def is_integer(self) -> bool:
        return "int" in self

    @property
    def is_unsigned(self) -> bool:
        return self.startswith("uint")

    @property
    def is_complex(self) -> bool:
        return self.startswith("complex")

    @property
    def is_bool(self) -> bool:
        return self == "bool"

    @property
    def size(self) -> int:
        return 1 if self == "string" else int(promotion.dtype_of(str(self)).itemsize)

    @property
    def limits(self) -> tuple[Any, Any]:
        return self.min, self.max

    @property
    def min(self) -> Any:
        return self._bound("min")

    @property
    def max(self) -> Any:
        return self._bound("max")

    def is_compatible_with(self, other: Any) -> bool:
        return self == dtype_name(other)

    def _bound(self, which: str) -> Any:
        if self.is_bool:
            return which == "max"
        import ml_dtypes

        finfo: Any = ml_dtypes.finfo
        info = np.iinfo(str(self)) if self.is_integer else finfo(str(self))
        return getattr(info, which)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return str.__eq__(self, _ALIASES.get(other, other))
        try:
            return bool(str.__eq__(self, dtype_name(other) or ""))
        except (TypeError, KeyError):
            return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __repr__(self) -> str:
        return f"tf.{self}"


def dtype_name(dtype: Any) -> str | None:
    """The Keras name of whatever TensorFlow takes as a dtype; None stays None."""
    if dtype is None:
        return None
    if isinstance(dtype, str):
        return _ALIASES.get(dtype, str(dtype))
    if isinstance(dtype, int):
        return _BY_NUMBER[dtype]
    if dtype is float:
        return "float32"
    if dtype is int:
        return "int32"
    if dtype in (str, bytes, object):
        return "string"
    name = getattr(dtype, "name", None)
    if isinstance(name, str):
        return name
    return np.dtype(dtype).name


@public("as_dtype", "dtypes.as_dtype")
def as_dtype(type_value: Any) -> DType:
    return DType(dtype_name(type_value) or "float32")


def dtype_of(value: Any) -> DType:
    """The DType of a tensor, a variable or an array."""
    name = dtype_name(value.dtype)
    assert name is not None
    return DType(name)


export("DType dtypes.DType", DType)
for _name in _BY_NAME:
    export(f"{_name} dtypes.{_name}", DType(_name))
for _alias in ("half", "double"):
    export(f"{_alias} dtypes.{_alias}", DType(_ALIASES[_alias]))
