"""`xp` and `special`: objects to put in the place of cupy and cupyx.scipy.special."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import cupy
import numpy as np

from . import array, cuda, functions, kernels, syncs, ufuncs


class Namespace:
    """A module of CuPy: attributes are found by its names only."""

    def __init__(self, path: str = "") -> None:
        self._path = path

    def __repr__(self) -> str:
        return f"<stand-in of cupy.{self._path}>"

    def __getattr__(self, name: str) -> Any:
        theirs = getattr(functions._at(cupy, self._path) if self._path else cupy, name)
        path = f"{self._path}.{name}" if self._path else name
        if isinstance(theirs, ModuleType):
            found: Any = Namespace(path)
        elif isinstance(theirs, cupy.ufunc):
            found = ufuncs.named(name)
        elif isinstance(theirs, type) or not callable(theirs):
            found = theirs
        else:
            found = functions.called(path)
        setattr(self, name, found)
        return found


class Special:
    """cupyx.scipy.special."""

    def __getattr__(self, name: str) -> Any:
        return ufuncs.special(name)


def _asnumpy(a: Any, **options: Any) -> np.ndarray:
    syncs.count("asnumpy")
    return array.unwrap(a).copy()


def _result_type(*operands: Any) -> np.dtype:
    return np.result_type(*array.unwrap(operands))


xp = Namespace()
xp.ndarray = array.ndarray
xp.asnumpy = _asnumpy
xp.RawModule = kernels.RawModule
xp.cuda = cuda
xp.get_default_pinned_memory_pool = lambda: cuda._pinned
xp.result_type = _result_type
special = Special()
