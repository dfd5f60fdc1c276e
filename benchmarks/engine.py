"""How fast the engine is: ours over Keras on torch (eager), and recorded over not recorded.

    ./dev bench engine [--write | --all-cores] [WORKLOAD ...]

Rows `NAME ratio X` from one run: process CPU time, one BLAS thread, the fastest of several
repeats, imports left out. `--write` puts the table into docs/engine.md (all workloads only).
`--all-cores` gives both engines as many threads as there are physical cores, and takes wall time;
`NAME-threads` is ours on all of them over ours on one. Other work on the machine counts there.
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
# How often each side runs where wall time is taken.
TURNS = 3
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
BUILDS = {
    "build-resnet50": "ResNet50",
    "build-two-convolutions": "a layer of two 3x3 convolutions on (None, 56, 56, 64)",
}


def main() -> None:
    """Print every row; write the table when asked."""
    names = [name for name in sys.argv[1:] if not name.startswith("--")] or list(WORKLOADS)
    write = "--write" in sys.argv[1:]
    if "--all-cores" in sys.argv[1:]:
        all_cores(names)
        return
    if write and names != list(WORKLOADS):
        raise SystemExit("--write is for all workloads: a table of several runs would mislead")
    table = [workload_row(name) for name in names]
    builds = build_lines()
    ours, rival = (seconds(engine, "import")["import"] for engine in ("ours", "torch"))
    print(f"import seconds {ours:.2f}")
    print(f"import-torch seconds {rival:.2f}", flush=True)
    if write:
        put_into_document([*table, "", *builds, "", import_line(ours, rival)])


def workload_row(name: str) -> str:
    """Print the four ratios of one workload; its line of the table."""
    rival, ours = seconds("torch", name), seconds("ours", name)
    cells = [WORKLOADS[name]]
    for kind in ("forward", "step"):
        ratio = ours[kind] / rival[kind]
        print(f"{name}-{kind} ratio {ratio:.2f}")
        cells.append(f"{ratio:.2f} ({milliseconds(ours[kind])} / {milliseconds(rival[kind])})")
    for kind in ("forward", "step"):
        recorded, later, written = (
            ours[f"{kind}-{when}"] / ours[kind] for when in ("recorded", "later", "written")
        )
        print(f"{name}-{kind}-recording ratio {recorded:.2f}")
        print(f"{name}-{kind}-later ratio {later:.2f}")
        print(f"{name}-{kind}-writing ratio {written:.2f}", flush=True)
        cells.append(f"{recorded:.2f} / {later:.2f} / {written:.2f}")
    return f"| {' | '.join(cells)} |"


def build_lines() -> list[str]:
    """Print how long symbolic calls take; a sentence on each."""
    rival, ours = seconds("torch", "builds"), seconds("ours", "builds")
    lines = []
    for name, text in BUILDS.items():
        ratio = ours[name] / rival[name]
        print(f"{name} ratio {ratio:.2f}", flush=True)
        times = f"{milliseconds(ours[name])} / {milliseconds(rival[name])} ms"
        lines.append(f"Building {text}: {ratio:.2f} ({times}).")
    return lines


def all_cores(names: list[str]) -> None:
    """Print the ratios of wall time with a thread on each physical core."""
    from inspector.engine import threads

    count = threads.physical_cores()
    print(f"threads count {count}")
    sides = (("torch", count), ("ours", count), ("ours", 1))
    for name in names:
        # In turns: a busy moment of the machine then hits every side.
        turns = [[seconds(engine, name, number) for engine, number in sides] for _ in range(TURNS)]
        for kind in ("forward", "step"):
            rival, ours, single = (min(turn[side][kind] for turn in turns) for side in range(3))
            print(f"{name}-{kind}-all-cores ratio {ours / rival:.2f}")
            print(f"{name}-{kind}-threads ratio {ours / single:.2f}", flush=True)


def milliseconds(value: float) -> str:
    return f"{1000 * value:.3g}" if value < 1 else f"{1000 * value:.0f}"


def seconds(engine: str, workload: str, threads: int | None = None) -> dict[str, float]:
    """What the runner measured in a process of its own."""
    if engine == "torch" and not ORACLE:
        raise SystemExit("set INSPECTOR_ORACLE_PYTHON to a Python with Keras on torch")
    python = ORACLE if engine == "torch" else sys.executable
    command = [python, "-W", "ignore", str(RUNNER), engine, workload]
    command += [] if threads is None else [str(threads)]
    done = subprocess.run(
        command, env=environment(threads or 1), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{workload} on {engine} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def environment(threads: int) -> dict[str, str]:
    """So many threads each, and the BLAS kernels that the processor has.

    OPENBLAS_CORETYPE pins NumPy's OpenBLAS to one processor's kernels, on some machines older
    ones than the processor has; torch brings its own BLAS and never reads it. With it, the ratio
    would compare two settings, not two engines.
    """
    kept = {key: value for key, value in os.environ.items() if key != "OPENBLAS_CORETYPE"}
    count = {f"{library}_NUM_THREADS": str(threads) for library in ("OMP", "OPENBLAS", "MKL")}
    return {**kept, **count, "PYTHONPATH": str(ROOT)}


def import_line(ours: float, rival: float) -> str:
    return f"Importing Keras takes {ours:.2f} s of CPU on our engine and {rival:.2f} s on torch."


def put_into_document(lines: list[str]) -> None:
    """Replace what stands between the marks."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    head = [
        "| workload | forward (ms) | training step (ms) | forward recorded / later / writing "
        "| step recorded / later / writing |",
        "|---|---|---|---|---|",
    ]
    text = "\n".join([BEGIN, "", *head, *lines, "", END])
    DOCUMENT.write_text(f"{before}{text}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
