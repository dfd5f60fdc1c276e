"""Replay of a recorded forward pass against torch's own eager modules of the same shape.

    ./dev bench replay

Per workload the rows `NAME ratio X`: the CPU time of a fused replay (within 1e-6 of the values of a
plain one) and of a plain replay over that of the torch module, each the fastest of many runs, in
one run of this program, one BLAS thread; the sides take turns, so that a slow moment of the
machine hits all. Torch runs in an environment of its own: INSPECTOR_ORACLE_PYTHON names its
interpreter (default: what `./dev oracle` makes).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPEATS = {"mlp": 400, "resnet50": 12}
NAMES = {"mlp": "mlp_b64_replay", "resnet50": "resnet50_b1_replay"}
SIDES = ("fused", "plain", "torch")
# How often each side is measured, in turns, each time in a process of its own.
TURNS = 3
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}


def main() -> None:
    """Print the rows; `replay.py SIDE WORKLOAD` measures one of them."""
    if len(sys.argv) == 3:
        side, workload = sys.argv[1:]
        print(f"{_torch(workload) if side == 'torch' else _ours(workload, side == 'fused'):.9f}")
        return
    torch_python = os.environ.get("INSPECTOR_ORACLE_PYTHON") or str(
        ROOT / ".venv-oracle" / "bin" / "python"
    )
    if not Path(torch_python).exists():
        sys.exit("replay: no environment with torch; set INSPECTOR_ORACLE_PYTHON to its python.")
    for workload, name in NAMES.items():
        seconds = dict.fromkeys(SIDES, float("inf"))
        for side in SIDES * TURNS:
            python = torch_python if side == "torch" else sys.executable
            seconds[side] = min(seconds[side], _measured(python, side, workload))
        print(f"{name} ratio {seconds['fused'] / seconds['torch']:.2f}")
        print(f"{name}_plain ratio {seconds['plain'] / seconds['torch']:.2f}")
        for side in SIDES:
            print(f"{name}_{side} seconds {seconds[side]:.6f}", flush=True)


def _measured(python: str, side: str, workload: str) -> float:
    # OPENBLAS_CORETYPE may pin NumPy's BLAS to older kernels than the processor has.
    kept = {key: value for key, value in os.environ.items() if key != "OPENBLAS_CORETYPE"}
    environment = {**kept, **ONE_THREAD, "PYTHONPATH": str(ROOT)}
    command = [python, __file__, side, workload]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def _fastest(run: Callable[[], Any], repeats: int) -> float:
    for _ in range(3):
        run()
    times = []
    for _ in range(repeats):
        started = time.process_time_ns()
        run()
        times.append(time.process_time_ns() - started)
    return min(times) / 1e9


def _ours(workload: str, fused: bool) -> float:
    """Record one forward pass of the Keras model, then time its replay on new inputs."""
    from inspector.keras_backend import hook

    hook.install("numpy")
    import keras
    import numpy as np

    from inspector import engine
    from inspector.engine import array_module
    from inspector.engine.replay import Replay

    array_module.use("numpy")
    numbers = np.random.default_rng(0)
    if workload == "mlp":
        dense = [keras.layers.Dense(n, activation=a) for n, a in ((512, "relu"), (512, "relu"))]
        model = keras.Sequential([keras.Input((784,)), *dense, keras.layers.Dense(10)])
        x, other = (numbers.normal(size=(64, 784)).astype("float32") for _ in range(2))
    else:
        model = keras.applications.ResNet50(weights=None, classifier_activation=None)
        x, other = (numbers.normal(size=(1, 224, 224, 3)).astype("float32") for _ in range(2))
    given = engine.Tensor(x)
    with engine.recording() as segment:
        y = model(given, training=False)
    replay = Replay(segment.records)
    same = replay.run(wanted=[y.id])[y.id]
    assert same.tobytes() == y.data.tobytes(), "the replay is not what was recorded"
    changed = replay.run({given.id: other}, wanted=[y.id], only_changed=True)[y.id]
    again = model(engine.Tensor(other), training=False).data
    assert changed.tobytes() == again.tobytes(), "the replay is not what the model gives"
    changes, wanted = {given.id: other}, [y.id]
    if fused:
        replay = Replay(segment.records, fused=True)
        values = replay.run(changes, wanted=wanted, only_changed=True)[y.id]
        difference = np.abs(values - again).max() / np.abs(again).max()
        assert difference <= 1e-6, f"the fused replay is {difference:.1e} away"
    return _fastest(
        lambda: replay.run(changes, wanted=wanted, only_changed=True), REPEATS[workload]
    )


def _torch(workload: str) -> float:
    """The same network of torch's own modules, in evaluation mode, without gradients."""
    import torch

    torch.set_num_threads(1)
    if workload == "mlp":
        shapes = ((784, 512), (512, 512))
        parts = [part for n in shapes for part in (torch.nn.Linear(*n), torch.nn.ReLU())]
        model: Any = torch.nn.Sequential(*parts, torch.nn.Linear(512, 10)).eval()
        x = torch.randn(64, 784)
    else:
        model, x = _torch_resnet50(torch).eval(), torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        return _fastest(lambda: model(x), REPEATS[workload])


def _torch_resnet50(torch: Any) -> Any:
    """ResNet50 as Keras has it: biased convolutions, the stride in a block's first one."""
    nn = torch.nn

    def conv(channels: int, filters: int, size: int, stride: int = 1) -> Any:
        layer = nn.Conv2d(channels, filters, size, stride, padding=size // 2)
        return nn.Sequential(layer, nn.BatchNorm2d(filters, eps=1.001e-5))

    class Block(nn.Module):  # type: ignore[misc, name-defined]  # no torch here
        def __init__(self, channels: int, filters: int, stride: int, shortcut: bool) -> None:
            super().__init__()
            self.first, self.second = conv(channels, filters, 1, stride), conv(filters, filters, 3)
            self.third, self.relu = conv(filters, 4 * filters, 1), nn.ReLU()
            widened = conv(channels, 4 * filters, 1, stride) if shortcut else nn.Identity()
            self.shortcut = widened

        def forward(self, x: Any) -> Any:
            inside = self.relu(self.second(self.relu(self.first(x))))
            return self.relu(self.third(inside) + self.shortcut(x))

    parts = [conv(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)]
    channels = 64
    for filters, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for number in range(count):
            parts.append(Block(channels, filters, stride if number == 0 else 1, number == 0))
            channels = 4 * filters
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000)]
    return nn.Sequential(*parts, *head)


if __name__ == "__main__":
    main()
