"""How fast the engine is: ours over Keras on torch (eager), and recorded over not recorded.

    ./dev bench engine [--write] [WORKLOAD ...]

Rows `NAME ratio X` from one run: process CPU time, one BLAS thread, the fastest of several
repeats, imports left out. `--write` puts the table into docs/engine.md (all workloads only).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "engine.md"
BEGIN, END = "<!-- ./dev bench engine --write: begin -->", "<!-- end -->"
ORACLE = os.environ.get("INSPECTOR_ORACLE_PYTHON", "")
RUNNER = Path(__file__).with_name("engine_runner.py")
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
# In the order of the table; engine_workloads.py builds them.
WORKLOADS = {
    "mlp": "MLP 784-512-512-10, batch 64",
    "resnet50-b1": "ResNet50, batch 1",
    "resnet50-b8": "ResNet50, batch 8",
    "mobilenetv2-b1": "MobileNetV2, batch 1",
    "transformer": "transformer encoder, 4 layers, d 256, T 128, batch 8",
    "lstm": "LSTM(128), T 100, batch 32",
    "gru": "GRU(128), T 100, batch 32",
    "vae": "VAE 784-512-16-512-784, batch 128",
}


def main() -> None:
    """Print every row; write the table when asked."""
    names = [name for name in sys.argv[1:] if name != "--write"] or list(WORKLOADS)
    write = "--write" in sys.argv[1:]
    if write and names != list(WORKLOADS):
        raise SystemExit("--write is for all workloads: a table of several runs would mislead")
    table = [workload_row(name) for name in names]
    ours, rival = (seconds(engine, "import")["import"] for engine in ("ours", "torch"))
    print(f"import seconds {ours:.2f}")
    print(f"import-torch seconds {rival:.2f}", flush=True)
    if write:
        put_into_document([*table, "", import_line(ours, rival)])


def workload_row(name: str) -> str:
    """Print the four ratios of one workload; its line of the table."""
    rival, ours = seconds("torch", name), seconds("ours", name)
    cells = [WORKLOADS[name]]
    for kind in ("forward", "step"):
        ratio = ours[kind] / rival[kind]
        print(f"{name}-{kind} ratio {ratio:.2f}")
        cells.append(f"{ratio:.2f} ({milliseconds(ours[kind])} / {milliseconds(rival[kind])})")
    for kind in ("forward", "step"):
        ratio = ours[f"{kind}-recorded"] / ours[kind]
        print(f"{name}-{kind}-recording ratio {ratio:.2f}", flush=True)
        cells.append(f"{ratio:.2f}")
    return f"| {' | '.join(cells)} |"


def milliseconds(value: float) -> str:
    return f"{1000 * value:.3g}" if value < 1 else f"{1000 * value:.0f}"


def seconds(engine: str, workload: str) -> dict[str, float]:
    """What the runner measured in a process of its own."""
    if engine == "torch" and not ORACLE:
        raise SystemExit("set INSPECTOR_ORACLE_PYTHON to a Python with Keras on torch")
    python = ORACLE if engine == "torch" else sys.executable
    command = [python, "-W", "ignore", str(RUNNER), engine, workload]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{workload} on {engine} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def environment() -> dict[str, str]:
    """One thread each, and the BLAS kernels that the processor has.

    OPENBLAS_CORETYPE pins NumPy's OpenBLAS to one processor's kernels, on some machines older
    ones than the processor has; torch brings its own BLAS and never reads it. With it, the ratio
    would compare two settings, not two engines.
    """
    kept = {key: value for key, value in os.environ.items() if key != "OPENBLAS_CORETYPE"}
    return {**kept, **ONE_THREAD, "PYTHONPATH": str(ROOT)}


def import_line(ours: float, rival: float) -> str:
    return f"Importing Keras takes {ours:.2f} s of CPU on our engine and {rival:.2f} s on torch."


def put_into_document(lines: list[str]) -> None:
    """Replace what stands between the marks."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    head = [
        "| workload | forward (ms) | training step (ms) | recording, forward | recording, step |",
        "|---|---|---|---|---|",
    ]
    text = "\n".join([BEGIN, "", *head, *lines, "", END])
    DOCUMENT.write_text(f"{before}{text}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
