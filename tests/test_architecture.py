"""The layers are as the contracts say, and each contract is seen to break.

The contracts are in pyproject.toml; import-linter reads imports without running them, so what it
cannot see (importlib, an import by a name in a text) is tested here by looking at `sys.modules`.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in SETTINGS["contracts"]}
LAYERS = [layer.strip(" ()") for line in CONTRACTS["ladder"]["layers"] for layer in line.split("|")]

# What each contract is broken with: a file to add to, and the line that does it.
BREAKS = {
    "ladder": ("inspector/trace/graph.py", "import inspector.api"),
    "window_rooms": ("inspector/gui/look/theme.py", "import inspector.gui.panels"),
    "qt": ("inspector/api.py", "import PySide6.QtCore"),
    "window": ("inspector/gui/__init__.py", "import inspector.engine.tape"),
    "keras": ("inspector/session/worker.py", "import keras"),
    "cupy": ("inspector/engine/tape.py", "def late():\n    import cupy"),
    "frameworks": ("inspector/compat/__init__.py", "import tensorflow"),
    "core": ("inspector/plugin_host.py", "import inspector_plugins.mermaid"),
    "plugins": ("plugins/inspector_plugins/mermaid.py", "import inspector.trace"),
}
# More ways to break them, each of which slipped through once, here or elsewhere.
MORE_BREAKS = [
    ("ladder", "inspector/new_module.py", "import inspector.errors"),
    ("ladder", "inspector/engine/tape.py", "import inspector.layout"),
    ("qt", "inspector/exporters/__init__.py", "def late():\n    from PySide6 import QtGui"),
    ("window", "inspector/layout/__init__.py", "import keras"),
    ("window", "inspector/session/client.py", "import inspector.session.worker"),
    ("keras", "inspector/errors.py", "import keras.src.ops"),
    ("frameworks", "inspector/errors.py", "def late():\n    import pickle"),
    ("frameworks", "plugins/inspector_plugins/mermaid.py", "import torch"),
    ("plugins", "plugins/inspector_plugins/mermaid.py", "from inspector.errors import OpenError"),
]
ALL_BREAKS = [(contract, *change) for contract, change in BREAKS.items()] + MORE_BREAKS


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources and the contracts, to be spoilt."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "inspector", tmp_path / "inspector", ignore=ignore)
    shutil.copytree(ROOT / "plugins", tmp_path / "plugins", ignore=ignore)
    return tmp_path


def _lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--contract", contract]
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'plugins'}"},
        capture_output=True,
        text=True,
        check=False,
    )


def _modules() -> Iterator[tuple[str, Path]]:
    for base in (ROOT, ROOT / "plugins"):
        for package in ("inspector", "inspector_plugins"):
            for path in sorted((base / package).rglob("*.py")):
                parts = path.relative_to(base).with_suffix("").parts
                yield ".".join(parts).removesuffix(".__init__"), path


@pytest.mark.parametrize(("contract", "file", "line"), ALL_BREAKS)
def test_contract_is_broken_by_name_when_its_rule_is_violated(
    copy: Path, contract: str, file: str, line: str
) -> None:
    path = copy / file
    path.write_text((path.read_text() if path.exists() else '"""New."""\n') + f"\n{line}\n")

    result = _lint(copy, contract)

    broken = [row.partition(" BROKEN")[0] for row in result.stdout.splitlines() if "BROKEN" in row]
    assert [CONTRACTS[contract]["name"]] == broken, result.stdout + result.stderr


def test_every_contract_has_a_break() -> None:
    assert set(CONTRACTS) == set(BREAKS)


def test_every_contract_is_kept(copy: Path) -> None:
    for contract in CONTRACTS:
        result = _lint(copy, contract)

        assert result.returncode == 0, result.stdout + result.stderr


def test_plugins_contract_forbids_the_whole_ladder_but_api() -> None:
    core = {f"inspector.{layer}" for layer in LAYERS} - {"inspector.api"}
    reached_through_api = {"inspector.__main__"}

    forbidden = set(CONTRACTS["plugins"]["forbidden_modules"])

    assert {name for name in core - reached_through_api if _exists(name)} == forbidden


def _exists(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def _loaded_after(code: str) -> set[str]:
    """Top-level names, and ours in full, of all modules loaded by a fresh Python."""
    code += "\nimport sys\nprint('loaded:', *sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert result.returncode == 0, result.stderr
    names = result.stdout.rpartition("loaded:")[2].split()
    return {name if name.startswith("inspector") else name.partition(".")[0] for name in names}


WINDOW_SIDE = ("gui", "app", "cli", "exporters", "trace", "layout", "checks", "api", "hookspecs",
               "plugin_host", "errors", "session.client", "session.protocol")  # fmt: skip
WORKER_SIDE = ("engine", "keras_backend", "capture", "loading", "compat", "session.worker")


def test_window_side_modules_load_no_keras_no_engine_and_no_user_code() -> None:
    names = [
        name
        for name, _ in _modules()
        if name.startswith(tuple(f"inspector.{part}" for part in WINDOW_SIDE))
        or name.startswith("inspector_plugins")
    ]

    loaded = _loaded_after("\n".join(f"import {name}" for name in names))

    forbidden = {"keras", "cupy", "tensorflow", "torch", "jax", "pickle5"}
    forbidden |= {f"inspector.{part}" for part in WORKER_SIDE}
    assert loaded & forbidden == set()


def test_command_line_loads_nothing_heavy() -> None:
    loaded = _loaded_after("import inspector.cli")

    heavy = {"numpy", "scipy", "networkx", "PySide6", "pyqtgraph", "keras", "cupy", "graphlay"}
    assert loaded & heavy == set()


def test_plugins_load_nothing_heavy() -> None:
    names = [name for name, _ in _modules() if name.startswith("inspector_plugins")]

    loaded = _loaded_after("\n".join(f"import {name}" for name in names))

    assert loaded & {"PySide6", "keras", "cupy", "scipy"} == set()


# Longer than the limit, each with its reason.
LONG_MODULES: dict[str, str] = {
    "inspector.keras_backend.preprocessing.index_lookup": "one layer: Keras dictates its methods",
}
LONG_FUNCTIONS: dict[str, str] = {
    "inspector.engine.recurrence:gru_slopes": "one derivation, read from top to bottom",
    "inspector.keras_backend.preprocessing.index_lookup:__init__": "Keras dictates its arguments",
}
MODULE_LINES, FUNCTION_LINES = 400, 50


def _functions() -> Iterator[tuple[str, int]]:
    for name, path in _modules():
        for item in ast.walk(ast.parse(path.read_text())):
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{item.name}", (item.end_lineno or 0) - item.lineno + 1


def _unexcused(sizes: dict[str, int], limit: int, reasons: dict[str, str]) -> list[str]:
    """What is too long without a reason, and reasons for what has become short."""
    long = [f"{name} has {size} lines" for name, size in sizes.items() if size > limit]
    outdated = [f"{name} is short now" for name in reasons if sizes.get(name, 0) < 0.9 * limit]
    return [text for text in long if text.split()[0] not in reasons] + outdated


def test_modules_are_short_or_have_a_reason_not_to_be() -> None:
    sizes = {name: len(path.read_text().splitlines()) for name, path in _modules()}

    assert [] == _unexcused(sizes, MODULE_LINES, LONG_MODULES)


def test_functions_are_short_or_have_a_reason_not_to_be() -> None:
    sizes: dict[str, int] = {}
    for name, lines in _functions():
        sizes[name] = max(lines, sizes.get(name, 0))

    assert [] == _unexcused(sizes, FUNCTION_LINES, LONG_FUNCTIONS)
