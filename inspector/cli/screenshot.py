"""`inspector screenshot FILE -o OUT.png`: the real window, rendered where nobody sees it."""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from pathlib import Path

from inspector.cli.export import check_folder
from inspector.cli.opening import failed
from inspector.cli.source_file import check_readable, is_trace, load_trace
from inspector.errors import UsageError
from inspector.exporters.replacing import replace_by
from inspector.session.client import OpenResult


def run(options: argparse.Namespace) -> int:
    """Write the picture; 1 when what it shows failed, as `inspector run` would say."""
    if options.output.suffix.lower() != ".png":
        raise UsageError(
            f"{options.output}: a screenshot is a .png file.",
            fix="Use `inspector export` for the diagram in another format.",
        )
    check_folder(options.output)
    size = _size(options.size)
    check_readable(options.file)
    source = load_trace(options.file) if is_trace(options.file) else options.file
    # Qt is imported only here, and only for this.
    screenshot = importlib.import_module("inspector.gui.screenshot")
    settings = importlib.import_module("inspector.app").Settings(
        options.engine,
        options.theme,
        weights=options.weights,
        allow_code=options.allow_code,
    )
    position = None if options.run is None else options.run - 1
    step = None if options.step is None else options.step - 1
    shown: list[OpenResult] = []

    def render(path: Path) -> None:
        result = screenshot.render(
            source,
            path,
            settings,
            size=size,
            run=position,
            step=step,
        )
        shown.append(result)

    replace_by(options.output, render)
    print(f"screenshot written to {options.output}", file=sys.stderr)
    return 1 if any(failed(result) for result in shown) else 0


def _size(words: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d{2,3})x([1-9]\d{2,3})", words)
    if found is None:
        raise UsageError(f"{words!r} is not a size.", fix="Write it like 1480x920, in pixels.")
    return int(found[1]), int(found[2])
