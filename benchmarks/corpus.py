"""How many scripts open: every script under a directory, each in a worker of its own.

    ./dev corpus DIR [--json OUT] [--seconds 90] [--jobs 1] [--match TEXT]

Per script: models, calls, replaced, seconds, and the failure with its line; then the rate of each
style (what the script imports) and last `N of M opened`. Opened: a model was traced with its eager
calls (or, where a script that came to its end built no model, a layer was); a script that stopped
after that is marked "part". The exit code is 0 when all opened, 1 when some did not, 2 when there
was nothing to open.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from inspector.errors import InspectorError
from inspector.session.client import OpenResult, open_file

SUFFIXES = {".py", ".ipynb"}
LIMIT_S = 90.0
SLOW_S = 30.0
_TENSORFLOW = re.compile(r"^\s*(?:import|from) +(?:tensorflow\b|tf_keras\b)", re.MULTILINE)
_OTHERS = re.compile(r"^\s*(?:import|from) +(?:torch|jax)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one script.

    models, calls: of models that were called with values; symbolic builds do not count.
    failure: why the script stopped, or else why its first failed call did; empty if nothing failed.
    fatal: whether the script (and not a call of one model) stopped before its end.
    """

    script: str
    style: str
    models: int
    calls: int
    replaced: int
    seconds: float
    failure: str
    line: int | None
    fix: str
    fatal: bool

    @property
    def opened(self) -> bool:
        """Whether a model was traced with its calls."""
        return self.models > 0 and self.calls > 0

    def __str__(self) -> str:
        mark = ("part" if self.fatal else "ok") if self.opened else "FAIL"
        text = (
            f"{mark:4} {self.script:44} models {self.models:3} calls {self.calls:5} "
            f"replaced {self.replaced:3} {self.seconds:5.1f} s"
        )
        where = f" (line {self.line})" if self.line else ""
        return f"{text}\n       {self.failure}{where} {self.fix}".rstrip() if self.failure else text


def main(arguments: list[str] | None = None) -> int:
    """Open the scripts, print their rows and the rates."""
    options = _options(arguments)
    scripts = [path for path in scripts_under(options.directory) if options.match in path.name]
    if not scripts:
        print(f"There is no script under {options.directory}.", file=sys.stderr)
        return 2
    rows = []
    for row in _opened(scripts, options):
        print(row, flush=True)
        rows.append(row)
    if options.json:
        options.json.write_text(
            json.dumps([{**asdict(r), "opened": r.opened} for r in rows], indent=1)
        )
    return report(rows)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev corpus", description="Open every script under DIR."
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="a directory, or one script")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the rows there too")
    parser.add_argument("--seconds", type=float, default=LIMIT_S, help="the most one may take")
    parser.add_argument("--jobs", type=int, default=1, help="scripts at a time")
    parser.add_argument("--match", default="", help="only scripts with this in their name")
    return parser.parse_args(arguments)


def scripts_under(directory: Path) -> list[Path]:
    """Scripts and notebooks, in the order of their paths; nothing from hidden folders."""
    if directory.is_file():
        return [directory]
    return sorted(
        path
        for path in directory.rglob("*")
        if path.suffix in SUFFIXES
        and not any(part.startswith((".", "__")) for part in path.relative_to(directory).parts)
    )


def _opened(scripts: list[Path], options: argparse.Namespace) -> Iterator[Row]:
    with ThreadPoolExecutor(options.jobs) as pool:
        yield from pool.map(lambda path: opened(path, options.seconds), scripts)


def opened(path: Path, seconds: float = LIMIT_S) -> Row:
    """Open one script in a worker of its own."""
    start = time.monotonic()
    try:
        result = open_file(path, timeout_s=seconds)
    except InspectorError as error:
        took = time.monotonic() - start
        return Row(path.name, style_of(path), 0, 0, 0, took, error.message, None, error.fix, True)
    return _row(path, result, time.monotonic() - start)


def _row(path: Path, result: OpenResult, seconds: float) -> Row:
    trace = result.trace
    called = [run for run in trace.runs if run.kind != "build" and run.calls]
    models = {model.name for model in trace.models if model.kind != "layer"}
    traced = [run for run in called if run.model in models]
    if not traced and trace.failure is None:
        # Layers with small models inside, or none: what ran is what the file is about.
        traced = called
    failure, line, fix = _failure(result)
    return Row(
        script=path.name,
        style=style_of(path),
        models=len({run.model for run in traced}),
        calls=sum(len(run.calls) for run in traced),
        replaced=len(trace.replaced),
        seconds=round(seconds, 1),
        failure=" ".join(failure.split())[:300],
        line=line,
        fix=fix,
        fatal=trace.failure is not None,
    )


def _failure(result: OpenResult) -> tuple[str, int | None, str]:
    """What stopped the script, or else the first call that failed: reason, line, fix."""
    stopped = result.trace.failure
    if stopped is not None:
        return f"{stopped.type}: {stopped.message}", stopped.line, stopped.fix
    failed = next((run.failure for run in result.trace.runs if run.failure), None)
    if failed is not None:
        return f"in {failed.call}: {failed.type}: {failed.message}", failed.line, ""
    return "", None, ""


def style_of(path: Path) -> str:
    """What a script imports: "keras", "tensorflow" or "torch or jax"."""
    text = path.read_text(errors="replace")
    if _OTHERS.search(text):
        return "torch or jax"
    return "tensorflow" if _TENSORFLOW.search(text) else "keras"


def report(rows: list[Row]) -> int:
    """Print the rates and return the exit code."""
    for style in sorted({row.style for row in rows}):
        group = [row for row in rows if row.style == style]
        whole = sum(row.opened and not row.fatal for row in group)
        count = sum(row.opened for row in group)
        print(f"{style}: {count} of {len(group)} opened, {whole} of them to their end")
    for row in rows:
        if row.seconds > SLOW_S:
            print(f"slow: {row.script} took {row.seconds:.0f} s")
    count = sum(row.opened for row in rows)
    print(f"{count} of {len(rows)} opened")
    return 0 if count == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
