"""`RawModule`: a kernel's CUDA source, compiled by the host's compiler and run on its arrays.

Stricter than a GPU: operands must have the kernel's very types and lie in one piece, nothing
beside an array may be written, and what is read beside it is NaN. Not imitated: the GPU's own
functions (exp, tanh, ...) and its warps running at once.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from .array import ndarray
from .capturing import on_device

HERE = Path(__file__).parent
MARGIN = 512
# How often each kernel ran: tests ask whether the one they mean did.
started: Counter[str] = Counter()


class KernelFault(AssertionError):
    """A kernel did what on a GPU would go wrong, perhaps unseen."""


def compiler() -> str:
    """The C++ compiler of this machine; `./dev test` installs one."""
    found = os.environ.get("CXX") or shutil.which("g++") or shutil.which("clang++")
    if found is None:
        raise RuntimeError("no C++ compiler: the kernels cannot be run on this machine")
    return found


@functools.cache
def library(code: str) -> ctypes.CDLL:
    """The kernels of a source as functions of the host; kept between runs by their text."""
    header = (HERE / "host_cuda.h").read_text()
    names = kernel_names(code)
    lockstep = "#define LOCKSTEP\n" if re.search(r"__syncthreads|__shfl", code) else ""
    text = f"{lockstep}{header}\n{code}\n" + "\n".join(f"KERNEL({name})" for name in names)
    folder = Path(tempfile.gettempdir()) / f"inspector-host-kernels-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    made = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.so"
    if not made.exists():
        own = made.with_suffix(f".{os.getpid()}")
        command = [compiler(), "-x", "c++", "-std=c++17", "-O1", "-w", "-ffp-contract=off"]
        command += ["-shared", "-fPIC", "-o", str(own), "-"]
        subprocess.run(command, input=text, text=True, check=True)
        own.replace(made)
    return ctypes.CDLL(str(made))


def kernel_names(code: str) -> list[str]:
    """The functions that can be started, those made by GATHER among them."""
    plain = re.findall(r'extern "C" __global__ void (\w+)\(\s*(?!\\)', code)
    return [name for name in plain if name != "name"] + re.findall(r"(?m)^GATHER\((\w+)", code)


class RawModule:
    """CuPy's class of that name, as far as we use it."""

    def __init__(self, *, code: str, options: tuple[str, ...] = (), backend: str = "nvrtc") -> None:
        self._code = code

    def get_function(self, name: str) -> Kernel:
        return Kernel(library(self._code), name)


class Kernel:
    """One function of a module."""

    def __init__(self, made: ctypes.CDLL, name: str) -> None:
        self.name = name
        self._start = getattr(made, f"start_{name}")
        self._start.restype = ctypes.c_char_p
        signature = getattr(made, f"signature_{name}")
        signature.restype = ctypes.c_char_p
        self._signature = signature().decode().split()

    @on_device
    def __call__(
        self, grid: tuple[int, ...], block: tuple[int, ...], args: tuple[Any, ...]
    ) -> None:
        if len(args) != len(self._signature):
            raise KernelFault(f"{self.name}: {len(args)} operands, not {len(self._signature)}")
        if not (0 < grid[0] < 2**31 and 0 < block[0] <= 1024 and len(grid) == len(block) == 1):
            raise KernelFault(f"{self.name}: cannot start {grid} blocks of {block}")
        started[self.name] += 1
        spaces: dict[int, Space] = {}
        values = [
            self._value(wanted, value, spaces)
            for wanted, value in zip(self._signature, args, strict=True)
        ]
        pointers = (ctypes.c_void_p * len(values))(*[value.ctypes.data for value in values])
        said = self._start(grid[0], block[0], pointers)
        for space in spaces.values():
            space.close(self.name)
        if said:
            raise KernelFault(f"{self.name}: {said.decode()}")

    def _value(self, wanted: str, value: Any, spaces: dict[int, Space]) -> np.ndarray:
        """What lies at the address that the kernel reads this operand from."""
        letter, size = wanted[0], int(wanted[1:])
        if letter != "p":
            kinds = {"i": "iu", "d": "f", "f": "f"}[letter]
            if not isinstance(value, np.generic) or value.dtype.kind not in kinds:
                raise KernelFault(f"{self.name}: {value!r} where the kernel has {wanted}")
            if value.dtype.itemsize != size:
                raise KernelFault(f"{self.name}: {value.dtype} where the kernel has {wanted}")
            return np.array(value)
        if type(value) is not ndarray or not value._held.flags.c_contiguous:
            raise KernelFault(f"{self.name}: not an array in one piece: {value!r}")
        if value.dtype.itemsize != size:
            raise KernelFault(f"{self.name}: {value.dtype} where elements have {size} bytes")
        space = spaces.setdefault(id(value), Space(value._held))
        return np.array(space.address, np.uintp)


class Space:
    """An array's copy between two margins; written back when the kernel has ended."""

    def __init__(self, held: np.ndarray) -> None:
        self._held = held
        self._bytes = np.full(held.nbytes + 2 * MARGIN, 0xFF, np.uint8)
        self._inside = self._bytes[MARGIN : MARGIN + held.nbytes]
        self._inside[...] = held.reshape(-1).view(np.uint8)
        self.address = self._bytes.ctypes.data + MARGIN

    def close(self, name: str) -> None:
        margins = np.concatenate([self._bytes[:MARGIN], self._bytes[-MARGIN:]])
        if (margins != 0xFF).any():
            raise KernelFault(f"{name} wrote beside an array of shape {self._held.shape}")
        self._held.reshape(-1).view(np.uint8)[...] = self._inside
