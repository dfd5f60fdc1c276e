"""`inspector FILE`: the window; where there is no display, the same without one."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from inspector.cli.display import no_display_reason
from inspector.errors import UsageError


def run(options: argparse.Namespace) -> int:
    """Show the window until it is closed, or say why not and print what `run` prints."""
    if options.file is not None:
        importlib.import_module("inspector.cli.source_file").check_readable(options.file)
    reason = no_display_reason()
    if reason:
        return _without_window(options, reason)
    app = importlib.import_module("inspector.app")
    start = importlib.import_module("inspector.gui.start")
    settings = app.Settings(
        engine=options.engine,
        theme=options.theme,
        python=options.python,
        trust=options.trust,
        real=options.real,
        weights=options.weights,
        allow_code=options.allow_code,
    )
    code: int = start.run_window(options.file, settings)
    return code


def _without_window(options: argparse.Namespace, reason: str) -> int:
    print(f"inspector: no display ({reason}); printing the steps instead.", file=sys.stderr)
    if options.file is None:
        raise UsageError("There is no display and no file.", fix="Name a Python file to run.")
    opening = importlib.import_module("inspector.cli.opening")
    report = importlib.import_module("inspector.cli.report")
    result = opening.opened(options, keep_ops=True)  # the diagram follows tensors through ops
    report.print_report(result)
    if result.trace.runs:
        _write_diagram(result.trace, Path(f"{options.file.stem}.svg"))
    return 1 if opening.failed(result) else 0


def _write_diagram(trace: object, path: Path) -> None:
    """Write NAME.svg into the current directory, unless somebody else's file is there."""
    exporters = importlib.import_module("inspector.exporters")
    export = importlib.import_module("inspector.cli.export")
    if path.exists() and not _is_ours(path):
        print(
            f"inspector: {path} exists and was not drawn by Inspector, so it is left alone. "
            f"Use `inspector export FILE -o OUT.svg`.",
            file=sys.stderr,
        )
        return
    exporters.write(trace, export.chosen_run(trace), path)
    print(f"diagram written to {path}", file=sys.stderr)


def _is_ours(path: Path) -> bool:
    svg = importlib.import_module("inspector.exporters.svg")
    try:
        with path.open(encoding="utf-8") as file:
            return svg.MARKER in file.read(1000)
    except (OSError, UnicodeDecodeError):
        return False
