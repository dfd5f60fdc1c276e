"""What the worker may reach on this machine: decided by the client, put in force by the worker.

    client   plan ─▶ environment without secrets, one line on the worker's stdin
    worker   confine(plan) before NumPy, before any thread, long before the user's code
             ─▶ Protection: what is really in force, told with `Hello`, kept in the trace

The policies of `loading` replace functions so that scripts go on; a script that means harm gets
past them (ctypes, threads of ours, another Python function). What is here is done by the kernel:

    limits        memory, file size, open files, processes: `limits`, and `session.memory_watch`
    files         Landlock: writes in the scratch folder only, secrets not read: `landlock`
    network       a seccomp filter: no sockets, no other processes, no signals: `system_calls`,
                  and without root's rights: `capabilities`
    environment   an allow-list: `environment`

Neither needs any right, and neither can be taken off again, by anybody in this process. What the
system does not offer is said, with the reason; nothing is claimed that was not done.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

from inspector.session.confinement import capabilities, landlock, limits, places, system_calls
from inspector.session.settings import Settings
from inspector.trace.protection import Protection


@dataclass(frozen=True, slots=True)
class Plan:
    """What a worker is started for.

    scratch: the one folder that it may write to.
    file:    what will be opened; its folder may be read wherever it lies.
    real:    whether the file is run for real: with all the rights of the person who opened it.
    """

    scratch: str
    file: str | None = None
    real: bool = False


def plan_text(plan: Plan) -> str:
    """A plan as one line."""
    return json.dumps(asdict(plan))


def read_plan(line: str) -> Plan:
    """The plan that `plan_text` wrote."""
    return Plan(**json.loads(line))


def confine(plan: Plan, settings: Settings) -> Protection:
    """Put the plan in force for this process and all that comes out of it.

    Must be called while the process has one thread: the kernel's rules hold for the thread that
    asks for them, and for those that it starts later.
    """
    limits.limit(settings)
    if plan.real:
        return Protection("real")

    def files() -> int:
        return landlock.restrict(
            places.readable(plan.file, plan.scratch),
            places.writable(plan.scratch),
            places.listable(plan.file),
        )

    def calls() -> None:
        try:
            capabilities.give_up()
            system_calls.restrict()
        except OSError:
            limits.limit_processes(settings)
            raise

    return _told(settings, files, calls)


def offered(settings: Settings) -> Protection:
    """What `confine` would put in force on this machine; asks the system, changes nothing."""
    return _told(settings, landlock.version, system_calls.check)


def _told(settings: Settings, files: Callable[[], int], calls: Callable[[], None]) -> Protection:
    """What came of the two steps; each of them raises OSError where the system does not want."""
    in_force, missing = [], []
    try:
        _need_system(settings)
        version = files()
        in_force.append(
            f"files: read-only outside scratch, secrets closed (Landlock ABI {version})"
        )
    except OSError as error:
        missing.append(f"files ({error.strerror})")
    try:
        _need_system(settings)
        calls()
        in_force += ["network: none (seccomp)", "other processes: none (seccomp)"]
    except OSError as error:
        missing += [f"network ({error.strerror})", f"other processes ({error.strerror})"]
    return Protection("inspect", tuple(in_force), tuple(missing))


def _need_system(settings: Settings) -> None:
    if not settings.confine:
        raise OSError(0, "switched off with INSPECTOR_CONFINE=0")
    if sys.platform != "linux":
        raise OSError(0, f"not offered on {sys.platform}")
