"""pytest plugin: Keras' own unit tests on our backend.

It does what the `conftest.py` of Keras' repository does, which no release carries; with one
difference: tests run that need a trainable backend, or are skipped for faults of stock NumPy's.
Tests that cannot pass are in `excluded.json`, each with its reason, and count as failures when
they pass.

Some tests compare with TensorFlow, torch and others, or feed their data sets. Those are named in
`with_companions.txt` and run in a process of their own: everywhere else the companions are hidden,
because Keras takes other paths where it finds them, and the product has none of them.
"""

import fnmatch
import importlib.abc
import json
import os
import re
import sys
import types
import unittest
from pathlib import Path

import posing
import pytest

HERE = Path(__file__).parent
STOCK = os.environ.get("CONFORMANCE_STOCK") == "1"
COMPANIONS = os.environ.get("CONFORMANCE_COMPANIONS") == "1"
HIDDEN = {"tensorflow", "torch", "grain", "pandas", "PIL", "sklearn", "orbax", "tensorboard"}


class Hiding(importlib.abc.MetaPathFinder):
    """As if the companions were not installed."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


if not COMPANIONS:
    sys.meta_path.insert(0, Hiding())
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

EXCLUDED = json.loads((HERE / "excluded.json").read_text(encoding="utf-8"))
# Reasons of skips that Keras gives for what its NumPy backend, or another that the test was written
# for, cannot do and ours can.
FAULTS_OF_STOCK = (
    "Broken with NumPy backend",
    "Failing for numpy backend",
    "numpy doesn't implement custom ops for einsum",
    "remat not supported on OpenVino and Numpy",
    "compute_output_spec not supported with numpy",
    "`predict` errors out with 'autodetected range",
    "When using FeatureSpace as a Model in torch and numpy",
    "StringLookup symbolic string Input not supported on numpy",
    "The NumPy and OpenVINO backends do not implement fit",
    "Key/Value broadcasting is not supported on numpy",
    "Flash attention is not supported",
    "Flash attention only supported on JAX and Torch",
    "Backend does not support jvp operation",
    "Trainer not implemented from NumPy backend",
    "synchronized=True only implemented for TF backend",
    "Channels-first axis only supported on Torch",
    "dilation_rate>1 with strides>1 not supported with TF",
    "Unsupported configuration",
    "Skipping test because the backend is not TensorFlow",
    "Need to import torch",
    "Test symbolic call for torch meta device",
    "`unrolled_steps_per_execution` is only available with the tensorflow backend",
    "Requires string dtype",
    "Requires string input dtype",
    "Requires string tensors",
    "Uses string dtype",
    "one_hot output only supported on TensorFlow",
    "meshgrid doesn't support bool dtype",
    "searchsorted doesn't support bool dtype",
    "invert=True requires TensorFlow string tensors",
)
ADDRESS = re.compile("0x[0-9a-f]+")
COMPANIONED = (HERE / "with_companions.txt").read_text(encoding="utf-8").split()


def identity(path, nodeid=""):
    """`ops/core_test::CoreOpsTest::test_map`, wherever Keras is installed and pytest started."""
    inside = str(path).replace("\\", "/").rpartition("keras/src/")[2].removesuffix(".py")
    rest = ADDRESS.sub("0x", nodeid.partition("::")[2])
    return f"{inside}::{rest}" if rest else inside


def covers(pattern, name):
    """A pattern stands for a file, a class, a test with its parameters, or what `*` matches."""
    return any(fnmatch.fnmatchcase(name, pattern + end) for end in ("", "::*", "[[]*"))


def excluded_for(name):
    """Why a test cannot pass; None when it must."""
    return next((entry["reason"] for entry in EXCLUDED if covers(entry["test"], name)), None)


def by_chance(name):
    """Whether an excluded test may pass on some machines."""
    return any(entry.get("by_chance") and covers(entry["test"], name) for entry in EXCLUDED)


def wants_companions(name):
    return any(covers(pattern, name) for pattern in COMPANIONED)


def note_rescue(item):
    """Keep what Keras says of a test that it would skip."""
    if "requires_trainable_backend" in item.keywords:
        RESCUED[NAMES[item.nodeid]] = "needs a trainable backend"
    for mark in item.iter_markers("skipif"):
        if any(mark.args) and is_no_reason(item, mark):
            RESCUED[NAMES[item.nodeid]] = mark.kwargs["reason"]


def drop_skips(item):
    for node in item.listchain():
        node.own_markers[:] = [mark for mark in node.own_markers if not is_no_reason(item, mark)]


def is_no_reason(item, mark):
    """Whether Keras skips for a fault of its own NumPy backend, or for its name."""
    posed = posing.pose_of(NAMES[item.nodeid]) is not None
    return mark.name == "skipif" and (posed or names_a_fault(mark.kwargs.get("reason", "")))


def names_a_fault(reason):
    return any(fault in " ".join(str(reason).split()) for fault in FAULTS_OF_STOCK)


def unless_a_fault(skip):
    """The function that skips a running test, going on where it would for a fault of stock's."""

    def skip_or_go_on(*args, **kwargs):
        *_, reason = [*args, *kwargs.values()]
        if not names_a_fault(reason):
            skip(*args, **kwargs)
        RESCUED[NAMES[running.nodeid]] = reason

    skip_or_go_on.Exception = pytest.skip.Exception
    return skip_or_go_on


