"""A seccomp filter: system calls that reach out of this process fail (Linux 3.17).

    refused        sockets, other programs and processes, memory and signals of others, mounts
    made idle      mode, owner, times and attributes of files: Landlock does not govern them, and
                   programs that copy files into the scratch folder set them; they seem to succeed
    own only       signals

The filter is a small program of the kernel's: it loads fields of the system call, compares, and
ends with a verdict. It cannot look behind pointers, so paths are Landlock's to judge.

Source: Linux, Documentation/userspace-api/seccomp_filter.rst; numbers from asm/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from collections.abc import Iterable, Iterator

from inspector.session.confinement.landlock import forbid_new_rights

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
# Instructions: load a word of the call, compare with a constant, end.
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _END = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_FIRST_X32 = 0x40000000  # numbers of another calling convention, with the same effects

# Each row: (x86-64, aarch64); None where an architecture has no such call.
_Numbers = tuple[int | None, int | None]
_REFUSED: dict[str, _Numbers] = {
    "socket": (41, 198),
    "io_uring_setup": (425, 425),  # its requests would not pass this filter
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "tkill": (200, 130),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "umount2": (166, 39),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "sethostname": (170, 161),
    "iopl": (172, None),
    "ioperm": (173, None),
}
_IDLE: dict[str, _Numbers] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
# Their first argument is a process id.
_OWN_ONLY: dict[str, _Numbers] = {
    "kill": (62, 129),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
}
_CLONE: _Numbers = (56, 220)
_CLONE3: _Numbers = (435, 435)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


class _Instruction(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("constant", ctypes.c_uint32),
    ]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction))]


def check() -> None:
    """Ask whether `restrict` would work.

    Raises:
        OSError: the kernel has no filters, or the machine is of another kind.
    """
    _machine()
    try:
        _set_filter(None)
    except OSError as error:
        if error.errno != errno.EFAULT:  # it looked for a program: so it takes one
            raise


def restrict() -> None:
    """Refuse this thread and its children what reaches out of this process.

    Raises:
        OSError: the kernel has no filters, or the machine is of another kind.
    """
    rows = [_Instruction(*row) for row in _program(*_machine(), os.getpid())]
    forbid_new_rights()
    _set_filter(_Program(len(rows), (_Instruction * len(rows))(*rows)))


def _machine() -> tuple[int, int]:
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no filter is written for {machine}")
    return _ARCHITECTURES[machine]


def _set_filter(program: _Program | None) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    place = None if program is None else ctypes.byref(program)
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, place, 0, 0) != 0:
        number = ctypes.get_errno()
        words = "this kernel has no seccomp filters" if number == errno.EINVAL else ""
        raise OSError(number, words or os.strerror(number))


_Row = tuple[int, int, int, int]


def _program(column: int, architecture: int, own_id: int) -> Iterator[_Row]:
    refuse = _FAIL | errno.EPERM
    yield (_LOAD, 0, 0, _ARCHITECTURE)
    yield (_IF_EQUAL, 1, 0, architecture)
    yield (_END, 0, 0, refuse)  # the calls of another machine, by a door of this one
    yield (_LOAD, 0, 0, _NUMBER)
    if column == 0:
        yield from _verdict((_IF_AT_LEAST, _FIRST_X32), refuse)
    for table, verdict in ((_REFUSED, refuse), (_IDLE, _FAIL | 0)):
        for number in _in(table.values(), column):
            yield from _verdict((_IF_EQUAL, number), verdict)
    # The C library takes `clone` where there is no `clone3`, whose flags are behind a pointer.
    yield from _verdict((_IF_EQUAL, _CLONE3[column] or 0), _FAIL | errno.ENOSYS)
    yield from _by_argument(_CLONE[column] or 0, (_IF_ANY_BIT, _CLONE_THREAD))
    for number in _in(_OWN_ONLY.values(), column):
        yield from _by_argument(number, (_IF_EQUAL, own_id))
    yield (_END, 0, 0, _ALLOW)


def _in(numbers: Iterable[_Numbers], column: int) -> list[int]:
    return [number for row in numbers if (number := row[column]) is not None]


def _verdict(test: tuple[int, int], verdict: int) -> Iterator[_Row]:
    code, constant = test
    yield (code, 0, 1, constant)
    yield (_END, 0, 0, verdict)


def _by_argument(number: int, test: tuple[int, int]) -> Iterator[_Row]:
    """Allow the call `number` where its first argument passes the test, refuse it elsewhere."""
    code, constant = test
    yield (_IF_EQUAL, 0, 4, number)
    yield (_LOAD, 0, 0, _FIRST_ARGUMENT)
    yield (code, 0, 1, constant)
    yield (_END, 0, 0, _ALLOW)
    yield (_END, 0, 0, _FAIL | errno.EPERM)
