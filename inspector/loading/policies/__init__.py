"""What meets a script that was not written to be inspected: one module per kind of thing it does.

Each has `install(situation)`, which patches what it is about and notes each use as replaced.
"""

from __future__ import annotations

from inspector.loading import project_modules
from inspector.loading.policies import (
    arguments,
    backend,
    clock,
    console,
    datasets,
    downloads,
    endings,
    files,
    folders,
    guard,
    images,
    minimizers,
    plots,
    processes,
    tables,
    training,
)
from inspector.loading.situation import Situation
from inspector.loading.stand_ins import finder

POLICIES = (
    backend.install,
    clock.install,
    console.install,
    arguments.install,
    plots.install,
    processes.install,
    endings.install,
    training.install,
    minimizers.install,
    datasets.install,
    downloads.install,
    folders.install,
    images.install,
    tables.install,
    project_modules.install,
    finder.install,
)


def install_policies(situation: Situation) -> guard.Guard:
    """Put every policy in place; `situation.patches.undo()` takes them out again."""
    for install in POLICIES:
        install(situation)
    # Last: the others still read and write for themselves.
    return guard.install(situation, files.install(situation))


def install_policies_of_a_real_run(situation: Situation) -> None:
    """Put in place what holds also for a file that runs for real: the backend stays ours."""
    backend.install(situation)
