"""How many threads the products of matrices run on: one per physical core.

Two threads on one core share its arithmetic units: a product gains nothing from the second one.
A number that the person set in the environment stays.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import threadpoolctl

_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_PROCESSORS = Path("/sys/devices/system/cpu")


def use_physical_cores(environment: Mapping[str, str] | None = None) -> int | None:
    """Set the threads of the loaded BLAS; None where the environment has set them already."""
    environment = os.environ if environment is None else environment
    if any(environment.get(name) for name in _SETTINGS):
        return None
    count = physical_cores()
    threadpoolctl.threadpool_limits(limits=count, user_api="blas")
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
