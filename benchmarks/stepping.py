"""How long a step takes in a run of 10,000 ops: from the key to painted panels.

    ./dev bench stepping

Rows `NAME seconds X`: the median and the slowest of many presses of each key, in processor time of
the window's process (`-elapsed` is by the clock), until the values of the new step have arrived
from the worker and everything is painted; a watch and two breakpoints are set; by calls and by ops.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.gui.window.main_window import MainWindow

PRESSES = 30
# 170 blocks of 8 layers in 5 frames.
SCRIPT = """
import keras, numpy as np

class Block(keras.layers.Layer):
    def __init__(self, shared, **kwargs):
        super().__init__(**kwargs)
        self.parts = [keras.layers.Dense(8, activation="relu") for _ in range(7)]
        self.shared = shared

    def call(self, x):
        y = x
        for part in self.parts:
            y = part(y) * 0.5
            y = y + 0.1
        return self.shared(y + x)

class Part(keras.layers.Layer):
    def __init__(self, blocks, **kwargs):
        super().__init__(**kwargs)
        self.blocks = blocks

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x

class Net(keras.Model):
    def __init__(self):
        super().__init__(name="net")
        shared = keras.layers.LayerNormalization()
        self.parts = [Part([Block(shared) for _ in range(34)]) for _ in range(5)]

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x

Net()(np.ones((4, 8), "float32"))
"""
KEYS = ("over", "into", "out", "back", "next", "previous", "next_same", "previous_same",
        "continue", "continue_back", "start")  # fmt: skip


def main() -> None:
    """Print every row."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import qInstallMessageHandler

    from inspector.app import Settings
    from inspector.gui.start import make_window
    from inspector.gui.state.recent import MemoryStore

    # The off-screen platform complains at every window.
    qInstallMessageHandler(lambda *_: None)
    window = make_window(Settings(theme="light", trust=True), store=MemoryStore())
    window.resize(1480, 920)
    window.show()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ten_thousand.py"
        path.write_text(SCRIPT)
        window.open_path(path)
        turn_until(lambda: window.opening.state == "open")
        measure(window)
    window.close()


def measure(window: MainWindow) -> None:
    """Rows of both granularities."""
    run = max(window.viewpoint.runs, key=lambda run: sum(len(call.ops) for call in run.calls))
    window.viewpoint.show_run(run)
    print(f"stepping-calls count {len(run.calls)}")
    print(f"stepping-ops count {sum(len(call.ops) for call in run.calls)}")
    window.debugging.breakpoints.add("class:Block if max(abs(y)) > 0.5")
    window.debugging.breakpoints.add("class:LayerNormalization")
    window.debugging.watches.add("mean(y)")
    began = time.perf_counter()
    turn_until(lambda: not window.debugging.evaluator.is_waiting)
    print(f"stepping-conditions seconds {time.perf_counter() - began:.4f}")
    for granularity in ("call", "op"):
        window.viewpoint.set_granularity(granularity)
        for key in KEYS:
            took = pressed(window, key)
            used, elapsed = zip(*took, strict=True)
            name = f"stepping-{granularity}-{key}"
            print(f"{name} seconds {statistics.median(used):.4f}")
            print(f"{name}-slowest seconds {max(used):.4f}")
            print(f"{name}-elapsed seconds {statistics.median(elapsed):.4f}", flush=True)


def pressed(window: MainWindow, key: str) -> list[tuple[float, float]]:
    """Seconds of each press of a key, used and elapsed, from the middle of the run on."""
    steps = window.viewpoint.steps
    shared = [c.id for c in window.viewpoint.run.calls if c.class_ == "LayerNormalization"]
    middle = steps.entry_of(shared[len(shared) // 2])
    window.viewpoint.move_to(middle)
    settle(window)
    took = []
    for _ in range(PRESSES):
        if key in ("out", "start"):
            window.viewpoint.move_to(middle + len(took))
            settle(window)
        used, began = time.process_time(), time.perf_counter()
        window.commands.actions[key].trigger()
        settle(window)
        took.append((time.process_time() - used, time.perf_counter() - began))
    return took


def settle(window: MainWindow) -> None:
    """Until values and watches have arrived and everything is painted."""
    view, evaluator = window.parts.values.view, window.debugging.evaluator
    turn_until(lambda: not (view.is_waiting or evaluator.is_waiting))


def turn_until(is_done: Callable[[], bool], limit_s: float = 300.0) -> None:
    """Turn the event loop until a condition holds and nothing is left to paint."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + limit_s
    QApplication.processEvents()
    while not is_done():
        if time.monotonic() > end:
            sys.exit("stepping: nothing happened for five minutes")
        # Waiting costs no processor time: a busy loop would count as the window's work.
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
    QApplication.processEvents()


if __name__ == "__main__":
    main()
