"""`inspector export FILE -o OUT`: writes one run's diagram, in the format of OUT's suffix."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from inspector.cli.opening import failed, opened
from inspector.cli.plugins import loaded_plugins
from inspector.errors import ExportError, UsageError
from inspector.exporters import FORMATS, replace_by, write
from inspector.layout.scene import LayoutOptions, build_scene, default_expanded, expandable
from inspector.trace import Run, Trace

# Painted by the window's own code, which is imported only then.
PICTURES = {".png": "write_png", ".pdf": "write_pdf"}


def run(options: argparse.Namespace) -> int:
    """Write the diagram; 1 when the file's run failed, as `inspector run` would say."""
    suffix = options.output.suffix.lower()
    plugins = {e.suffix.lower(): e for e in loaded_plugins(options.plugin).exporters()}
    known = [*FORMATS, *PICTURES, *plugins]
    if suffix not in known:
        raise UsageError(
            f"{options.output}: {suffix or 'no suffix'} is not a format that can be written.",
            fix=f"Use one of {', '.join(known)}.",
        )
    check_folder(options.output)
    # Ops tell which inner call a frame's output comes from.
    result = opened(options, keep_ops=True)
    chosen = chosen_run(result.trace, options.run, options.model)
    if suffix in PICTURES:
        _write_picture(chosen, options)
    elif suffix in FORMATS:
        write(
            result.trace,
            chosen,
            options.output,
            expanded=_expanded(chosen, options.expand),
            theme=options.theme,
            direction=options.direction,
        )
    else:
        replace_by(options.output, lambda path: plugins[suffix].write(chosen, path))
    print(f"diagram written to {options.output}", file=sys.stderr)
    return 1 if failed(result) else 0


def check_folder(output: Path) -> None:
    """Refuse a file that cannot be written before anything runs for it.

    Raises:
        UsageError: its folder is missing or not ours to write.
    """
    folder = output.absolute().parent
    if not folder.is_dir():
        raise UsageError(f"{output}: there is no folder {folder}.", fix="Make it, or name another.")
    if not os.access(folder, os.W_OK):
        raise UsageError(
            f"{output}: {folder} cannot be written.",
            fix="Choose a folder in which you may write.",
        )


def chosen_run(trace: Trace, number: int | None = None, model: str | None = None) -> Run:
    """Run `number` (from 1), else the one most worth seeing, of that model if one is named.

    That is the first that failed, else the one with most calls, real ones before symbolic ones.

    Raises:
        ExportError: there is no such run.
    """
    if not trace.runs:
        raise ExportError(
            f"{Path(trace.file).name}: nothing was run, so there is no diagram.",
            fix="Open a file that builds or calls a Keras model.",
        )
    if number is not None:
        if not 1 <= number <= len(trace.runs):
            raise ExportError(
                f"There is no run {number}; there are {len(trace.runs)}.",
                fix="`inspector run` numbers them.",
            )
        return trace.runs[number - 1]
    runs = [found for found in trace.runs if model is None or found.model == model]
    if not runs:
        raise ExportError(
            f"There is no run of a model called {model!r}.", fix="`inspector run` lists the models."
        )
    for found in runs:
        if found.failure is not None:
            return found
    return max(runs, key=lambda found: (found.kind != "build", len(found.calls)))


def _expanded(chosen: Run, words: str) -> frozenset[str]:
    if words == "none":
        return frozenset()
    return expandable(chosen) if words == "all" else default_expanded(chosen)


def _write_picture(chosen: Run, options: argparse.Namespace) -> None:
    picture = importlib.import_module("inspector.gui.graph.picture")
    layout = LayoutOptions(direction=options.direction)
    scene = build_scene(chosen, _expanded(chosen, options.expand), layout)
    paint = getattr(picture, PICTURES[options.output.suffix.lower()])
    replace_by(options.output, lambda path: paint(scene, chosen, path, theme=options.theme))
