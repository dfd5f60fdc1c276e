"""The layout process: reads requests on stdin, answers on stdout, ends when stdin ends.

Why a process? graphlay holds the interpreter's lock for its whole call; the window would stand
still. Why no way to cancel? It is killed instead, and another one started.
"""

from __future__ import annotations

import os
import sys
from typing import IO, Any

from inspector.errors import LayoutError
from inspector.layout.outline import Outline
from inspector.layout.scene import LayoutOptions, new_arranger, scene_of_outline
from inspector.layout.wire import pack_scene, read_frame, unpack_outline, write_frame


def main() -> int:
    """Answer requests until the window closes the pipe."""
    # A library that prints must not write between our frames.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)
    return 0


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Lay out what is asked for, one after the other; the memo lives as long as this call."""
    arrangers: dict[str, Any] = {}
    outline = Outline((), ())
    while (request := read_frame(requests)) is not None:
        number, rows, expanded, direction, engine = request
        if rows is not None:
            outline = unpack_outline(rows)
        arranger = arrangers.setdefault(engine, new_arranger(engine))
        try:
            options = LayoutOptions(direction=direction, engine=engine)
            scene = scene_of_outline(outline, frozenset(expanded), options, arranger)
        except LayoutError as error:
            write_frame(answers, [number, None, [error.message, error.fix]])
        else:
            write_frame(answers, [number, pack_scene(scene), None])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(0)  # the window is gone, nobody is left to tell
