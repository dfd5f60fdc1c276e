"""Elementwise functions: CuPy's loops decide which dtypes go in and which come out."""

from __future__ import annotations

from typing import Any

import cupy
import ml_dtypes
import numpy as np
from cupyx.scipy import special as cupy_special
from scipy import special as scipy_special

from .array import SCALARS, ndarray, refuse_foreign, unwrap
from .capturing import on_device

_OPTIONS = {"out", "casting", "dtype", "where"}
_SCATTERED = {"int32", "int64", "uint32", "uint64", "float16", "float32", "float64"}


class Ufunc:
    """One elementwise function of CuPy (or of cupyx's special functions)."""

    def __init__(self, name: str, theirs: Any, numpys: Any) -> None:
        self.name, self.theirs, self.numpys = name, theirs, numpys
        self.nin, self.nout, self.types = theirs.nin, theirs.nout, theirs.types

    @on_device
    def __call__(self, *operands: Any, **options: Any) -> Any:
        if unknown := set(options) - _OPTIONS:
            raise TypeError(f"{self.name}: wrong arguments {sorted(unknown)}")
        if not self.nin <= len(operands) <= self.nin + self.nout:
            raise TypeError(f"{self.name} takes {self.nin} operands, not {len(operands)}")
        outs = operands[self.nin :] or _as_tuple(options.pop("out", None))
        operands = operands[: self.nin]
        self._check(operands, outs)
        if self.nout > 1 or "where" in options:
            return self._plain(operands, outs, options)
        return self._looped(operands, outs, options.get("dtype"))

    def _check(self, operands: tuple[Any, ...], outs: tuple[Any, ...]) -> None:
        for operand in operands:
            refuse_foreign(operand, self.name)
            if type(operand) is not ndarray and not isinstance(operand, SCALARS):
                raise TypeError(f"{self.name}: Unsupported type {type(operand)}")
        if any(out is not None and type(out) is not ndarray for out in outs):
            raise TypeError(f"{self.name}: out must be a device array")

    def _plain(self, operands, outs, options):
        from .array import wrap

        if outs:
            options["out"] = unwrap(outs)
        with np.errstate(all="ignore"):
            made = self.numpys(*unwrap(operands), **unwrap(options))
        return outs[0] if len(outs) == 1 else outs or wrap(made)

    def _looped(self, operands, outs, dtype):
        wanted = dtype or self._loop(operands)
        with np.errstate(all="ignore"):
            made = np.asarray(self.numpys(*unwrap(operands)))
        made = made.astype(wanted, copy=False)
        if not outs or outs[0] is None:
            return ndarray(made)
        held = outs[0]._held
        if held.shape != np.broadcast_shapes(held.shape, made.shape):
            raise ValueError(f"{self.name}: out has shape {held.shape}, not {made.shape}")
        if not np.can_cast(made.dtype, held.dtype, "same_kind"):
            raise TypeError(f"{self.name}: cannot cast {made.dtype} to {held.dtype}")
        with np.errstate(all="ignore"):
            held[...] = made
        return outs[0]

    def _loop(self, operands: tuple[Any, ...]) -> np.dtype:
        """What comes out: the first loop that takes the operands."""
        strong = [unwrap(x).dtype for x in operands if isinstance(x, ndarray | np.generic)]
        kinds = {_kind(dtype) for dtype in strong}
        for loop in self.types:
            ins, _, out = loop.partition("->")
            if all(_takes(_dtype(char), x, kinds) for char, x in zip(ins, operands, strict=True)):
                return _dtype(out)
        raise TypeError(f"{self.name}: no loop for {[str(dtype) for dtype in strong]}")

    @on_device
    def at(self, a: Any, indices: Any, b: Any = None) -> None:
        """Scatter: only some functions, on some dtypes."""
        if getattr(self.theirs, "_scatter_op", None) is None:
            raise NotImplementedError(f"`{self.name}.at` is not supported yet")
        if type(a) is not ndarray:
            raise TypeError(f"{self.name}.at: a must be a device array")
        short = a.dtype.name == "float16" and self.name in ("maximum", "minimum")
        if a.dtype.name not in _SCATTERED or short:
            raise TypeError(f"{self.name}.at only supports some dtypes, not {a.dtype}")
        refuse_foreign(b, f"{self.name}.at")
        from .indexing import wrapped

        self.numpys.at(a._held, wrapped(a._held, indices), unwrap(b))

    @on_device
    def reduce(self, array: Any, axis: Any = 0, dtype=None, out=None, keepdims=False) -> Any:
        """CuPy offers it for sums and products only."""
        name = {"add": "sum", "multiply": "prod"}.get(self.name)
        if name is None:
            raise NotImplementedError(f"`{self.name}.reduce` is not supported yet")
        return getattr(array, name)(axis=axis, dtype=dtype, out=out, keepdims=keepdims)


def _dtype(char: str) -> np.dtype:
    """The dtype of a letter in CuPy's loops."""
    return np.dtype(ml_dtypes.bfloat16 if char == "E" else char)


def _kind(dtype: np.dtype) -> str:
    return "f" if dtype.name == "bfloat16" else dtype.kind


def _as_tuple(out: Any) -> tuple[Any, ...]:
    return () if out is None else out if isinstance(out, tuple) else (out,)


def _takes(loop: np.dtype, operand: Any, kinds: set[str]) -> bool:
    """Whether the loop takes this operand without loss.

    Python's numbers fit any loop of their kind; one of a higher kind than all arrays (the float
    in `integers + 0.5`) counts in its own size, as NumPy 2 has it.
    """
    if isinstance(operand, ndarray | np.generic):
        return np.can_cast(operand.dtype, loop)
    weak = np.dtype(type(operand))
    order = "b iu f c"
    rank = next(at for at, kind in enumerate(order.split()) if weak.kind in kind)
    highest = max((at for at, kind in enumerate(order.split()) if kinds & set(kind)), default=-1)
    if rank > highest:
        return np.can_cast(weak, loop)
    return any(_kind(loop) in kind for kind in order.split()[rank:])


def call(name: str, operands: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The function of that name."""
    return named(name)(*operands, **options)


_made: dict[str, Ufunc] = {}


def named(name: str) -> Ufunc:
    """An elementwise function of the module."""
    if name not in _made:
        _made[name] = Ufunc(name, getattr(cupy, name), getattr(np, name))
    return _made[name]


def special(name: str) -> Any:
    """One of cupyx.scipy.special."""
    theirs = getattr(cupy_special, name)
    if isinstance(theirs, cupy.ufunc):
        return Ufunc(name, theirs, getattr(scipy_special, name))
    raise NotImplementedError(f"the stand-in has no {name}: CuPy's is no ufunc")
