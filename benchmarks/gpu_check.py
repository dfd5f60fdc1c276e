"""Checks the engine on a GPU and writes down what was found, for ./dev gpu-check.

    gpu_check.py [PART...]        all parts, or some; the record keeps those of the same code

    primitives  every primitive, forward and backward, in float64 against NumPy
    dtypes      the same in float32, float16, bfloat16 and complex64
    keras       functions, layers and a training in float32 against NumPy
    graphs      every primitive that can be captured in a CUDA graph; whole models, fused or not
    torch       layers' arithmetic, forward and gradients, against torch on the same GPU
    waits       which primitives make the host wait, and how often a training step does
    times       our models; ResNet-50 and BERT-base against torch eager and torch.compile

benchmarks/gpu_record.json gets the versions, the failures, the times and the hashes of the code;
`inspector doctor` and the tests compare those with the code of their day. Commit it. Nothing is
fetched: packages are those of the interpreter that runs this.
"""

from __future__ import annotations

import datetime
import json
import platform
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "engine"), str(Path(__file__).parent)]

from inspector.engine import array_module, gpu_record  # noqa: E402
from inspector.engine.cuda import precision  # noqa: E402
from inspector.errors import EngineError  # noqa: E402

PACKAGES = ("cupy-cuda13x", "cupy-cuda12x", "nvidia-cudnn-frontend", "nvidia-cudnn-cu13")
PACKAGES += ("numpy", "scipy", "keras", "torch", "triton")


def main(parts: list[str]) -> None:
    """Check, write the record part by part, end with 1 where something failed."""
    if unknown := set(parts) - set(gpu_record.PARTS):
        raise SystemExit(f"gpu-check: there is no part {sorted(unknown)}.\n{__doc__}")
    try:
        choice = array_module.use("cupy")
    except EngineError as error:
        raise SystemExit(f"gpu-check: {error}") from error
    check(parts or list(gpu_record.PARTS), array_module.xp, choice.device)


def check(parts: list[str], device, name: str) -> None:
    """Run the parts on a device and write the record after each one."""
    from gpu_parts import RUNNERS  # chooses NumPy; the parts switch between the two

    facts = {"device": name, "versions": {**installed(), **cuda_versions(device)}}
    failures = []
    for part in parts:
        started = time.perf_counter()
        found = RUNNERS[part](device)
        found["seconds"] = round(time.perf_counter() - started, 1)
        write(part, found, facts)
        failures += [f"{part} {text}" for text in found["failures"]]
        print(f"{part}: {len(found['failures'])} failures, {found['seconds']} s", flush=True)
    print("\n".join(failures) or "no failures")
    print(f"GPU code: {gpu_record.verdict(gpu_record.RECORD).text}")
    sys.exit(bool(failures))


def write(part: str, found: dict, facts: dict) -> None:
    """The record with this part; parts of other code, another device or other versions go."""
    hashes = gpu_record.hashes()
    same = {"precision": precision.current, **facts, "hashes": hashes}
    before = known()
    kept = before["parts"] if all(before.get(key) == same[key] for key in same) else {}
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    record = {"date": today, "commit": commit(), **same, "parts": {**kept, part: found}}
    record["hashes"] = record.pop("hashes")  # last, for it is long
    gpu_record.RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def known() -> dict:
    """The record as it is; empty where there is none that can be read."""
    try:
        found = json.loads(gpu_record.RECORD.read_text(encoding="utf-8"))
        return found if isinstance(found.get("parts"), dict) else {}
    except (OSError, ValueError, AttributeError):
        return {}


def installed() -> dict[str, str]:
    """Versions of Python and of what computes."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def cuda_versions(device) -> dict[str, int]:
    runtime = device.cuda.runtime
    return {"cuda": runtime.runtimeGetVersion(), "driver": runtime.driverGetVersion()}


def commit() -> str:
    """The commit, marked where the tree has other changes."""
    command = ["git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # a machine without git
        return "unknown"
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    main(sys.argv[1:])
