"""One process of ./dev gpu-check: its share of a part's runs, each told in a file as it ends.

    gpu_worker.py PART NUMBER COUNT gpu|stand-in FILE

A line of FILE is JSON: {"total": runs of this share}, {"begun": name} before a run, and
{"name": name, "said": ..., ...} after it. A process that is started again with the same FILE does
what is not told there; a run that had begun and did not end is told to have ended the process.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "engine"), str(Path(__file__).parent)]

# Seconds that a run may take: compiling for the first time included.
LIMIT = {"times": 300}
_LIMIT = 120
# Ended because the GPU gives this process no more results, or because it may.
SICK = 3
# A library may not get over a capture that broke.
FRAGILE = {"first", "graphs"}
# A compiler's complaint may have thousands of lines.
_LONGEST = 400


def main(part: str, number: int, count: int, where: str, file: Path) -> None:
    """Do what is left of this share; end with SICK where another process has to go on."""
    import gpu_device
    from gpu_parts import RUNS

    device = gpu_device.gpu() if where == "gpu" else gpu_device.stand_in()
    runs = share(RUNS[part](device), number, count)
    with file.open("a", encoding="utf-8") as out:

        def tell(**found: Any) -> None:
            out.write(json.dumps(found) + "\n")
            out.flush()

        told = {line["name"] for line in told_in(file) if "name" in line}
        tell(total=len(runs))
        for name, run in runs.items():
            if name in told:
                continue
            tell(begun=name)
            # Ends the process: a run that hangs in CUDA hears nothing else.
            faulthandler.dump_traceback_later(LIMIT.get(part, _LIMIT), exit=True)
            found = finding(run)
            faulthandler.cancel_dump_traceback_later()
            tell(name=name, **found)
            if found["said"] and (part in FRAGILE or not gpu_device.works(device)):
                sys.exit(SICK)


def finding(run: Callable) -> dict[str, Any]:
    """What a run gives, as a dictionary with `said` and `seconds`."""
    started = time.perf_counter()
    try:
        found = run()
    except Exception as error:  # whatever CuPy or CUDA raise is a finding
        found = f"{type(error).__name__}: {error}"
    told = found if isinstance(found, dict) else {"said": found}
    said = told["said"] and told["said"][:_LONGEST]
    return {**told, "said": said, "seconds": round(time.perf_counter() - started, 3)}


def share(runs: dict[str, Callable], number: int, count: int) -> dict[str, Callable]:
    """The runs of every `count`-th group: those of one group share their kernels."""
    groups = {name.split()[0]: None for name in runs}
    own = {group for place, group in enumerate(groups) if place % count == number}
    return {name: run for name, run in runs.items() if name.split()[0] in own}


def told_in(file: Path) -> list[dict[str, Any]]:
    """The lines of a file, less one that was cut off; a begun run that is not the last ended it."""
    found: list[dict[str, Any]] = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
    # All is told: what libraries do when a process ends is none of the findings.
    os._exit(0)
