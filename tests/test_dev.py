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


def _copied_dev(folder: Path, new: list[str]) -> subprocess.CompletedProcess[str]:
    """`./dev test` of a copy, where no Python has a `venv` and only those in `new` are new enough.

    There is no sudo that asks nothing, and apt-get is never reached.
    """
    for name in ("dev", "pyproject.toml", "constraints.txt"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    _program(folder / "dev", (ROOT / "dev").read_text())
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        answers = (
            f"*version_info*) exit {int(name not in new)};; *venv*) exit 1;; "
            "--version*) echo Python 3.9.2;;"
        )
        _program(folder / name, f'#!/bin/sh\ncase "$1 $2" in {answers} esac\n')
    for name in ("id", "sudo", "apt-get"):
        _program(folder / name, "#!/bin/sh\necho 1000\nexit 1\n")
    return subprocess.run(
        [str(folder / "dev"), "test"],
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def test_dev_says_which_python_it_needs_when_it_is_too_old(tmp_path: Path) -> None:
    result = _copied_dev(tmp_path, [])

    assert 2 == result.returncode
    assert "Python 3.11 or newer is needed; python3 is Python 3.9.2" in result.stderr


def test_dev_takes_a_newer_python_beside_an_old_one(tmp_path: Path) -> None:
    result = _copied_dev(tmp_path, ["python3.12"])

    assert 2 == result.returncode
    assert "python3.12-venv" in result.stderr


def test_dev_names_the_benchmarks_when_asked_for_none() -> None:
    result = _dev("bench")

    assert 2 == result.returncode
    assert "benchmarks:" in result.stderr
