"""How fast the whole path is: our engine against Keras on torch, recording on against off.

    ./dev bench path [SAMPLE ...]

Rows `NAME ratio X` (ours over the rival's) from one run, in process CPU time, one BLAS thread,
imports left out; rows `NAME seconds X` and `NAME megabytes X` are reported as they are. The
samples that import keras run as they stand, from their first line to their last, with nothing
intercepted on either side; each is run three times in one process and the fastest counts.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_models"
ORACLE = os.environ.get("INSPECTOR_ORACLE_PYTHON", "")
RUNNER = Path(__file__).with_name("path_runner.py")
_TENSORFLOW = re.compile(r"^\s*(import|from) tensorflow", re.M)
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}


def main() -> None:
    """Print every row."""
    names = sys.argv[1:] or keras_samples()
    ratios = [sample_rows(name) for name in names]
    print(f"geometric-mean ratio {geometric_mean([ours for ours, _ in ratios]):.2f}")
    print(f"geometric-mean-recording ratio {geometric_mean([rec for _, rec in ratios]):.2f}")
    for name, seconds in wall_times():
        print(f"{name} seconds {seconds:.2f}", flush=True)


def keras_samples() -> list[str]:
    """The samples that run to their end on any Keras: no tensorflow, not broken on purpose."""
    return [
        path.stem
        for path in sorted(SAMPLES.glob("*.py"))
        if not _TENSORFLOW.search(path.read_text()) and not path.stem.startswith("broken_")
    ]


def sample_rows(name: str) -> tuple[float, float]:
    """Print and return ours over torch's, and recorded over not recorded."""
    plain, recorded, rival = (
        cpu_seconds(name, "ours"),
        cpu_seconds(name, "recorded"),
        cpu_seconds(name, "torch"),
    )
    print(f"{name} ratio {recorded / rival:.2f}")
    print(f"{name}-recording ratio {recorded / plain:.2f}", flush=True)
    return recorded / rival, recorded / plain


def cpu_seconds(name: str, engine: str) -> float:
    """Process CPU seconds of the fastest of three runs of a sample."""
    python = ORACLE if engine == "torch" else sys.executable
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)}
    command = [python, "-W", "ignore", str(RUNNER), engine, str(SAMPLES / f"{name}.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} on {engine} failed:\n{done.stderr}")
    return float(done.stdout.splitlines()[-1])


def wall_times() -> list[tuple[str, float]]:
    """What a person waits for."""
    inspector = str(Path(sys.executable).with_name("inspector"))
    picture = str(Path(os.environ.get("TMPDIR", "/tmp")) / "inspector-bench.png")
    commands = {
        "help": [inspector, "--help"],
        "vae-run": [inspector, "run", str(SAMPLES / "vae.py")],
        "vae-first-picture": [inspector, "screenshot", str(SAMPLES / "vae.py"), "-o", picture],
    }
    return [(name, fastest(command)) for name, command in commands.items()]


def fastest(command: list[str]) -> float:
    """Wall seconds of the fastest of three runs, the first of which warms the disk."""
    took = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, env={**os.environ, **ONE_THREAD})
        took.append(time.perf_counter() - started)
    return min(took)


def geometric_mean(values: list[float]) -> float:
    """The mean for ratios."""
    product = 1.0
    for value in values:
        product *= value
    return product ** (1 / len(values))


if __name__ == "__main__":
    main()
