"""What is known of our code on a GPU: the record of ./dev gpu-check against the code of now.

No GPU is at hand where most changes are made. The record names the files that were checked with
their hashes; whoever shows the engine shows `verdict`, so that an unchecked change is never
silent. A record:

    parts     what was found, by part: `setting`, `when`, `runs`, `unfinished`, `failures`, `facts`
    settings  what a part was found with, by a short name: `device`, `versions`, `precision`,
              `commit`, and `hashes` of the files
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "benchmarks" / "gpu_record.json"
# All arithmetic is in here, written once for NumPy and CuPy; `cuda` has what only a GPU runs.
_CHECKED = (
    "inspector/engine/**/*.py",
    "inspector/engine/cuda/*.cu*",
    "inspector/keras_backend/**/*.py",
)


# What ./dev gpu-check checks; a record that lacks a part says so.
PARTS = (
    *("first", "float64", "float32", "float16", "bfloat16", "complex64"),
    *("functions", "layers", "graphs", "torch", "waits", "times"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`verified`: this very code passed on a GPU; `text` says so, or what is missing."""

    verified: bool
    text: str


def hashes(root: Path = ROOT) -> dict[str, str]:
    """The SHA-256 of every file whose code runs on the GPU, by its path in the repository."""
    paths = {path for pattern in _CHECKED for path in root.glob(pattern)}
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths)
    }


def verdict(record: Path = RECORD, root: Path = ROOT) -> Verdict:
    """What the record says about the code as it is now."""
    if not record.exists():
        return Verdict(False, "never verified on a GPU (there is no record of a check)")
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        parts = {part: found["parts"][part] for part in PARTS if part in found["parts"]}
        settings = {part: found["settings"][of["setting"]] for part, of in parts.items()}
        failures = sum(len(of["failures"]) for of in parts.values())
        left = [part for part in PARTS if part not in parts or parts[part]["unfinished"]]
        then = [dict(setting["hashes"]) for setting in settings.values()]
        where = ", ".join(sorted({str(setting["device"]) for setting in settings.values()}))
        where = f"{where}, {max((of['when'] for of in parts.values()), default='')[:10]}"
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return Verdict(False, f"not verified, {record.name} cannot be read ({error!r})")
    if failures:
        return Verdict(False, f"{failures} checks failed ({where})")
    if left:
        return Verdict(False, f"not fully verified, without {', '.join(left)} ({where})")
    return _judged(then, hashes(root), where)


def _judged(then: list[dict[str, Any]], now: dict[str, str], where: str) -> Verdict:
    changed = sorted(
        {path for one in then for path in one.keys() | now.keys() if one.get(path) != now.get(path)}
    )
    if changed:
        files = "1 file" if len(changed) == 1 else f"{len(changed)} files"
        return Verdict(
            False, f"changed since it was last verified ({where}): {files}, {changed[0]}"
        )
    return Verdict(True, f"verified ({where})")
