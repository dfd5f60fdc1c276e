"""inspector/README.md lists every module in the order data flows, with its docstring's first line.

After a change, `.venv/bin/python tests/test_module_list.py` writes the list anew.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "inspector" / "README.md"
HEADING = """# The modules, in the order data flows

A file goes in at the top, a picture comes out at the bottom. What each may import is a contract in
`pyproject.toml`. The list is made of the docstrings: `.venv/bin/python tests/test_module_list.py`.
"""
# A file is named on the command line or in the window, opened in the worker, recorded on the way
# through Keras and the engine, read as a trace, laid out and drawn.
FLOW = ("__main__", "cli", "app", "session", "compat", "loading", "capture", "keras_backend",
        "engine", "trace", "checks", "layout", "exporters", "gui", "hookspecs", "plugin_host",
        "api", "errors")  # fmt: skip


def _place(path: Path) -> tuple[int, str]:
    """Where a module stands; one in no known place stands last, and the ladder will refuse it."""
    parts = path.relative_to(ROOT / "inspector").with_suffix("").parts
    return (FLOW.index(parts[0]) if parts[0] in FLOW else len(FLOW), "/".join(parts))


def _line(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts).removesuffix(".__init__")
    docstring = ast.get_docstring(ast.parse(path.read_text())) or "(no docstring)"
    indent = "  " * (name.count(".") - 1)
    return f"{indent}- `{name}`: {' '.join(docstring.partition(chr(10) * 2)[0].split())}"


def module_list() -> str:
    """The text that inspector/README.md must have."""
    package = ROOT / "inspector"
    paths = [path for path in package.rglob("*.py") if path.parent != package or _is_listed(path)]
    return HEADING + "\n" + "\n".join(_line(path) for path in sorted(paths, key=_place)) + "\n"


def _is_listed(path: Path) -> bool:
    return path.name != "__init__.py"  # it holds the version only


def test_module_list_matches_the_docstrings() -> None:
    expected = module_list().splitlines()
    found = README.read_text().splitlines()

    missing = [line for line in expected if line not in found]
    outdated = [line for line in found if line not in expected]

    assert ([], []) == (missing, outdated), "run: .venv/bin/python tests/test_module_list.py"
    assert expected == found


if __name__ == "__main__":
    README.write_text(module_list())
