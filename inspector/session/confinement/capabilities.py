"""Root's special rights: given up, but for those by which root reads every file.

A worker of somebody else has none to give up. Root has the one to look into other processes
(CAP_PERFMON reads their environment past Landlock), to mount, to trace, and thirty more.

Source: Linux, man 7 capabilities, man 2 capset; include/uapi/linux/capability.h.
"""

from __future__ import annotations

import ctypes
import os

_VERSION_3 = 0x20080522
_READ_ANY_FILE = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Words(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def give_up() -> None:
    """Keep of this thread's capabilities only the reading of files.

    Raises:
        OSError: the kernel does not want to.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header, words = _Header(_VERSION_3, 0), (_Words * 2)()
    if libc.capget(ctypes.byref(header), words) != 0:
        raise _error()
    kept = words[0].permitted & _READ_ANY_FILE
    words[0] = _Words(kept, kept, 0)
    words[1] = _Words(0, 0, 0)
    if libc.capset(ctypes.byref(header), words) != 0:
        raise _error()


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
