"""The limits of a worker, each with its default and the environment variable that changes it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Settings:
    """How much a worker may use while it opens a file.

    memory_mb:       resident memory; 0 means three quarters of what the machine has.
    open_seconds:    time for the script; afterwards it is stopped and the trace is shown.
    cpu_seconds:     processor time for the script, over all its threads; 0 means as much as all
                     processors can give in `open_seconds`.
    output_kb:       text the script may print per opening; the rest is counted only.
    record_mb:       recorded values; 0 means half of the memory that is free. Beyond it, values
                     are dropped that can be computed again.
    keep_runs:       runs of each model and kind that are recorded in full.
    update_seconds:  how often the state of a running run is sent.
    open_files:      files and connections that are open at one time.
    file_mb:         size of one file that the script writes.
    scratch_mb:      all that the script writes.
    processes:       processes and threads, only where processes cannot be refused altogether.
    confine:         0 leaves the worker the files, network and processes of its person.
    """

    memory_mb: int = 0
    open_seconds: float = 60.0
    cpu_seconds: float = 0.0
    output_kb: int = 1024
    record_mb: int = 0
    keep_runs: int = 20
    update_seconds: float = 0.3
    open_files: int = 1024
    file_mb: int = 4096
    scratch_mb: int = 8192
    processes: int = 256
    confine: int = 1


def settings_from(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings as the environment has them: `INSPECTOR_MEMORY_MB`, `INSPECTOR_OPEN_SECONDS`, ...

    A value that is no number is passed over; the default holds.
    """
    environment = os.environ if environment is None else environment
    found: dict[str, float] = {}
    for field in fields(Settings):
        text = environment.get(f"INSPECTOR_{field.name.upper()}", "")
        kind = float if isinstance(field.default, float) else int
        try:
            found[field.name] = kind(text)
        except ValueError:
            continue
    return Settings(**found)  # type: ignore[arg-type]  # each value has its field's own kind


def memory_limit_bytes(settings: Settings) -> int:
    """The limit in bytes, with 0 resolved to a share of this machine's memory."""
    if settings.memory_mb > 0:
        return settings.memory_mb << 20
    return int(_machine_memory_bytes() * 0.75)


def cpu_seconds(settings: Settings) -> float:
    """The limit of processor time, with 0 resolved for this machine."""
    return settings.cpu_seconds or settings.open_seconds * (os.cpu_count() or 1)


def record_budget_bytes(settings: Settings) -> int:
    """The byte budget of recorded values, with 0 resolved to half of the memory that is free."""
    if settings.record_mb > 0:
        return settings.record_mb << 20
    return min(_free_memory_bytes(), memory_limit_bytes(settings)) // 2


def _free_memory_bytes() -> int:
    try:  # what the system can give without swapping
        with open("/proc/meminfo", encoding="ascii") as file:
            sizes = {line.partition(":")[0]: line.split()[1] for line in file}
        return int(sizes["MemAvailable"]) << 10
    except (OSError, KeyError, ValueError, IndexError):  # not on this system
        return _machine_memory_bytes()


def _machine_memory_bytes() -> int:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on this system
        return 8 << 30
    try:  # a container's own limit, when there is one
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as file:
            return min(total, int(file.read()))
    except (OSError, ValueError):
        return total
