"""Checks the engine on a GPU and writes down what was found, for ./dev gpu-check.

    gpu_check.py [PART...]             all parts in this order, or some
        --seconds N                    end after so long, with what is known by then (default 480)
        --workers N                    processes that share a part (default: the processors less
                                       two, 14 at most); `times` has one
        --record FILE                  where the record is (default benchmarks/gpu_record.json)
        --stand-in                     on the tests' stand-in of CuPy: whether the command works
    gpu_check.py --merge FILE...       put the parts of other records into the record: the newest,
                                       unless an older one of the same code is less unfinished

    first       kernels load; cuDNN's maps in three dtypes; what a CUDA graph captures
    float64     every primitive, forward and backward, against NumPy
    float32, float16, bfloat16, complex64      the same in these
    functions, layers     Keras' functions, its layers and a training in float32 against NumPy
    graphs      every primitive that can be captured in a CUDA graph; whole models, fused or not
    torch       layers' arithmetic, forward and gradients, against torch on the same GPU
    waits       which primitives make the host wait
    times       ResNet-50 and BERT-base against torch eager and torch.compile; our models

A run that fails, hangs or ends its process is a finding; the others go on in a new process. The
record gets what is known of a part, however the part ended. Nothing is fetched: packages are those
of the interpreter that runs this.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "engine"), str(Path(__file__).parent)]

from gpu_worker import told_in  # noqa: E402

from inspector.engine import gpu_record  # noqa: E402
from inspector.engine.cuda import precision  # noqa: E402
from inspector.errors import EngineError  # noqa: E402

PACKAGES = ("cupy-cuda13x", "cupy-cuda12x", "nvidia-cudnn-frontend", "nvidia-cudnn-cu13")
PACKAGES += ("numpy", "scipy", "ml_dtypes", "keras", "torch", "triton")
STAND_IN = "the stand-in of CuPy"
# A process that ends so often without ending a run is not started again.
_IN_VAIN = 2
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def main(arguments: list[str]) -> None:
    """Check, write the record part by part, end with 1 where something failed or is left."""
    options = read(arguments)
    record = Path(options.record)
    if options.merge:
        merged([record, *map(Path, options.merge)], record)
    else:
        check(options, record)
    print(f"GPU code: {gpu_record.verdict(record).text}")


def read(arguments: list[str]) -> argparse.Namespace:
    """What was asked for; ends the program where it makes no sense."""
    parser = argparse.ArgumentParser(
        "gpu-check", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--seconds", type=float, default=480)
    parser.add_argument("--workers", type=int, default=min(14, max(1, (os.cpu_count() or 1) - 2)))
    parser.add_argument("--record", default=str(gpu_record.RECORD))
    parser.add_argument("--stand-in", action="store_true")
    parser.add_argument("--merge", nargs="+", metavar="FILE")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(gpu_record.PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    if options.stand_in and Path(options.record) == gpu_record.RECORD:
        parser.error("--stand-in says nothing about a GPU: give it a --record of its own")
    return options


def check(options: argparse.Namespace, record: Path) -> None:
    """Run the parts, one after the other, while there is time."""
    import gpu_device

    try:
        device = gpu_device.stand_in() if options.stand_in else gpu_device.gpu()
    except EngineError as error:
        raise SystemExit(f"gpu-check: {error}") from error
    setting = setting_of(device.name, device.versions)
    end, bad = time.monotonic() + options.seconds, []
    for part in options.parts or gpu_record.PARTS:
        count = 1 if part == "times" else options.workers
        left = end - time.monotonic()
        if left < 1:
            bad.append(f"{part}: no time was left for it")
            continue
        found = shared(part, count, left, "stand-in" if options.stand_in else "gpu")
        write(record, part, found, setting)
        bad += [f"{part} {text}" for text in found["failures"]]
        said = f"{part}: {found['runs']} runs, {len(found['failures'])} failures"
        print(f"{said}, {found['unfinished']} unfinished, {found['seconds']} s", flush=True)
        bad += [f"{part}: {found['unfinished']} runs unfinished"] * bool(found["unfinished"])
    print("\n".join(bad) or "no failures")
    if bad:
        print(f"GPU code: {gpu_record.verdict(record).text}")
        sys.exit(1)


def shared(part: str, count: int, seconds: float, where: str) -> dict[str, Any]:
    """What the runs of a part find, done by `count` processes within so many seconds."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        shares = [
            Share(_command(part, number, count, where), Path(folder), number)
            for number in range(count)
        ]
        while any([share.goes_on() for share in shares]) and time.monotonic() < started + seconds:
            time.sleep(0.1)
        for share in shares:
            share.end()
        found = [share.found() for share in shares]
    lines = [line for one in found for line in one["lines"] if line["said"] is not None]
    return {
        "runs": len(lines),
        "unfinished": sum(one["unfinished"] for one in found),
        "failures": [f"{line['name']}: {line['said']}" for line in lines if line["said"]]
        + [text for one in found for text in one["faults"]],
        "facts": {line["name"]: facts for line in lines if (facts := _facts(line))},
        "slowest": {
            line["name"]: line["seconds"]
            for line in sorted(lines, key=lambda line: -line["seconds"])[:3]
        },
        "seconds": round(time.monotonic() - started, 1),
    }


