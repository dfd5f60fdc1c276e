"""Nothing is there by half: errors have a way out and a test, hooks a row and a test, and so on."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from inspector import api, errors, hookspecs
from inspector.errors import InspectorError
from inspector.exporters.formats import FORMATS

ROOT = Path(__file__).resolve().parents[1]
ERRORS = sorted(
    name
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, InspectorError) and cls is not InspectorError
)
HOOKS = sorted(
    name for name, hook in inspect.getmembers(hookspecs) if hasattr(hook, "inspector_spec")
)
SAMPLES = sorted((ROOT / "sample_models").glob("*.py"))


@cache
def _calls_of_errors() -> tuple[tuple[str, str, ast.Call], ...]:
    return tuple(_find_calls_of_errors())


def _find_calls_of_errors() -> Iterator[tuple[str, str, ast.Call]]:
    for path in sorted((ROOT / "inspector").rglob("*.py")) + sorted(
        (ROOT / "plugins").rglob("*.py")
    ):
        for item in ast.walk(ast.parse(path.read_text())):
            if isinstance(item, ast.Call):
                name = item.func.attr if isinstance(item.func, ast.Attribute) else None
                name = item.func.id if isinstance(item.func, ast.Name) else name
                if name in ERRORS:
                    yield name, f"{path.relative_to(ROOT)}:{item.lineno}", item


@pytest.mark.parametrize("error", ERRORS)
def test_error_is_raised_somewhere(error: str) -> None:
    places = [place for name, place, _ in _calls_of_errors() if name == error]

    assert places, f"nothing raises {error}: take the class out, or raise it"


def test_every_error_says_what_to_do() -> None:
    # A `**fields` argument carries the fix from another error.
    without = [
        place
        for _, place, call in _calls_of_errors()
        if not {"fix", None} & {keyword.arg for keyword in call.keywords}
    ]

    assert [] == without


@pytest.mark.parametrize("error", ERRORS)
def test_error_is_expected_by_a_test(error: str) -> None:
    expects = re.compile(rf"raises\([^)]*\b{error}\b|[\"']{error}\b")
    texts = (path.read_text() for path in sorted((ROOT / "tests").rglob("test_*.py")))

    assert any(expects.search(text) for text in texts), f"no test expects {error}"


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_has_a_test_and_a_row_and_a_first_party_plugin(hook: str) -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests" / "plugins").glob("test_*.py"))
    readme = (ROOT / "plugins" / "README.md").read_text()
    plugins = (ROOT / "plugins" / "inspector_plugins").glob("*.py")

    assert f"def test_hook_{hook}_" in tests
    assert f"| `{hook}()` |" in readme
    assert any(f"def {hook}(" in path.read_text() for path in plugins)


def test_public_names_are_listed_sorted_and_documented() -> None:
    public = {name for name in vars(api) if not name.startswith("_")}

    assert public == set(api.__all__)
    classes = [getattr(api, name) for name in api.__all__ if inspect.isclass(getattr(api, name))]
    functions = [api.call_graph, api.children, api.from_plain, api.to_plain]
    assert [] == [thing.__name__ for thing in classes + functions if not thing.__doc__]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_model_says_what_to_look_at(path: Path) -> None:
    comment = re.match(r"(#.*\n)+", path.read_text())

    assert comment is not None
    assert "# Look at: " in comment[0]
    assert len(path.read_text().splitlines()) <= 120


def test_readme_lists_every_command_and_format() -> None:
    readme = (ROOT / "README.md").read_text()
    result = subprocess.run(
        [sys.executable, "-m", "inspector", "--help"], capture_output=True, text=True, check=True
    )
    commands = set(re.findall(r"^  inspector (\w+) ", result.stdout, re.MULTILINE))
    assert commands == set(re.findall(r"^\| `inspector ([a-z]+)", readme, re.MULTILINE))
    (formats,) = re.findall(r"writes the diagram: (.*) \|", readme)
    assert {suffix.lstrip(".") for suffix in FORMATS} <= set(formats.split(", "))


def _doctest_modules() -> list[str]:
    names = ["inspector.api"]
    for package in ("trace", "engine", "layout"):
        for path in sorted((ROOT / "inspector" / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            names.append(".".join(parts).removesuffix(".__init__"))
    return names


@pytest.mark.parametrize("name", _doctest_modules())
def test_examples_in_docstrings_are_true(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0
