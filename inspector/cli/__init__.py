"""The command line: one program, `inspector`; each command is a module, imported when it is asked.

Exit codes: 0 fine; 1 something ran and failed, or no model was found; 2 nothing was run.
Nothing heavy is imported here: `inspector --help` has to be there at once.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence

from inspector.cli.arguments import parse
from inspector.errors import InspectorError, OpenError, UsageError

FINE, FAILED, NOTHING_RUN = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every problem ends in a sentence on stderr, never in our traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know no "→"
            stream.reconfigure(errors="replace")
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        command = importlib.import_module(f"inspector.cli.{options.command}")
        code: int = command.run(options)
        sys.stdout.flush()
    except InspectorError as error:
        _say(f"inspector: {error.message}", error.fix)
        return NOTHING_RUN if isinstance(error, UsageError | OpenError) else FAILED
    except BrokenPipeError:  # `inspector run FILE | head`
        # Python flushes stdout once more at exit; it would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        _say("inspector: stopped.")
        return FAILED
    except Exception as error:  # the outermost guard: a traceback of ours helps nobody
        if os.environ.get("INSPECTOR_DEBUG") == "1":
            raise
        _say(
            f"inspector: a fault of Inspector itself: {type(error).__name__}: {error}",
            "Set INSPECTOR_DEBUG=1 to see where, and report it with the file that was open.",
        )
        return FAILED
    return code


def _say(*lines: str) -> None:
    for line in lines:
        if line:
            print(line, file=sys.stderr)
