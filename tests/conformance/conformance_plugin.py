"""pytest plugin: Keras' own unit tests on our backend.

It does what the `conftest.py` of Keras' repository does, which no release carries; with one
difference: tests that need a trainable backend run. Tests that cannot pass are in
`excluded.json`, each with its reason, and count as failures when they pass.
"""

import json
import os
import sys
import types
from pathlib import Path

import pytest

STOCK = os.environ.get("CONFORMANCE_STOCK") == "1"

if STOCK:
    os.environ["KERAS_BACKEND"] = "numpy"
else:
    from inspector.keras_backend import install

    install("numpy")

from keras.src.backend import backend  # noqa: E402  # only once the backend is chosen

# Seven test files begin with `from conftest import skip_if_backend`.
conftest = types.ModuleType("conftest")
conftest.skip_if_backend = lambda name, reason: pytest.mark.skipif(backend() == name, reason=reason)
sys.modules["conftest"] = conftest

EXCLUDED = json.loads((Path(__file__).parent / "excluded.json").read_text(encoding="utf-8"))


def identity(path, nodeid=""):
    """`ops/core_test::CoreOpsTest::test_map`, wherever Keras is installed and pytest started."""
    inside = str(path).replace("\\", "/").rpartition("keras/src/")[2].removesuffix(".py")
    rest = nodeid.partition("::")[2]
    return f"{inside}::{rest}" if rest else inside


def excluded_for(name):
    """Why a test cannot pass; None when it must."""
    for entry in EXCLUDED:
        if name == entry["test"] or name.startswith((entry["test"] + "::", entry["test"] + "[")):
            return entry["reason"]
    return None


def pytest_configure(config):
    for marker in ("requires_trainable_backend: needs training", "multi_device: needs several"):
        config.addinivalue_line("markers", marker)


def pytest_ignore_collect(collection_path):
    """Files that cannot even be imported here."""
    name = identity(collection_path)
    reason = next((e["reason"] for e in EXCLUDED if e["test"] == name and e.get("file")), None)
    return True if reason and not STOCK else None


def pytest_collection_modifyitems(items):
    for item in items:
        if "multi_device" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="there is one device"))
        if STOCK and "requires_trainable_backend" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="stock cannot train"))
        name = NAMES[item.nodeid] = identity(item.path, item.nodeid)
        reason = excluded_for(name)
        if reason and not STOCK:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


def pytest_runtest_logreport(report):
    name = NAMES[report.nodeid]
    if report.when == "call" or report.outcome != "passed":
        RESULTS[name] = "xfailed" if hasattr(report, "wasxfail") else report.outcome
        if report.failed:
            MESSAGES[name] = message_of(report)


def pytest_collectreport(report):
    if report.failed:
        name = identity(report.fspath)
        RESULTS[name] = "error"
        MESSAGES[name] = message_of(report)


NAMES: dict[str, str] = {}
RESULTS: dict[str, str] = {}
MESSAGES: dict[str, str] = {}


def message_of(report):
    """The last line of what went wrong."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return (crash.message if crash else str(report.longrepr)).strip()[-300:]


def pytest_sessionfinish():
    target = os.environ.get("CONFORMANCE_OUT")
    if target:
        found = {"outcomes": RESULTS, "messages": MESSAGES}
        Path(target).write_text(json.dumps(found, sort_keys=True), encoding="utf-8")
