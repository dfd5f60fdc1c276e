"""The limit on what a script writes: the scratch folder is looked at, and a flood is ended.

One file is limited by the system (`confinement.limits`); this is for many of them. What was
written goes with the worker, so a full disk is free again a moment later.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from inspector.session.exit_codes import OUT_OF_DISK

_LOOK_S = 0.5
_SHARE = 0.05  # of a processor at most, however many files there are
_BLOCK = 512
# Scripts get other ones.
_exit, _sleep, _scandir, _clock = os._exit, time.sleep, os.scandir, time.monotonic


def watch(folder: str, limit_bytes: int, on_exceeded: Callable[[int], None]) -> None:
    """End the process when there are more bytes in the folder than the limit.

    on_exceeded: told the bytes, to send what must be sent before the end.
    """

    def look() -> None:
        while True:
            began = _clock()
            if (written := written_bytes(folder)) > limit_bytes:
                try:
                    on_exceeded(written)
                finally:
                    _exit(OUT_OF_DISK)
            _sleep(max(_LOOK_S, (_clock() - began) / _SHARE))

    threading.Thread(target=look, name="inspector-scratch", daemon=True).start()


def written_bytes(folder: str) -> int:
    """Bytes on disk of all that is in a folder; what disappears meanwhile does not count."""
    total, folders = 0, [folder]
    while folders:
        try:
            with _scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        total += _BLOCK * getattr(entry.stat(follow_symlinks=False), "st_blocks", 0)
        except OSError:
            continue
    return total
