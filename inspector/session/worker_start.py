"""Where a worker process begins: `python -m inspector.session.worker_start ADDRESS`.

    stdin, line 1   the key of the connection
    stdin, line 2   the plan of confinement

Only the standard library is imported up here, since packages may have to be found first.
Confinement holds for the thread that asks for it and those it starts, so it comes before anything
that starts threads: NumPy is imported only after it, with the rest of the worker.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import sys
from multiprocessing.connection import Client


def main() -> None:
    """Connect to the window that started this process, shut the doors, then obey it."""
    # The packages that another Python lacks, behind its own: see `session.interpreter`.
    sys.path += filter(None, os.environ.pop("INSPECTOR_SPARE_PACKAGES", "").split(os.pathsep))
    confinement = importlib.import_module("inspector.session.confinement")
    settings = importlib.import_module("inspector.session.settings").settings_from()
    key = bytes.fromhex(sys.stdin.readline().strip())
    plan = confinement.read_plan(sys.stdin.readline())
    # Fatal errors in native code print the Python line they happened at; the client reads it.
    faulthandler.enable(file=2)
    connection = Client(sys.argv[1], authkey=key)
    _close_stdin()
    protection = confinement.confine(plan, settings)
    worker = importlib.import_module("inspector.session.worker")
    worker.Worker(connection, settings, protection).run()


def _close_stdin() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115  # open for the life of the process


if __name__ == "__main__":
    main()
