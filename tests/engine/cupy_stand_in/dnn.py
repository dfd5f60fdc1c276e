"""cuDNN's stand-in: the real front end describes and validates graphs, NumPy executes them.

The front end asks the library for its version only while it validates, so a library with that one
function takes cuDNN's place (half a gigabyte). A graph is executed from what it says itself:
dimensions, strides and padding of the real graph's tensors, on memory at the pointers it is given.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import subprocess
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import ml_dtypes
import numpy as np

from . import array, kernels
from .capturing import on_device

_LIBRARY = 'extern "C" unsigned long cudnnGetVersion() { return 92300; }\n'


class cudnnGraphNotSupportedError(Exception):
    """What the front end raises where no engine takes a graph."""


@functools.cache
def front_end() -> Any:
    """The package `cudnn` with that library in the place of cuDNN."""
    import cudnn

    folder = Path(tempfile.mkdtemp(prefix="inspector-cudnn-"))
    made = folder / "libcudnn.so.9"
    command = [kernels.compiler(), "-x", "c++", "-shared", "-fPIC", "-o", str(made), "-"]
    subprocess.run(command, input=_LIBRARY, text=True, check=True)
    handle = ctypes.CDLL(str(made))._handle
    cudnn._pybind_module._set_dlhandle_cudnn(ctypes.c_void_p(handle).value)
    return cudnn


def library(refuses: bool = False) -> tuple[Any, Any]:
    """What `dnn._library` gives: a module and a handle. refuses: no graph is supported."""
    real = front_end()
    module: Any = ModuleType("cudnn")
    module.pygraph = functools.partial(Graph, real, refuses)
    module.set_stream = lambda *, handle, stream: None
    for name in ("data_type", "numerical_note", "heur_mode"):
        setattr(module, name, getattr(real, name))
    return module, real.Handle(1, 0, 0)


class Graph:
    """A graph of one convolution."""

    def __init__(self, real: Any, refuses: bool, **options: Any) -> None:
        self._real, self._refuses = real, refuses
        self._graph = real.pygraph(**options)
        self.avoided: list[Any] = []

    def tensor(self, **options: Any) -> Any:
        return self._graph.tensor(**options)

    def conv_fprop(self, *, image: Any, weight: Any, **how: Any) -> Any:
        made = self._graph.conv_fprop(image=image, weight=weight, **how)
        return self._kept("fprop", (image, weight, made), how)

    def conv_dgrad(self, *, loss: Any, filter: Any, **how: Any) -> Any:
        made = self._graph.conv_dgrad(loss=loss, filter=filter, **how)
        return self._kept("dgrad", (made, filter, loss), how)

    def conv_wgrad(self, *, image: Any, loss: Any, **how: Any) -> Any:
        made = self._graph.conv_wgrad(image=image, loss=loss, **how)
        return self._kept("wgrad", (image, made, loss), how)

    def _kept(self, kind: str, tensors: tuple[Any, Any, Any], how: dict[str, Any]) -> Any:
        self._kind, self._tensors, self._how = kind, tensors, how
        return tensors[_RESULT[kind]]

    def deselect_numeric_notes(self, notes: list[Any]) -> None:
        self._graph.deselect_numeric_notes(notes)
        self.avoided += notes

    def build(self, modes: list[Any]) -> None:
        assert modes == [self._real.heur_mode.A, self._real.heur_mode.FALLBACK]
        self._graph.validate()
        x, w, y = (tensor.get_dim() for tensor in self._tensors)
        assert (x[0], y[1], x[1] % w[1]) == (y[0], w[0], 0), "sizes do not fit"
        if self._refuses:
            raise cudnnGraphNotSupportedError("no engine for this graph")

    def get_workspace_size(self) -> int:
        return 16

    @on_device
    def execute(self, pack: dict[Any, int], workspace: int, handle: Any) -> None:
        assert set(pack) == set(self._tensors)
        views = [_at(tensor, pack[tensor]) for tensor in self._tensors]
        correlate(self._kind, views, self._how)


_RESULT = {"dgrad": 0, "wgrad": 1, "fprop": 2}


def _at(tensor: Any, pointer: int) -> np.ndarray:
    """The array of the stand-in at this address, in the order that the tensor says."""
    held = array.held_at(pointer)
    # What the front end says of every tensor; memory of a device begins so, a slice need not.
    assert pointer % 16 == 0, "misaligned address"
    dims, strides = tensor.get_dim(), tensor.get_stride()
    last = sum((n - 1) * step for n, step in zip(dims, strides, strict=True))
    assert last + 1 == held.size, "the tensor and the memory have other sizes"
    names = {"HALF": np.float16, "BFLOAT16": ml_dtypes.bfloat16, "FLOAT": np.float32}
    assert held.dtype == names[tensor.get_data_type().name], "another dtype lies there"
    steps = [step * held.itemsize for step in strides]
    return np.lib.stride_tricks.as_strided(held.reshape(-1), dims, steps)


def correlate(kind: str, views: list[np.ndarray], how: dict[str, Any]) -> None:
    """One of the three maps on (x, w, y) as cuDNN defines them, one pair of places at a time."""
    x, w, y = (view.astype("float64") for view in views)
    groups = x.shape[1] // w.shape[1]
    result = (x, w, y)[_RESULT[kind]]
    result[...] = 0
    for group, place in itertools.product(range(groups), np.ndindex(*y.shape[2:])):
        channels = slice(group * w.shape[1], (group + 1) * w.shape[1])
        filters = slice(group * w.shape[0] // groups, (group + 1) * w.shape[0] // groups)
        for tap in np.ndindex(*w.shape[2:]):
            read = tuple(
                p * step + k * gap - before
                for p, k, step, gap, before in zip(
                    place, tap, how["stride"], how["dilation"], how["pre_padding"], strict=True
                )
            )
            if any(not 0 <= at < size for at, size in zip(read, x.shape[2:], strict=True)):
                continue
            one, weights = x[(slice(None), channels, *read)], w[(filters, slice(None), *tap)]
            out = y[(slice(None), filters, *place)]
            if kind == "fprop":
                out += one @ weights.T
            elif kind == "dgrad":
                one += out @ weights
            else:
                weights += out.T @ one
    views[_RESULT[kind]][...] = result