def _command(part: str, number: int, count: int, where: str) -> list[str]:
    worker = Path(__file__).with_name("gpu_worker.py")
    return [sys.executable, str(worker), part, str(number), str(count), where]


def _facts(line: dict[str, Any]) -> dict[str, Any]:
    return {key: line[key] for key in line if key not in ("name", "said", "seconds")}


class Share:
    """A process for every `count`-th group of runs, started again while it gets on."""

    def __init__(self, command: list[str], folder: Path, number: int) -> None:
        self._file = folder / f"{number}.jsonl"
        self._errors = folder / f"{number}.err"
        self._command = [*command, str(self._file)]
        self._faults: list[str] = []
        self._in_vain = self._known = 0
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._errors.open("wb") as errors:
            return subprocess.Popen(
                self._command, stderr=errors, env={**_ONE_THREAD, **os.environ}, cwd=ROOT
            )

    def goes_on(self) -> bool:
        """Whether it is at work; one that ended early is told of and started again."""
        code = self._process.poll()
        if code is None:
            return True
        if code == 0 or self._in_vain >= _IN_VAIN:
            return False
        self._note_end(code)
        if self._in_vain < _IN_VAIN:
            self._process = self._started()
        return True

    def _note_end(self, code: int) -> None:
        """Tell in the file of the run that was going on, so that nobody begins it again."""
        lines = told_in(self._file)
        ended = {line["name"] for line in lines if "name" in line}
        begun = [line["begun"] for line in lines if line.get("begun", None) not in (None, *ended)]
        self._in_vain = 0 if len(ended) + len(begun) > self._known else self._in_vain + 1
        self._known = len(ended) + len(begun)
        last = self._last_words()
        with self._file.open("a", encoding="utf-8") as out:
            for name in begun:
                said = f"ended its process with {code}: {last}"
                out.write("\n" + json.dumps({"name": name, "said": said, "seconds": 0.0}) + "\n")
        if self._in_vain >= _IN_VAIN:
            self._faults.append(f"a process ended with {code} before any run: {last}")

    def _last_words(self) -> str:
        text = self._errors.read_text(encoding="utf-8", errors="replace").strip()
        lines = text.splitlines()
        return " | ".join(lines if len(lines) < 7 else [*lines[:3], *lines[-3:]])[:600]

    def end(self) -> None:
        """Stop it where it is."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def found(self) -> dict[str, Any]:
        """The told runs, how many are left (one, where that is not known), and other faults."""
        lines = told_in(self._file)
        ended = {line["name"]: line for line in lines if "name" in line}
        totals = [line["total"] for line in lines if "total" in line]
        left = totals[-1] - len(ended) if totals else int(self._process.returncode != 0)
        return {"lines": list(ended.values()), "unfinished": left, "faults": self._faults}


def setting_of(name: str, versions: dict[str, int]) -> dict[str, Any]:
    """All that what is found depends on."""
    precision.choose()
    return {
        "device": name,
        "versions": {**installed(), **versions},
        "precision": precision.current,
        "commit": commit(),
        "hashes": gpu_record.hashes(),
    }


def write(path: Path, part: str, found: dict[str, Any], setting: dict[str, Any]) -> None:
    """Put this part into the record; in another precision than `exact` it is a part of its own."""
    digest = hashlib.sha256(json.dumps(setting, sort_keys=True).encode()).hexdigest()[:12]
    when = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    exact = setting["precision"] == "exact"
    key = part if exact else f"{part} {setting['precision']}"
    new = {"setting": digest, "when": when, **found}
    _save(path, _merged([known(path), {"parts": {key: new}, "settings": {digest: setting}}]))


def merged(paths: list[Path], path: Path) -> None:
    """Write the newest parts of several records to one."""
    found = _merged([known(one) for one in paths])
    devices = {setting["device"] for setting in found["settings"].values()}
    if path == gpu_record.RECORD and STAND_IN in devices:
        raise SystemExit(f"gpu-check: {STAND_IN} is no GPU, so nothing of it goes into this record")
    _save(path, found)


def _merged(records: list[dict[str, Any]]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for record in records:
        settings.update(record["settings"])
        for part, found in record["parts"].items():
            if part not in parts or _replaces(found, parts[part]):
                parts[part] = found
    used = {found["setting"] for found in parts.values()}
    return {"parts": parts, "settings": {key: settings[key] for key in settings if key in used}}


def _replaces(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """Whether it is newer, and tells no less of the same code."""
    same = new["setting"] == old["setting"]
    return new["when"] >= old["when"] and not (same and new["unfinished"] > old["unfinished"])


def _save(path: Path, record: dict[str, Any]) -> None:
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def known(path: Path) -> dict[str, Any]:
    """The record as it is; empty where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {"parts": dict(found["parts"]), "settings": dict(found["settings"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"parts": {}, "settings": {}}


def installed() -> dict[str, str]:
    """Versions of Python and of what computes."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


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
