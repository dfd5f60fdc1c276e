"""The array of the stand-in: NumPy's storage behind CuPy's names and rules."""

from __future__ import annotations

import functools
import inspect
import re
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import cupy
import numpy as np

from . import indexing, syncs
from .capturing import on_device

SCALARS = (bool, int, float, complex, np.generic)
_WHOLE = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
_FLOATING = ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"]
_SUPPORTED = {"bool", *_WHOLE, *_FLOATING}
_ARITHMETIC = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]
_BINARY = [*_ARITHMETIC, "and", "or", "xor", "lshift", "rshift"]
_COMPARISONS = ["lt", "le", "gt", "ge", "eq", "ne"]
# Which ufunc an operator is: it has its dtypes.
_UFUNC = {
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "lshift": "left_shift",
    "rshift": "right_shift",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
    "neg": "negative",
    "pos": "positive",
    "abs": "absolute",
}
# Methods whose result the host has to wait for.
_WAITING = {"nonzero", "tobytes", "tofile", "dump", "dumps"}


def supported(dtype: Any) -> np.dtype:
    """The dtype, where CuPy has it."""
    wanted = np.dtype(dtype)
    if wanted.name not in _SUPPORTED:
        raise ValueError(f"Unsupported dtype {wanted}")
    return wanted


class Pointer(NamedTuple):
    """An address on the device."""

    ptr: int


# What lies at the addresses that were asked for.
_pointers: weakref.WeakValueDictionary[int, np.ndarray] = weakref.WeakValueDictionary()


def view_at(pointer: int) -> np.ndarray:
    """The array that begins at an address, however it lies."""
    return _pointers[pointer]


def held_at(pointer: int) -> np.ndarray:
    """The memory of the array that lies at an address; it must lie in one piece."""
    held = view_at(pointer)
    if not held.flags.c_contiguous:
        raise ValueError("an array that does not lie in one piece was handed to a library")
    return held


class ndarray:
    """An array on the stand-in's device."""

    __slots__ = ("_held",)
    __array_priority__ = 100
    __array_ufunc__ = None
    __hash__ = None

    def __init__(self, held: np.ndarray) -> None:
        supported(held.dtype)
        self._held = held

    def __array__(self, *args, **options):
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Use `.get()`.")

    def __array_function__(self, function, types, args, kwargs):
        raise TypeError(f"numpy.{function.__name__} was called with a device array")

    def get(self) -> np.ndarray:
        syncs.count("get")
        return self._held.copy()

    @property
    def data(self) -> Pointer:
        """Where it lies, to be handed to a library."""
        pointer = Pointer(self._held.ctypes.data)
        _pointers[pointer.ptr] = self._held
        return pointer

    def item(self):
        return self._read("item", lambda held: held.item())

    def tolist(self):
        return self._read("tolist", lambda held: held.tolist())

    def _read(self, kind, how):
        syncs.count(kind)
        return how(self._held)

    def __bool__(self):
        return self._read("bool", bool)

    def __int__(self):
        return self._read("int", int)

    def __float__(self):
        return self._read("float", float)

    def __complex__(self):
        return self._read("complex", complex)

    def __index__(self):
        return self._read("index", lambda held: held.__index__())

    def __len__(self):
        return len(self._held)

    def __iter__(self):
        return (self[number] for number in range(len(self)))

    def __repr__(self):
        return f"stand-in {self._held!r}"

    def __format__(self, spec):
        return format(self.item(), spec)

    def __copy__(self):
        return ndarray(self._held.copy())

    def __deepcopy__(self, memo):
        return ndarray(self._held.copy())

    @on_device
    def __getitem__(self, key):
        return wrap(self._held[indexing.wrapped(self._held, key)])

    @on_device
    def __setitem__(self, key, value):
        if isinstance(value, np.ndarray):
            raise TypeError("a NumPy array cannot be assigned into a device array")
        indexing.write(self._held, indexing.wrapped(self._held, key), unwrap(value))

    @property
    def real(self):
        return ndarray(self._held.real)

    @real.setter
    @on_device
    def real(self, value):
        refuse_foreign(value, "real")
        self._held.real = unwrap(value)

    @property
    def imag(self):
        return ndarray(self._held.imag)

    @imag.setter
    @on_device
    def imag(self, value):
        refuse_foreign(value, "imag")
        self._held.imag = unwrap(value)

    def __getattr__(self, name):
        if not hasattr(cupy.ndarray, name):
            raise AttributeError(f"'ndarray' object has no attribute {name!r} (CuPy has none)")
        if name in ("set", "device", "toDlpack", "mdspan", "cstruct"):
            raise NotImplementedError(f"the stand-in has no device behind .{name}")
        found = getattr(self._held, name)
        if callable(found):
            return functools.partial(self._call, name, found)
        return wrap(found) if isinstance(found, np.ndarray) else found

    @on_device
    def _call(self, name: str, method: Callable[..., Any], *args, **options):
        signature = method_signature(name)
        if signature is not None:
            signature.bind(self, *args, **options)
        if name in _WAITING:
            syncs.count(name)
        for value in (*args, *options.values()):
            refuse_foreign(value, name)
        if name in ("astype", "view") and args:
            supported(args[0])
        if name == "astype":
            return astype(self, *args, **options)
        options.pop("blocking", None)
        return wrap(method(*unwrap(args), **unwrap(options)))


