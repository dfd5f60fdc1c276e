"""Writes `docs/conformance.md`: a row a module, what cannot pass, what Keras itself skips."""

import json
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import stock_list

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "docs" / "conformance.md"

HEAD = """\
# Conformance

Keras {version}'s own unit tests, run on our backend by `./dev conformance`, which writes this page.
Tests that need a trainable backend run too, and the check of a
layer ends with a training step. {stock} of them pass on Keras' own NumPy backend
(`tests/conformance/stock_passes.txt`), {lost} of those do not pass on ours.

{companioned} tests compare with TensorFlow, torch, Grain, pandas, Pillow or scikit-learn, or feed
their data sets; they run in processes of their own, and the other tests never see those packages.
"""


def written(results):
    """The page's text, of what a run of all modules gave."""
    by_module = results["outcomes"]
    excluded = json.loads((HERE / "excluded.json").read_text(encoding="utf-8"))
    lines = [
        heading(results),
        *table(by_module),
        "",
        "## What cannot pass, and why",
        "",
        *[f"- `{entry['test']}`: {entry['reason']}" for entry in excluded],
        *expected_by_keras(by_module),
        "",
        "## What Keras would skip, and runs here",
        "",
        *rescued(results),
        "",
        "## What Keras skips, and why",
        "",
        *skipped(results["skips"]),
    ]
    return "\n".join(lines) + "\n"


def heading(results):
    outcomes = {name for found in results["outcomes"].values() for name in found}
    patterns = (HERE / "with_companions.txt").read_text(encoding="utf-8").split()
    stems = tuple(pattern.rstrip("*") for pattern in patterns)
    stock = stock_list.read()
    lost = stock_list.missing(results["outcomes"])
    excluded = sum(
        results["outcomes"][module].get(name) == "xfailed"
        for module in results["outcomes"]
        for name in stock & results["outcomes"][module].keys()
    )
    return HEAD.format(
        version=version("keras"),
        stock=len(stock),
        lost=len(lost) + excluded,
        companioned=sum(name.startswith(stems) for name in outcomes),
    )


def table(by_module):
    """Counts by module, and their sum."""
    yield "| module | passed | failed | cannot pass | skipped |"
    yield "| --- | --- | --- | --- | --- |"
    total = Counter()
    for module, outcomes in by_module.items():
        counts = Counter(outcomes.values())
        total.update(counts)
        yield row(module, counts)
    yield row("**all**", total)


def row(name, counts):
    failed = counts["failed"] + counts["error"]
    return f"| {name} | {counts['passed']} | {failed} | {counts['xfailed']} | {counts['skipped']} |"


def expected_by_keras(by_module):
    """The checks of scikit-learn's that Keras itself expects to fail, on every backend."""
    outcomes = by_module.get("wrappers", {}).values()
    if count := sum(outcome == "xfailed" for outcome in outcomes):
        yield (
            f"- `wrappers/sklearn_test`: {count} of scikit-learn's checks, which Keras expects to "
            "fail on every backend (its `EXPECTED_FAILED_CHECKS`)"
        )


def rescued(results):
    """Reasons of skips that do not hold for ours, with how many tests pass in spite of them."""
    passed = {
        name
        for found in results["outcomes"].values()
        for name, outcome in found.items()
        if outcome == "passed"
    }
    yield from skipped({n: reason for n, reason in results["rescued"].items() if n in passed})


def skipped(skips):
    """Each reason that Keras gives, with how many tests it holds for, the most frequent first."""
    yield "| tests | the reason that Keras gives |"
    yield "| --- | --- |"
    reasons = Counter(" ".join(reason.split()).replace("|", "\\|") for reason in skips.values())
    for reason, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"| {count} | {reason} |"
