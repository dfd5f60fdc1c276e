"""A part of Keras' own tests, small enough for each change; `./dev conformance` runs them all."""

import importlib.util
import json
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "conformance"


def runner():
    spec = importlib.util.spec_from_file_location("conformance_run", FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# None of these imports JAX, which only the whole command's own environment has.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "at_least"),
    [("ops.core_test", 165), ("activations", 51), ("layers.core", 279), ("losses", 180)],
)
def test_kerass_own_tests_pass_on_our_backend(module, at_least):
    _, found, printed = runner().run_module(module, stock=False)

    counts = Counter(found["outcomes"].values())

    assert found["messages"] == {}, printed[-3000:]
    assert counts["passed"] >= at_least


def test_each_excluded_test_has_a_reason():
    excluded = json.loads((FOLDER / "excluded.json").read_text(encoding="utf-8"))

    assert all(entry["test"] and entry["reason"] for entry in excluded)
    assert len({entry["test"] for entry in excluded}) == len(excluded)


def test_excluded_names_cover_a_class_a_test_and_its_parameters():
    entry = {"test": "a/b_test::Case::test_x", "reason": "r"}

    assert covers(entry, "a/b_test::Case::test_x")
    assert covers(entry, "a/b_test::Case::test_x[3]")
    assert covers({"test": "a/b_test", "reason": "r"}, "a/b_test::Case::test_x")
    assert not covers(entry, "a/b_test::Case::test_xy")


def covers(entry, name):
    """The plugin's rule, read without importing it: importing it would choose a backend."""
    source = (FOLDER / "conformance_plugin.py").read_text(encoding="utf-8")
    start = source.index("def excluded_for")
    stop = source.index("def pytest_configure")
    namespace = {"EXCLUDED": [entry]}
    exec(source[start:stop], namespace)
    return namespace["excluded_for"](name) is not None
