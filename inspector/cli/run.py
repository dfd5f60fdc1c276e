"""`inspector run FILE`: opens, runs, prints every step."""

from __future__ import annotations

import argparse
import sys

from inspector.cli.axes_report import print_axes
from inspector.cli.opening import failed, opened
from inspector.cli.questions import Questions, wishes_of
from inspector.cli.report import print_report
from inspector.exporters.replacing import replace_file
from inspector.exporters.trace_json import trace_text


def run(options: argparse.Namespace) -> int:
    """Print the table, write the trace; 1 when something failed or there is no model."""
    wishes = wishes_of(options)
    questions = Questions(wishes) if wishes else None
    result = opened(options, keep_ops=options.ops or wishes.need_ops, questions=questions)
    if options.json is not None:
        # First of all: whatever happens to the printing, the trace is there.
        replace_file(options.json, trace_text(result.trace).encode("utf-8", "surrogatepass"))
    if options.verbose and result.trace.protection is not None:
        print(f"protection: {result.trace.protection}", file=sys.stderr)
    print_report(result, with_ops=options.ops, model=options.model)
    if questions is not None:
        questions.report()
    if options.name_batch:
        print_axes(result.trace, options.model)
    if options.json is not None:
        print(f"trace written to {options.json}", file=sys.stderr)
    return 1 if failed(result) else 0
