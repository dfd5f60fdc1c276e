"""Opens FILE for a command: in a worker process, with the user's prints on stderr."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from inspector.cli.questions import Questions
from inspector.cli.source_file import check_readable, load_trace, remember_sources
from inspector.errors import OpenError, UsageError
from inspector.files.kinds import ARCHIVE, HDF5, TRACE, UNPACKED, kind_of
from inspector.session.assembly import Assembly
from inspector.session.client import OpenResult, open_file
from inspector.session.protocol import Event, Output
from inspector.trace import OpenFailure
from inspector.trace.input_spec import parse_input_spec


def opened(
    options: argparse.Namespace, *, keep_ops: bool = False, questions: Questions | None = None
) -> OpenResult:
    """The trace of the file that the options name; `questions` are asked once it has run.

    Raises:
        OpenError: nothing of the file was run.
        UsageError: an --input cannot be understood.
    """
    target = check_readable(options.file)
    if target.kind is TRACE:
        trace = load_trace(target.path)
        remember_sources(trace)
        return OpenResult(trace)
    specs = tuple(input_words(text) for text in getattr(options, "input", ()))
    assembly = Assembly(str(target.path.absolute()))

    def take(event: Event) -> None:
        assembly.take(event)
        relay(event)
        if questions is not None:
            questions.take(event)

    try:
        result = open_file(
            target.path,
            on_event=take,
            python=getattr(options, "python", None),
            real=getattr(options, "real", False),
            ask=questions.ask if questions is not None else None,
            name_batch=getattr(options, "name_batch", False),
            engine=options.engine,
            keep_ops=keep_ops,
            model=getattr(options, "model", None),
            input_specs=specs,
            training=getattr(options, "training", False),
            attribute=target.attribute,
            weights=weights_file(options),
            allow_code=options.allow_code,
        )
    except KeyboardInterrupt:
        # The worker is gone by now; what it told before is the trace.
        stopped = OpenFailure("open", "Stopped", "Stopped with Ctrl+C.", _STOPPED_FIX)
        return OpenResult(assembly.trace(stopped))
    remember_sources(result.trace)
    failure = result.trace.failure
    if result.nothing_ran and failure is not None:
        raise OpenError(failure.message, fix=failure.fix)
    return result


def weights_file(options: argparse.Namespace) -> str | None:
    """The file of --weights, whole: the worker runs in another folder."""
    path: Path | None = getattr(options, "weights", None)
    if path is None:
        return None
    kind = kind_of(path)
    if kind not in (HDF5, ARCHIVE, UNPACKED):
        raise UsageError(
            f"--weights {path} is {kind.words}.",
            fix="Name a .weights.h5, .h5 or .keras file.",
        )
    return str(path.absolute())


def input_words(text: str) -> str:
    """One --input as the worker reads it: it runs in another folder, so paths are made whole."""
    spec = parse_input_spec(text)
    if spec.path is None:
        return str(spec)
    path = Path(spec.path)
    if not path.is_file():
        raise UsageError(f"--input {text}: there is no file {path}.", fix="Check the path.")
    return str(replace(spec, path=str(path.absolute())))


_STOPPED_FIX = "Run it again and give it more time."


def failed(result: OpenResult) -> bool:
    """Whether `inspector run` ends with 1: a failure somewhere, or no model at all."""
    trace = result.trace
    return (
        trace.failure is not None
        or result.lost is not None
        or bool(result.failures)
        or any(run.failure is not None for run in trace.runs)
        or not (trace.models or trace.runs)
    )


def relay(event: Event) -> None:
    """User code's prints go to stderr: stdout holds what was asked for, and nothing else."""
    if isinstance(event, Output):
        text = _labelled(event.text) if event.build else event.text
        sys.stderr.write(text.encode("utf-8", "replace").decode("utf-8"))
        sys.stderr.flush()


def _labelled(text: str) -> str:
    """Text printed while Keras built symbolically, marked as such line by line."""
    return "".join(f"[build] {line}" for line in text.splitlines(keepends=True))
