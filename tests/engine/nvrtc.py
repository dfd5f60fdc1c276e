"""Compiles CUDA C++ to machine code of a GPU, without one: NVRTC from its own wheel."""

from __future__ import annotations

import ctypes
import functools
from importlib.metadata import files


@functools.cache
def _library() -> ctypes.CDLL:
    """The compiler; where the wheel is missing the test fails, for it belongs to the dev extra."""
    # The compiler opens its builtins by name alone, which is enough once they are loaded.
    for name in ("libnvrtc-builtins.so.", "libnvrtc.so."):
        (found,) = [p for p in files("nvidia-cuda-nvrtc") if p.name.startswith(name)]
        library = ctypes.CDLL(str(found.locate()))
    return library


def compiled(code: str, architecture: str) -> str:
    """What the compiler says; empty where there was nothing to say."""
    nvrtc, program = _library(), ctypes.c_void_p()
    made = nvrtc.nvrtcCreateProgram(
        ctypes.byref(program), code.encode(), b"kernels.cu", 0, None, None
    )
    assert made == 0
    flags = (ctypes.c_char_p * 1)(f"--gpu-architecture={architecture}".encode())
    result = nvrtc.nvrtcCompileProgram(program, 1, flags)
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    binary = ctypes.c_size_t()
    nvrtc.nvrtcGetCUBINSize(program, ctypes.byref(binary))
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    said = log.value.decode().strip()
    return said or ("" if result == 0 and binary.value > 0 else f"NVRTC ended with {result}")