if not STOCK:
    pytest.skip = unless_a_fault(pytest.skip)
    unittest.TestCase.skipTest = unless_a_fault(unittest.TestCase.skipTest)


def pytest_configure(config):
    for marker in ("requires_trainable_backend: needs training", "multi_device: needs several"):
        config.addinivalue_line("markers", marker)


def pytest_ignore_collect(collection_path):
    """Files that cannot even be imported here."""
    if collection_path.suffix != ".py":
        return None
    name = identity(collection_path)
    if not COMPANIONS:
        return True if name in COMPANIONED else None
    return None if any(pattern.partition("::")[0] == name for pattern in COMPANIONED) else True


def pytest_collection_modifyitems(items, config):
    here, elsewhere = [], []
    for item in items:
        name = NAMES[item.nodeid] = identity(item.path, item.nodeid)
        (here if wants_companions(name) == COMPANIONS else elsewhere).append(item)
    items[:] = here
    config.hook.pytest_deselected(items=elsewhere)
    for item in items:
        if "multi_device" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="there is one device"))
        if STOCK and "requires_trainable_backend" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="stock cannot train"))
        if not STOCK:
            note_rescue(item)
    # Only now: a mark of a class stands for each of its tests.
    for item in [] if STOCK else items:
        drop_skips(item)
        reason = excluded_for(NAMES[item.nodeid])
        if reason:
            item.add_marker(
                pytest.mark.xfail(reason=reason, strict=not by_chance(NAMES[item.nodeid]))
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Tests that know other backends by name hear the name of one."""
    global running
    running = item
    if STOCK:
        return (yield)
    with posing.posing(NAMES[item.nodeid], item.module):
        return (yield)


def pytest_runtest_logreport(report):
    name = NAMES[report.nodeid]
    if report.when == "call" or report.outcome != "passed":
        RESULTS[name] = "xfailed" if hasattr(report, "wasxfail") else report.outcome
        if report.failed:
            MESSAGES[name] = message_of(report)
        elif report.skipped and not hasattr(report, "wasxfail"):
            SKIPS[name] = report.longrepr[2].removeprefix("Skipped: ")


def pytest_collectreport(report):
    if report.failed:
        name = identity(report.fspath)
        RESULTS[name] = "error"
        MESSAGES[name] = message_of(report)


NAMES: dict[str, str] = {}
RESULTS: dict[str, str] = {}
MESSAGES: dict[str, str] = {}
SKIPS: dict[str, str] = {}
# What Keras says of a test that it would skip, and that runs here.
RESCUED: dict[str, str] = {}
running = None  # the test that runs


def message_of(report):
    """The last line of what went wrong."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return (crash.message if crash else str(report.longrepr)).strip()[-300:]


def pytest_sessionfinish():
    target = os.environ.get("CONFORMANCE_OUT")
    if target:
        found = {"outcomes": RESULTS, "messages": MESSAGES, "skips": SKIPS, "rescued": RESCUED}
        Path(target).write_text(json.dumps(found, sort_keys=True), encoding="utf-8")
