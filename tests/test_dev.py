"""`./dev`: what it offers, and what it says when it is asked for something else."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORDS = ("run", "test", "conformance", "bench", "corpus", "oracle", "gpu-check")


def _dev(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "dev"), *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_dev_lists_its_words_when_called_alone() -> None:
    result = _dev()

    assert 0 == result.returncode
    assert WORDS == tuple(dict.fromkeys(re.findall(r"\./dev (\S+)", result.stdout)))


def test_dev_refuses_an_unknown_word_with_the_list() -> None:
    result = _dev("polish")

    assert 2 == result.returncode
    assert "usage: ./dev run" in result.stderr


def test_dev_says_which_python_it_needs_when_it_is_too_old(tmp_path: Path) -> None:
    copy = tmp_path / "dev"
    copy.write_bytes((ROOT / "dev").read_bytes())
    copy.chmod(0o755)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("")
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n')
    python.chmod(0o755)

    result = subprocess.run(
        [str(copy), "test"],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 2 == result.returncode
    assert "Python 3.11 or newer is needed; python3 is Python 3.9.2" in result.stderr


def test_dev_names_the_benchmarks_when_asked_for_none() -> None:
    result = _dev("bench")

    assert 2 == result.returncode
    assert "benchmarks:" in result.stderr
