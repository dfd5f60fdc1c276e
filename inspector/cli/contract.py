"""`inspector check --contract` and `--write-contract`: a model's structure, kept as it was."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from inspector.checks import Finding
from inspector.checks.contract import Contract, contract_of, contract_text, read_contract
from inspector.checks.contract_breaches import breaches
from inspector.cli.words import clean
from inspector.errors import CaptureError, OpenError, UsageError
from inspector.exporters.replacing import replace_file
from inspector.trace import Trace


def contract_to_keep(options: argparse.Namespace) -> Contract | None:
    """What --contract names; looked at before anything is run, as is the file to write.

    Raises:
        OpenError: it is not there, or is no contract.
        UsageError: --write-contract names a file that is something else.
    """
    written: Path | None = options.write_contract
    if written is not None and written.exists() and not _is_contract(written):
        raise UsageError(
            f"{written} is there and is no contract, so it is not written over.",
            fix="Name another file.",
        )
    return None if options.contract is None else _read(options.contract)


def contract_findings(
    contract: Contract, options: argparse.Namespace, trace: Trace
) -> tuple[Finding, ...]:
    """In what the trace does not keep it; said on stderr where it does."""
    found = breaches(contract, trace, only=options.model, latest=bool(options.input))
    if not found:
        print(f"the contract {clean(str(options.contract))} is kept", file=sys.stderr)
    names_batch = any(model.names_batch for model in contract.models)
    if names_batch and not any(run.axes for run in trace.runs):
        print("the batch axis is not known here, so any size is taken for it", file=sys.stderr)
    return found


def write_contract(options: argparse.Namespace, trace: Trace) -> None:
    """Write what was seen.

    Raises:
        CaptureError: no run of a model went through, so there is nothing to promise.
        ExportError: the file cannot be written.
    """
    contract = contract_of(trace, only=options.model, latest=bool(options.input))
    if all(model.run is None for model in contract.models):
        raise CaptureError(
            f"{options.file}: no run of a model went through, so no contract is written.",
            fix="Name a file whose models run, or give an input with --input.",
        )
    text = contract_text(contract)
    replace_file(options.write_contract, text.encode("utf-8", "backslashreplace"))
    calls = sum(len(model.calls) for model in contract.models)
    models = f"{len(contract.models)} model{'s' if len(contract.models) != 1 else ''}"
    place = clean(str(options.write_contract))
    print(f"contract of {models} with {calls:,} calls written to {place}", file=sys.stderr)
    for note in _notes(contract):
        print(clean(note), file=sys.stderr)


def _notes(contract: Contract) -> Iterator[str]:
    for model in contract.models:
        if model.run is None:
            yield f"{model.name}: no run of it went through; only its parameters are in it."
        elif model.run != "build" and not model.names_batch:
            yield f"{model.name}: its batch axis is not known, so sizes are as they were run."


def _is_contract(path: Path) -> bool:
    try:
        _read(path)
    except OpenError:
        return False
    return True


def _read(path: Path) -> Contract:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise OpenError(f"{path} is not a contract: {error}.", fix="Check the path.") from error
    except OSError as error:
        raise OpenError(
            f"The contract {path} cannot be read: {error.strerror}.",
            fix=f"Write it first: inspector check FILE --write-contract {path}",
        ) from error
    return read_contract(text, str(path))
