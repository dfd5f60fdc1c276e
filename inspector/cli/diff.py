"""`inspector diff A B`: what two runs do not share, and the first call where they part."""

from __future__ import annotations

import argparse
import json
import math
from contextlib import ExitStack
from pathlib import Path

from inspector.cli.difference_report import difference_plain, print_difference
from inspector.cli.opening import input_words, relay
from inspector.cli.source_file import check_readable, is_trace, load_trace
from inspector.errors import CaptureError, OpenError, UsageError
from inspector.files.targets import target_of
from inspector.session.blocking import BlockingSession
from inspector.session.client import OpenResult
from inspector.session.comparison import (
    Compared,
    compare_modes,
    compare_sessions,
    compare_traces,
)
from inspector.trace import Trace

_SEED = 0  # of every worker, so that weights and noise are drawn alike


def run(options: argparse.Namespace) -> int:
    """Print the difference; 1 when the runs are not the same within the tolerance."""
    _check(options)
    with ExitStack() as workers:
        compared = _twins(options, workers) if options.training_twin else _two(options, workers)
    if options.format == "json":
        print(json.dumps(difference_plain(compared), indent=1, allow_nan=False))
    else:
        print_difference(compared)
    return 0 if compared.are_the_same else 1


def _check(options: argparse.Namespace) -> None:
    """Refuse what makes no sense before any worker is started."""
    if options.training_twin and options.b is not None:
        raise UsageError(
            "--training-twin compares one model in two modes, so it takes one file.",
            fix="Leave out the second file, or leave out --training-twin.",
        )
    if not options.training_twin and options.b is None:
        raise UsageError(
            "There is nothing to compare with.",
            fix="Name a second file, or add --training-twin.",
        )
    if not (math.isfinite(options.tolerance) and options.tolerance >= 0):
        raise UsageError(
            f"--tolerance {options.tolerance}: a tolerance is 0 or more.",
            fix="Give a number such as 1e-5.",
        )
    if options.input and any(map(is_trace, _paths(options))):
        raise UsageError("A saved trace takes no --input.", fix="Name the Python file.")
    for path in _paths(options):
        check_readable(path)  # a second time when it is opened, which costs a few bytes read
    if options.training_twin and is_trace(options.a):
        raise UsageError(
            f"{options.a} is a saved trace, which cannot be run again.",
            fix="Name the Python file.",
        )


def _paths(options: argparse.Namespace) -> list[Path]:
    return [options.a] if options.b is None else [options.a, options.b]


def _twins(options: argparse.Namespace, workers: ExitStack) -> Compared:
    session = _session(options, options.a, workers)
    trace = _trace(session.opened())
    try:
        return compare_modes(
            session,
            trace,
            model=options.model,
            tolerance=options.tolerance,
            seed=_SEED,
            input_specs=_specs(options),
        )
    except CaptureError as error:  # nothing was compared, which is exit code 2
        raise UsageError(error.message, fix=error.fix) from error


def _two(options: argparse.Namespace, workers: ExitStack) -> Compared:
    paths = _paths(options)
    model, tolerance = options.model, options.tolerance
    # Both are started before either is waited for.
    sessions = [None if is_trace(p) else _session(options, p, workers) for p in paths]
    traces = [
        load_trace(path) if session is None else _trace(session.opened())
        for path, session in zip(paths, sessions, strict=True)
    ]
    one, other = sessions
    if one is None or other is None:
        return compare_traces(*traces, model=model, tolerance=tolerance)
    opened = (one, traces[0]), (other, traces[1])
    return compare_sessions(*opened, model=model, tolerance=tolerance, latest=bool(options.input))


def _session(options: argparse.Namespace, path: Path, workers: ExitStack) -> BlockingSession:
    target = target_of(path)
    return workers.enter_context(
        BlockingSession(
            target.path,
            on_event=relay,
            engine=options.engine,
            keep_ops=True,
            model=options.model,
            input_specs=() if options.training_twin else _specs(options),
            seed=_SEED,
            attribute=target.attribute,
            allow_code=options.allow_code,
        )
    )


def _specs(options: argparse.Namespace) -> tuple[str, ...]:
    return tuple(input_words(text) for text in options.input)


def _trace(result: OpenResult) -> Trace:
    failure = result.trace.failure
    if result.nothing_ran and failure is not None:
        raise OpenError(failure.message, fix=failure.fix)
    return result.trace
