"""`tf.train`, `tf.nest` and `tf.experimental.numpy`: averages, records, structures, NumPy names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from inspector.compat.registry import export, public
from inspector.compat.tf.tensors import tensor

tree = keras.tree
ops = keras.ops


class ExponentialMovingAverage:
    """Moving averages of variables, each `average * decay + value * (1 - decay)`."""

    def __init__(self, decay: float, num_updates: Any = None, **ignored: Any) -> None:
        self.decay = decay
        self._averages: dict[int, Any] = {}

    def apply(self, var_list: Any) -> None:
        for variable in var_list:
            value = ops.convert_to_tensor(variable)
            before = self._averages.get(id(variable), value)
            self._averages[id(variable)] = before * self.decay + value * (1 - self.decay)

    def average(self, var: Any) -> Any:
        return self._averages.get(id(var))


export("train.ExponentialMovingAverage", ExponentialMovingAverage)


class _Values:
    """A list of one kind inside an example record."""

    def __init__(self, value: Any = ()) -> None:
        self.value = list(value)


for _kind in ("Int64List", "FloatList", "BytesList"):
    export(f"train.{_kind}", type(_kind, (_Values,), {}))


class Feature:
    """One feature of an example record."""

    def __init__(self, **lists: Any) -> None:
        vars(self).update(lists)


class Features:
    """The features of an example record, by name."""

    def __init__(self, feature: Any = None) -> None:
        self.feature = dict(feature or {})


class Example:
    """An example record; it cannot be written as bytes here."""

    def __init__(self, features: Any = None) -> None:
        self.features = features

    def SerializeToString(self) -> bytes:  # TensorFlow's name
        return repr(sorted(self.features.feature)).encode()


export("train.Feature", Feature)
export("train.Features", Features)
export("train.Example", Example)


@public("nest.map_structure")
def map_structure(func: Callable[..., Any], *structure: Any, **ignored: Any) -> Any:
    return tree.map_structure(func, *structure)


@public("nest.flatten")
def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    return list(tree.flatten(structure))


@public("nest.pack_sequence_as")
def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    return tree.pack_sequence_as(structure, flat_sequence)


@public("nest.assert_same_structure")
def assert_same_structure(nest1: Any, nest2: Any, **ignored: Any) -> None:
    tree.assert_same_structure(nest1, nest2)


@public("nest.is_nested")
def is_nested(structure: Any) -> bool:
    return bool(tree.is_nested(structure))


# tf.experimental.numpy has NumPy's names, and so has keras.ops.
_SAME = """
abs add all amax amin any append arange arccos arcsin arctan arctan2 argmax argmin argsort array
average broadcast_to ceil clip concatenate conj copy cos cosh count_nonzero cross cumprod cumsum
diag diagonal diff divide dot einsum equal exp expand_dims expm1 eye flip floor floor_divide full
full_like greater greater_equal hstack identity imag isclose isfinite isinf isnan less less_equal
linspace log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor logspace
matmul max maximum mean median meshgrid min minimum mod moveaxis multiply nan_to_num ndim negative
nonzero not_equal ones ones_like outer pad power prod quantile ravel real reciprocal repeat
reshape roll round sign sin sinh size sort split sqrt square squeeze stack std subtract sum
swapaxes take take_along_axis tan tanh tensordot tile trace transpose tri tril triu true_divide
trunc var vdot vstack where zeros zeros_like
"""
for _name in _SAME.split():
    if hasattr(ops, _name):
        export(f"experimental.numpy.{_name}", getattr(ops, _name))
for _name in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8"):
    export(f"experimental.numpy.{_name}", _name)
export("experimental.numpy.newaxis", None)
export("experimental.numpy.pi experimental.numpy.math_pi", 3.141592653589793)
export("experimental.numpy.asarray", tensor)
