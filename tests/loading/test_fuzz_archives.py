"""Mutated saved models: the same as `python -m tests.loading.fuzz_archives`, in small."""

from __future__ import annotations

import re
import subprocess
import sys

COUNT = 300  # about 8 s of processor time


def test_mutated_archives_are_opened_or_refused_and_nothing_else(root):
    result = subprocess.run(
        [sys.executable, "-m", "tests.loading.fuzz_archives", str(COUNT)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )

    counts = {word: int(n) for n, word in re.findall(r"^ *(\d+) (\w+)", result.stdout, re.M)}
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 faults" in result.stdout
    assert counts["opened"] > COUNT // 20
    assert counts["refused"] > COUNT // 4