def astype(x: ndarray, dtype, order="K", casting=None, subok=None, copy=True) -> ndarray:
    """CUDA's conversions: floats saturate on their way to integers, NaN becomes 0."""
    held, wanted = x._held, supported(dtype)
    if held.dtype.kind == "f" and wanted.kind in "iu":
        limits = np.iinfo(wanted)
        whole = np.nan_to_num(np.trunc(held.astype("float64")), nan=0.0)
        low, high = whole <= float(limits.min), whole >= float(limits.max)
        safe = np.where(low | high, 0.0, whole).astype(wanted)
        return ndarray(np.where(low, limits.min, np.where(high, limits.max, safe)).astype(wanted))
    if held.dtype.kind == "c" and wanted.kind not in "cb":
        held = held.real
    with np.errstate(all="ignore"):
        return ndarray(held.astype(wanted, order=order, copy=copy))


@functools.cache
def method_signature(name: str) -> inspect.Signature | None:
    """What CuPy's method takes, from the first line of its documentation."""
    first = (getattr(cupy.ndarray, name).__doc__ or "").partition("\n")[0]
    found = re.match(r"\w+\.\w+\((.*)\)", first)
    if found is None:
        return None
    names = [
        re.sub(r"^(int|bool|Py_ssize_t|_ndarray_base) ", "", p.strip()) for p in found[1].split(",")
    ]
    space: dict[str, Any] = {"float": float}
    exec(f"def method({', '.join(names)}): pass", space)
    return inspect.signature(space["method"])


def unwrap(value: Any) -> Any:
    """The same with NumPy's arrays in place of the device's."""
    if type(value) is ndarray:
        return value._held
    if type(value) in (tuple, list):
        return type(value)(unwrap(item) for item in value)
    if type(value) is dict:
        return {key: unwrap(item) for key, item in value.items()}
    return value


def wrap(value: Any) -> Any:
    """NumPy's results as CuPy gives them: 0-d arrays for scalars, plain tuples."""
    if isinstance(value, np.ndarray):
        return ndarray(value)
    if isinstance(value, np.generic):
        return ndarray(np.asarray(value))
    if isinstance(value, tuple | list):
        return (tuple if isinstance(value, tuple) else list)(wrap(item) for item in value)
    return value


def refuse_foreign(value: Any, name: str) -> None:
    """No NumPy array may come where CuPy's are wanted, nor in a list of them."""
    if isinstance(value, np.ndarray):
        raise TypeError(f"{name}: Unsupported type <class 'numpy.ndarray'>")
    if type(value) in (tuple, list):
        for item in value:
            refuse_foreign(item, name)


def _operator(name: str, reflected: bool = False, inplace: bool = False):
    prefix = "r" if reflected else "i" if inplace else ""
    ufunc = _UFUNC.get(name, name)

    @on_device
    def method(self, *others):
        from . import functions, ufuncs

        for other in others:
            if not isinstance(other, SCALARS) and type(other) is not ndarray:
                return NotImplemented
        if name == "matmul":
            pair = (others[0], self) if reflected else (self, others[0])
            functions.refuse_libraries(pair)
            return wrap(np.matmul(*unwrap(pair)))
        operands = (*others, self) if reflected else (self, *others)
        return ufuncs.call(ufunc, operands, {"out": self} if inplace else {})

    method.__name__ = f"__{prefix}{name}__"
    return method


for _name in (*_BINARY, *_COMPARISONS, "neg", "pos", "abs", "invert"):
    setattr(ndarray, f"__{_name}__", _operator(_name))
for _name in _BINARY:
    setattr(ndarray, f"__r{_name}__", _operator(_name, reflected=True))
    if _name != "matmul":
        setattr(ndarray, f"__i{_name}__", _operator(_name, inplace=True))
