"""What the window costs: start, memory, and the time from a step key to updated panels.

    ./dev bench window [SAMPLE ...]

Rows `NAME seconds X` and `NAME megabytes X`, reported as they are. The real window runs
off-screen with its worker; a step counts from the key to painted panels, with the values of the
new step arrived. Each sample is measured in a process of its own.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_models"
STEPS = 40


def main() -> None:
    """Print every row."""
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2])
        return
    names = sys.argv[1:] or [path.stem for path in sorted(SAMPLES.glob("*.py"))]
    measured_apart("")
    for name in names:
        measured_apart(name)


def measured_apart(name: str) -> None:
    """Measure in a fresh process, which prints its own rows."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--one", name]
    subprocess.run(command, env=environment, check=True)


def measure(name: str) -> None:
    """One window: empty when there is no name, else on that sample."""
    began = time.perf_counter()
    from PySide6.QtCore import qInstallMessageHandler

    from inspector.app import Settings
    from inspector.gui.start import make_window
    from inspector.gui.state.recent import MemoryStore

    # The off-screen platform complains at every window.
    qInstallMessageHandler(lambda *_: None)
    window = make_window(Settings(theme="light"), store=MemoryStore())
    window.show()
    paint(window)
    if not name:
        print(f"window-empty seconds {time.perf_counter() - began:.2f}")
        print(f"window-empty megabytes {megabytes(os.getpid()):.0f}", flush=True)
        return
    open_and_step(window, name)
    window.close()


def open_and_step(window: object, name: str) -> None:
    """Open the sample, step through it, and print its rows."""
    from inspector.app import Settings
    from inspector.gui.screenshot import _load, _settle

    began = time.perf_counter()
    _load(window, SAMPLES / f"{name}.py", Settings(trust=True))
    _settle(window)
    paint(window)
    print(f"{name}-open seconds {time.perf_counter() - began:.2f}")
    took = [step_time(window) for _ in range(STEPS)]
    print(f"{name}-step seconds {statistics.median(took):.4f}")
    print(f"{name}-slowest-step seconds {max(took):.4f}")
    print(f"{name}-window megabytes {megabytes(os.getpid()):.0f}")
    for pid in children(os.getpid()):
        print(f"{name}-worker megabytes {megabytes(pid):.0f}", flush=True)


def step_time(window: object) -> float:
    """Seconds from a step (into; from the start again at the end) to painted panels."""
    from PySide6.QtWidgets import QApplication

    viewpoint, values = window.viewpoint, window.parts.values.view
    ahead = viewpoint.position + 1
    began = time.perf_counter()
    viewpoint.move_to(ahead if ahead < len(viewpoint.steps) else 0)
    QApplication.processEvents()
    while values.is_waiting:
        QApplication.processEvents()
    return time.perf_counter() - began


def paint(window: object) -> None:
    """Let everything that waits be painted."""
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()
    window.repaint()
    QApplication.processEvents()


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    """The Python processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


if __name__ == "__main__":
    main()
