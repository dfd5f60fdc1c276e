"""The module's functions: bound to CuPy's signatures, computed by NumPy's of the same name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import cupy
import numpy as np

from . import cuda, syncs
from .array import ndarray, refuse_foreign, supported, unwrap, wrap
from .capturing import forbid, on_device

# These take what is on the host.
_UPLOADS = {"array", "asarray", "ascontiguousarray", "asanyarray", "asfortranarray"}
# Names that CuPy's signatures give to operands that must be device arrays.
_OPERANDS = {"a", "x", "ar", "ary", "arr", "m", "v", "y", "element", "test_elements"}
# These ask the device for a number (a size, mostly) before they can answer.
_WAITING = {
    "unique",
    "nonzero",
    "argwhere",
    "flatnonzero",
    "bincount",
    "extract",
    "asnumpy",
    "histogram",
    "trim_zeros",
    "array_equal",
    "allclose",
    "setdiff1d",
}
_JOINING = {"concatenate", "stack", "hstack", "vstack", "dstack", "column_stack"}
# By Thrust, and by kernels for the dtypes that Thrust knows.
_SORTING = {"sort", "argsort", "lexsort", "partition", "argpartition"}
_SORTING |= {"unique", "searchsorted", "isin"}
# cuBLAS computes these; cuSOLVER what is in `linalg`.
_PRODUCTS = {"matmul", "dot", "vdot", "inner", "outer", "tensordot", "einsum"}
_EMPTY = {"empty", "empty_like", "ndarray"}
_ONLY_CUPYS = {"blocking"}


def called(path: str) -> Callable[..., Any]:
    """The stand-in's function for `cupy.<path>`."""
    theirs, numpys = _at(cupy, path), _at(np, path)
    if theirs is None:
        raise AttributeError(f"module 'cupy' has no attribute {path!r}")
    if numpys is None:
        raise NotImplementedError(f"NumPy has no {path} to imitate cupy.{path} with")
    return functools.partial(_call, path, theirs, numpys)


def _at(module: Any, path: str) -> Any:
    for part in path.split("."):
        module = getattr(module, part, None)
    return module


@on_device
def _call(path: str, theirs: Any, numpys: Any, *args: Any, **options: Any) -> Any:
    name = path.rpartition(".")[2]
    signature = _signature(theirs)
    bound = None if signature is None else signature.bind(*args, **options)
    if name in _UPLOADS:
        if not isinstance(args[0], ndarray) and np.ndim(args[0]):
            cuda.upload(np.asarray(args[0]).nbytes)
    else:
        for value in (*args, *options.values()):
            refuse_foreign(value, path)
        _refuse_lists(path, bound)
    if name == "einsum" and set(options) - {"optimize", "dtype"}:
        raise TypeError(f"einsum: did not understand {sorted(options)}")
    _refuse_dtypes(path, args, options)
    if name in _JOINING and len(args[0]) > 8:
        cuda.upload(8 * len(args[0]))  # their addresses
    _count(path, args, options)
    if name in _PRODUCTS or (path.startswith("linalg.") and name != "norm"):
        refuse_libraries(args)
    options = {key: value for key, value in options.items() if key not in _ONLY_CUPYS}
    with np.errstate(all="ignore"):
        if name in ("take", "take_along_axis"):
            made = numpys(*unwrap(list(_wrapped_indices(bound.arguments).values())))
        else:
            made = numpys(*unwrap(args), **unwrap(options))
    if name in _EMPTY:
        poison(made)
    out = options.get("out")
    return out if out is not None else wrap(made)


def refuse_libraries(operands: tuple[Any, ...]) -> None:
    """CuPy calls neither cuBLAS nor cuSOLVER while a stream is captured; integers need neither."""
    if any(type(x) is ndarray and x.dtype.kind in "fc" for x in operands):
        forbid("calling cuBLAS API during stream capture is currently unsupported")


@functools.cache
def _signature(theirs: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(theirs)
    except (TypeError, ValueError):
        return None


def _refuse_lists(path: str, bound: inspect.BoundArguments | None) -> None:
    for name, value in {} if bound is None else bound.arguments.items():
        if name in _OPERANDS and isinstance(value, list | tuple):
            raise TypeError(f"{path}: Unsupported type {type(value)} for {name}")


def _refuse_dtypes(path: str, args: tuple[Any, ...], options: dict[str, Any]) -> None:
    if options.get("dtype") is not None:
        supported(options["dtype"])
    narrow = [x for x in args if type(x) is ndarray and x.dtype.name == "bfloat16"]
    if narrow and path in _SORTING:
        raise ValueError("Unsupported dtype (bfloat16)")
    if path == "linalg.solve" and args[0].shape[:-1] != args[1].shape[:-1]:
        raise ValueError("a must have (..., M, M) shape and b must have (..., M, K)")
    if not path.startswith(("linalg.", "fft.")):
        return
    for value in args:
        if type(value) is ndarray and value.dtype.name in ("float16", "bfloat16"):
            raise TypeError(f"{value.dtype} is unsupported in {path.partition('.')[0]}")


def _count(path: str, args: tuple[Any, ...], options: dict[str, Any]) -> None:
    name = path.rpartition(".")[2]
    if name in _WAITING or (name == "where" and len(args) == 1):
        syncs.count(name)
    if name == "repeat" and type(args[1]) is ndarray:
        raise TypeError("repeat: repeats must be whole numbers, not a device array")
    if name == "searchsorted" and type(args[1]) is not ndarray:
        raise NotImplementedError("searchsorted: v must be a device array")


def _wrapped_indices(arguments: dict[str, Any]) -> dict[str, Any]:
    """Out-of-range indices wrap, with no error."""
    values, indices, axis = arguments["a"], arguments["indices"], arguments.get("axis")
    if type(indices) is not ndarray:
        return arguments
    size = values.size if axis is None else values.shape[axis]
    return {**arguments, "indices": ndarray(indices._held % size) if size else indices}


def poison(made: np.ndarray) -> None:
    """What fresh memory on a device may hold: nothing that looks right."""
    if made.dtype.kind in "fc" or made.dtype.name == "bfloat16":
        made[...] = np.nan
    elif made.dtype.kind in "iu":
        made[...] = np.iinfo(made.dtype).max - 7
    else:
        made[...] = True
