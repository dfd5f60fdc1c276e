"""A part of Keras' own tests, small enough for each change; `./dev conformance` runs them all."""

import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "conformance"
sys.path.insert(0, str(FOLDER))
import page  # noqa: E402
import run  # noqa: E402
import stock_list  # noqa: E402

# Each in one process, without the tests that compare with JAX, which only the whole command's own
# environment has.
PARTS = {
    "ops": (
        "ops.numpy_test ops.nn_test ops.core_test ops.linalg_test ops.operation_test ops.ops_test "
        "ops.node_test ops.einops_test ops.function_test ops.operation_utils_test "
        "ops.symbolic_arguments_test",
        1475,
    ),
    "layers": (
        "layers.core layers.rnn layers.attention layers.pooling layers.normalization "
        "layers.merging layers.reshaping layers.convolutional layers.regularization "
        "layers.activations layers.layer_test",
        1295,
    ),
    "models": (
        "models saving losses metrics optimizers callbacks activations constraints regularizers "
        "distillation legacy dtype_policies tree testing datasets",
        1440,
    ),
    "rest": (
        "random quantizers backend.common trainers.compile_utils_test utils layers.preprocessing "
        "initializers.constant_initializers_test initializers.random_initializers_test",
        770,
    ),
}
WITHOUT_JAX = "not DtypeTest and not DtypesTest and not test_jax and not test_dynamic_backend_jax"


@pytest.mark.parametrize("part", PARTS)
def test_kerass_own_tests_pass_on_our_backend(part):
    modules, at_least = PARTS[part]

    found, printed = run.run_modules(modules.split(), select=WITHOUT_JAX)

    outcomes = found["outcomes"]
    assert found["messages"] == {}, printed[-3000:]
    assert Counter(outcomes.values())["passed"] >= at_least
    # What stock passes, ours neither fails nor skips; `requests` is in the whole command's
    # environment only.
    skipped = {name for name, reason in found["skips"].items() if "requests" not in reason}
    assert sorted(skipped & stock_list.read()) == []


def test_each_excluded_test_has_a_reason():
    excluded = json.loads((FOLDER / "excluded.json").read_text(encoding="utf-8"))

    assert all(entry["test"] and entry["reason"] for entry in excluded)
    assert len({entry["test"] for entry in excluded}) == len(excluded)


def test_excluded_names_cover_a_class_a_test_and_its_parameters():
    covers = rule_of_the_plugin()

    assert covers("a/b_test::Case::test_x", "a/b_test::Case::test_x")
    assert covers("a/b_test::Case::test_x", "a/b_test::Case::test_x[3]")
    assert covers("a/b_test", "a/b_test::Case::test_x")
    assert covers("a/b_test::Case::test_x_*", "a/b_test::Case::test_x_1")
    assert not covers("a/b_test::Case::test_x", "a/b_test::Case::test_xy")


def rule_of_the_plugin():
    """Read without importing the plugin: importing it would hide modules and choose a backend."""
    source = (FOLDER / "conformance_plugin.py").read_text(encoding="utf-8")
    start = source.index("def covers")
    stop = source.index("def excluded_for")
    namespace = {"fnmatch": importlib.import_module("fnmatch")}
    exec(source[start:stop], namespace)
    return namespace["covers"]


def test_list_of_what_stock_passes_reads_back_as_written():
    names = stock_list.read()

    assert len(names) > 12_000
    assert stock_list.written(names) == stock_list.LIST.read_text(encoding="utf-8")


def test_what_stock_passes_and_ours_did_not_is_named():
    test = "ops/core_test::CoreOpsCorrectnessTest::test_cast"
    assert test in stock_list.read()
    others = {"ops/core_test": "passed"} | {
        name: "passed" for name in stock_list.read() if name.startswith("ops/core_test")
    }

    assert stock_list.missing({"ops.core_test": others | {test: "skipped"}}) == {test: "skipped"}
    assert stock_list.missing({"ops.core_test": others}) == {}


def test_every_test_file_of_keras_belongs_to_a_module_or_has_a_reason():
    source = Path(importlib.util.find_spec("keras").origin).parent / "src"
    files = {str(path.relative_to(source))[:-3] for path in source.rglob("*_test.py")}
    known = [*(module.replace(".", "/") for module in run.MODULES), *run.NOT_RUN]

    assert (
        sorted(file for file in files if not f"{file}/".startswith(tuple(f"{k}/" for k in known)))
        == []
    )


def test_page_counts_by_module_and_by_reason_of_skips():
    results = {
        "outcomes": {"ops.core_test": {"ops/core_test::A::test_a": "passed", "b": "skipped"}},
        "messages": {},
        "skips": {"b": "Backend has no\n  sparse tensors"},
        "rescued": {"ops/core_test::A::test_a": "numpy cannot", "elsewhere": "numpy cannot"},
    }

    text = page.written(results)

    assert "| ops.core_test | 1 | 0 | 0 | 1 |" in text
    assert "| 1 | Backend has no sparse tensors |" in text
    assert "| 1 | numpy cannot |" in text
