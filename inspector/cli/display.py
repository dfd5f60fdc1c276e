"""Whether a window can be shown here."""

from __future__ import annotations

import os
import re
import socket
import sys

_HEADLESS = ("offscreen", "minimal", "minimalegl", "vnc")
_WAIT_S = 1.0


def no_display_reason() -> str:
    """Why no window can be shown; empty when one can.

    The X server is called, because Qt ends the whole process when it does not answer.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in _HEADLESS:
        return f"QT_QPA_PLATFORM is {platform}"
    if sys.platform in ("win32", "darwin"):
        return ""
    if os.environ.get("WAYLAND_DISPLAY"):
        return ""
    display = os.environ.get("DISPLAY", "")
    if not display:
        return "neither DISPLAY nor WAYLAND_DISPLAY is set"
    return "" if _answers(display) else f"the X server at {display} does not answer"


def _answers(display: str) -> bool:
    parts = re.fullmatch(r"(?:unix/|tcp/|unix)?([^:]*):(\d+)(?:\.\d+)?", display)
    if parts is None:
        return True  # some other spelling: let Qt try
    host, number = parts[1], int(parts[2])
    if host:
        return _connects(socket.AF_INET, (host, 6000 + number))
    path = f"/tmp/.X11-unix/X{number}"
    return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, "\0" + path)


def _connects(family: int, address: object) -> bool:
    with socket.socket(family) as connection:
        connection.settimeout(_WAIT_S)
        try:
            connection.connect(address)  # type: ignore[arg-type]  # a path or a pair, by family
        except OSError:
            return False
    return True
