"""How many threads array work runs on, products of matrices and blocks: one per physical core.

Two threads on one core share its arithmetic units: a product gains nothing from the second one.
A number that the person set in the environment stays, and holds for the blocks too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import threadpoolctl

from inspector.engine import pool

_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_PROCESSORS = Path("/sys/devices/system/cpu")


def use_physical_cores(
    environment: Mapping[str, str] | None = None, *, spare: int = 0
) -> int | None:
    """Set the threads of the loaded BLAS; None where the environment has set them already.

    spare: cores left to others. A BLAS that waits for a thread whose core is taken is several
        times slower than with a thread less.
    """
    environment = os.environ if environment is None else environment
    set_already = [environment[name] for name in _SETTINGS if environment.get(name)]
    if set_already:
        pool.allow(min(int(text) if text.isdecimal() else 1 for text in set_already))
        return None
    count = max(physical_cores() - spare, 1)
    threadpoolctl.threadpool_limits(limits=count, user_api="blas")
    pool.allow(count)
    return count


def physical_cores(processors: Path = _PROCESSORS) -> int:
    """The cores that this process may run on, each once however many threads it has."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    if allowed is None:
        return os.cpu_count() or 1
    cores = set()
    for number in allowed:
        try:
            siblings = processors / f"cpu{number}" / "topology" / "thread_siblings_list"
            cores.add(siblings.read_text(encoding="ascii").strip())
        except OSError:  # not told here: count every processor
            cores.add(str(number))
    return len(cores)
