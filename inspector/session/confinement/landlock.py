"""Landlock: the kernel refuses this process every file that no rule names (Linux 5.13).

A ruleset lists what it governs; what it governs is refused unless a rule allows it beneath a
folder. It needs no rights, holds for this thread and all its children, and cannot be loosened.

Source: Linux, Documentation/userspace-api/landlock.rst; include/uapi/linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# Removing and making entries of every kind: bits 4 to 12.
_CHANGE_FOLDER = ((1 << 13) - 1) & ~((1 << 4) - 1)
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
# From which version on the kernel knows them.
_SINCE = {2: _REFER, 3: _TRUNCATE, 5: _IOCTL_DEVICE}
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_READING = _READ_FILE | _READ_DIR
_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1 << 0, 1 << 1


class _Ruleset(ctypes.Structure):
    _fields_ = [
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    ]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def version() -> int:
    """Which version of Landlock this kernel has.

    Raises:
        OSError: none, or it is switched off.
    """
    return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))


def restrict(readable: Iterable[str], writable: Iterable[str], listable: Iterable[str] = ()) -> int:
    """Allow this thread and its children only what is listed; answers Landlock's version.

    Each path stands for all that is beneath it; of the listable ones only names may be read.

    Raises:
        OSError: the kernel cannot, or does not want to.
    """
    found = version()
    governed = _governed(found)
    ruleset = _Ruleset(
        governed,
        _BIND_TCP | _CONNECT_TCP if found >= 4 else 0,
        _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if found >= 6 else 0,
    )
    # An older kernel knows a shorter structure, and takes a longer one whose rest is zero.
    rules = _call(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(24), ctypes.c_uint32(0))
    try:
        for path in readable:
            _allow(rules, path, _READING)
        for path in listable:
            _allow(rules, path, _READ_DIR)
        for path in writable:
            _allow(rules, path, governed & ~_EXECUTE)
        forbid_new_rights()
        _call(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)
    return found


def forbid_new_rights() -> None:
    """Let no program that this process starts gain rights: what the kernel asks of us first."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise _error()


def _governed(found: int) -> int:
    rights = _EXECUTE | _WRITE_FILE | _READING | _CHANGE_FOLDER
    for since, right in _SINCE.items():
        rights |= right if found >= since else 0
    return rights


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # went away, or is not ours to look at: then nobody here reads it
        return
    try:
        if not os.path.isdir(path):
            rights &= _OF_FILES
        rule = _PathBeneath(rights, handle)
        _call(
            _ADD_RULE,
            ctypes.c_int(rules),
            ctypes.c_int(_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(handle)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    answer: int = libc.syscall(ctypes.c_long(number), *arguments)
    if answer < 0:
        raise _error()
    return answer


def _error() -> OSError:
    number = ctypes.get_errno()
    words = {38: "this kernel has no Landlock", 95: "Landlock is switched off at boot"}
    return OSError(number, words.get(number, os.strerror(number)))
