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
from inspector.files.revisions import checked_out, names_revision
from inspector.files.targets import target_of
from inspector.session.blocking import BlockingSession
from inspector.session.client import OpenResult
from inspector.session.comparison import (
    Compared,
    compare_backend,
    compare_modes,
    compare_sessions,
    compare_step,
    compare_traces,
)
from inspector.trace import Trace

_BACKENDS = ("torch", "jax", "tensorflow")
_SEED = 0  # of every worker, so that weights and noise are drawn alike
_TOLERANCE = 1e-5
# A few roundings of the dtype: 2**-11 and 2**-8, each, relative to the largest value.
_TOLERANCES = {"float16": 0.01, "bfloat16": 0.08}


def run(options: argparse.Namespace) -> int:
    """Print the difference; 1 when the runs are not the same within the tolerance."""
    if options.tolerance is None:
        options.tolerance = _TOLERANCES.get(options.twin, _TOLERANCE)
    _check(options)
    with ExitStack() as opened:
        for name in ("a", "b"):
            _check_out(options, name, opened)
        compared = _two(options, opened) if options.twin is None else _twins(options, opened)
    if options.format == "json":
        print(json.dumps(difference_plain(compared), indent=1, allow_nan=False))
    else:
        print_difference(compared)
    return 0 if compared.are_the_same else 1


def _check(options: argparse.Namespace) -> None:
    """Refuse what makes no sense before any worker is started."""
    if options.twin is not None and options.b is not None:
        raise UsageError(
            f"--twin {options.twin} compares one model with itself, so it takes one file.",
            fix="Leave out the second file, or leave out --twin.",
        )
    if options.twin in _BACKENDS and options.python is None:
        raise UsageError(
            f"--twin {options.twin} runs Keras on {options.twin} in a Python that has it.",
            fix="Name that Python with --python PATH.",
        )
    if options.twin is None and options.b is None:
        raise UsageError(
            "There is nothing to compare with.",
            fix="Name a second file, or add --twin training.",
        )
    if not (math.isfinite(options.tolerance) and options.tolerance >= 0):
        raise UsageError(
            f"--tolerance {options.tolerance}: a tolerance is 0 or more.",
            fix="Give a number such as 1e-5.",
        )
    if options.input and (options.twin == "step" or any(map(is_trace, _paths(options)))):
        what = "The twin of a training step" if options.twin else "A saved trace"
        raise UsageError(f"{what} takes no --input.", fix="Leave it out, or name the Python file.")
    for path in _paths(options):
        if not names_revision(path):
            check_readable(path)  # once more when it is opened, which costs a few bytes read
    if options.twin is not None and is_trace(options.a):
        raise UsageError(
            f"{options.a} is a saved trace, which cannot be run again.",
            fix="Name the Python file.",
        )


def _check_out(options: argparse.Namespace, name: str, opened: ExitStack) -> None:
    """Put the file of a revision in the place of `file@revision`."""
    word = getattr(options, name)
    if word is not None and names_revision(word):
        setattr(options, name, opened.enter_context(checked_out(word)))


def _paths(options: argparse.Namespace) -> list[Path]:
    return [options.a] if options.b is None else [options.a, options.b]


def _twins(options: argparse.Namespace, workers: ExitStack) -> Compared:
    try:
        if options.twin in ("training", "step", *_BACKENDS):
            return _in_one_worker(options, workers)
        return _in_two_workers(options, workers)
    except CaptureError as error:  # nothing was compared, which is exit code 2
        raise UsageError(error.message, fix=error.fix) from error


def _in_one_worker(options: argparse.Namespace, workers: ExitStack) -> Compared:
    session = _session(options, options.a, workers)
    trace = _trace(session.opened())
    if options.twin in _BACKENDS:
        return compare_backend(
            session,
            trace,
            options.twin,
            options.python,
            model=options.model,
            tolerance=options.tolerance,
        )
    if options.twin == "step":
        return compare_step(session, trace, model=options.model, tolerance=options.tolerance)
    return compare_modes(
        session,
        trace,
        model=options.model,
        tolerance=options.tolerance,
        seed=_SEED,
        input_specs=_specs(options),
    )


def _in_two_workers(options: argparse.Namespace, workers: ExitStack) -> Compared:
    """The same file twice: on two engines, or in two dtypes."""
    changed: dict[str, object] = (
        {"engine": "cupy"} if options.twin == "cupy" else {"dtype_policy": options.twin}
    )
    before: dict[str, object] = {"engine": "numpy"} if options.twin == "cupy" else {}
    one = _session(options, options.a, workers, **before)
    other = _session(options, options.a, workers, **changed)
    return compare_sessions(
        (one, _trace(one.opened())),
        (other, _trace(other.opened())),
        model=options.model,
        tolerance=options.tolerance,
        latest=bool(options.input),
        ignored=("dtype", "ops", "total loss"),
    )


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


def _session(
    options: argparse.Namespace, path: Path, workers: ExitStack, **changed: object
) -> BlockingSession:
    target = target_of(path)
    fields: dict[str, object] = {
        "engine": options.engine,
        "keep_ops": True,
        "model": options.model,
        "input_specs": () if options.twin == "training" else _specs(options),
        "seed": _SEED,
        "attribute": target.attribute,
        "allow_code": options.allow_code,
    }
    session = BlockingSession(target.path, on_event=relay, **{**fields, **changed})
    return workers.enter_context(session)


def _specs(options: argparse.Namespace) -> tuple[str, ...]:
    return tuple(input_words(text) for text in options.input)


def _trace(result: OpenResult) -> Trace:
    if not result.trace.runs and result.failures:  # no CuPy here, say
        raise OpenError(result.failures[0].message, fix=result.failures[0].fix)
    failure = result.trace.failure
    if result.nothing_ran and failure is not None:
        raise OpenError(failure.message, fix=failure.fix)
    return result.trace
