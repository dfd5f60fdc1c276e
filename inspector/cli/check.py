"""`inspector check FILE`: findings of all checks, for people, programs and code hosts."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from inspector import __version__
from inspector.checks import Finding, run_checks
from inspector.cli.contract import contract_findings, contract_to_keep, write_contract
from inspector.cli.opening import failed, opened
from inspector.cli.plugins import loaded_plugins
from inspector.cli.words import clean, place
from inspector.session.client import OpenResult
from inspector.trace import to_plain

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def run(options: argparse.Namespace) -> int:
    """Print the findings; 1 when any is an error, or when the file itself failed."""
    host = loaded_plugins(options.plugin)
    contract = contract_to_keep(options)
    options.name_batch = bool(options.contract or options.write_contract)
    result = opened(options, keep_ops=True)  # many checks look at the ops
    findings = (*_failures(result), *run_checks(result.trace, host.checks()))
    if contract is not None:
        findings += contract_findings(contract, options, result.trace)
    if options.format == "json":
        print(json.dumps(to_plain(list(findings)), indent=1))
    elif options.format == "sarif":
        print(json.dumps(_sarif(findings), indent=1))
    else:
        _print_text(findings)
        checks = f"{len(host.checks())} checks" + (" and the contract" if contract else "")
        found = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        print(f"{found} of {checks}", file=sys.stderr)
    if options.write_contract is not None:
        write_contract(options, result.trace)
    has_error = any(finding.severity == "error" for finding in findings)
    return 1 if has_error or failed(result) else 0


def _failures(result: OpenResult) -> list[Finding]:
    """A run that failed is the first thing that is wrong with a model."""
    found = [
        Finding(
            "run-failed",
            run.failure.call,
            f"{run.failure.type}: {_first_paragraph(run.failure.message)}",
            fix=run.failure.fix or f"`inspector run {result.trace.file}` shows the operands.",
            severity="error",
            file=run.failure.file,
            line=run.failure.line,
        )
        for run in result.trace.runs
        if run.failure is not None
    ]
    failure = result.trace.failure
    told = {(finding.file, finding.line) for finding in found}
    if failure is not None and (failure.file, failure.line) not in told:
        found.append(
            Finding(
                "open-failed",
                None,
                f"{failure.type}: {_first_paragraph(failure.message)}",
                fix=failure.fix,
                severity="error",
                file=failure.file,
                line=failure.line,
            )
        )
    return found


def _first_paragraph(message: str) -> str:
    """A finding is one line; `inspector run` prints the whole message."""
    return " ".join(message.strip().partition("\n\n")[0].split())


def _print_text(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        where = place(finding.file, finding.line)
        prefix = f"{where}: " if where else ""
        print(clean(f"{prefix}{finding.severity}: {finding.message} [{finding.rule}]"))
        print(clean(f"    {finding.fix}"))


def _sarif(findings: tuple[Finding, ...]) -> dict[str, object]:
    """The findings in the format that code hosts read (SARIF 2.1.0)."""
    rules = sorted({finding.rule for finding in findings})
    driver = {
        "name": "inspector",
        "version": __version__,
        "rules": [{"id": rule} for rule in rules],
    }
    return {
        "$schema": _SARIF,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_sarif_result(f) for f in findings]}],
    }


def _uri(file: str) -> str:
    """Relative to where the command runs, as code hosts want it, else absolute."""
    path = Path(file)
    if path.is_absolute() and not path.is_relative_to(Path.cwd()):
        return path.as_uri()
    return os.path.relpath(path).replace(os.sep, "/")


def _sarif_result(finding: Finding) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": {"text": f"{finding.message} {finding.fix}"},
    }
    if finding.file is not None:
        physical: dict[str, object] = {"artifactLocation": {"uri": _uri(finding.file)}}
        if finding.line is not None:
            physical["region"] = {"startLine": finding.line}
        result["locations"] = [{"physicalLocation": physical}]
    return result
