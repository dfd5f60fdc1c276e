"""What is installed: two top-level names, and plugins that are declared as anyone's."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = (ROOT / "constraints.txt").read_text().splitlines()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()


def test_wheel_has_exactly_two_top_level_names(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )

    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        tops = {name.partition("/")[0] for name in wheel.namelist()}

    assert {"inspector", "inspector_plugins"} == {top for top in tops if "dist-info" not in top}


def test_every_line_of_the_constraints_is_a_pin() -> None:
    assert [] == [line for line in PINS if not re.fullmatch(r"[\w.-]+==\d[\w.!]*", line)]


def test_every_dependency_is_pinned() -> None:
    pinned = {_normal(line) for line in PINS}
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]

    assert {_normal(name) for name in wanted} - pinned == set()


def test_no_framework_is_a_dependency() -> None:
    names = {_normal(line) for line in PROJECT["dependencies"]} | {_normal(line) for line in PINS}

    assert names & {"tensorflow", "torch", "jax", "jaxlib", "keras-nightly"} == set()


def test_every_first_party_plugin_is_declared_and_found() -> None:
    members = (ROOT / "plugins" / "inspector_plugins").glob("[!_.]*")
    modules = {f"inspector_plugins.{member.stem}" for member in members}
    installed = {entry.value for entry in entry_points(group="inspector")}

    assert modules == set(PROJECT["entry-points"]["inspector"].values())
    assert modules <= installed
