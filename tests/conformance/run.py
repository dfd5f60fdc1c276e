"""Runs Keras' own unit tests against our backend and writes `docs/conformance.md`.

    ./dev conformance [MODULE...]      such as layers.core, ops.core_test; all without arguments
    --jobs N                           processes (default 2)
    --stock                            the same on Keras' own NumPy backend, for comparison
    --results FILE                     the outcome of each test, as JSON
    --page-from FILE                   run nothing, write the page from such a FILE

The tests are those of the installed wheel, run from an empty folder: a `conftest.py` beside them
would take the place of the plugin's. The page is written only when all modules ran.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = ROOT / "docs" / "conformance.md"

MODULES = [
    *["ops.numpy_test", "ops.nn_test", "ops.core_test", "ops.math_test", "ops.linalg_test"],
    *["ops.operation_test", "ops.ops_test", "ops.node_test", "ops.einops_test"],
    *["ops.function_test", "ops.operation_utils_test"],
    *["layers.core", "layers.rnn", "layers.attention", "layers.pooling", "layers.normalization"],
    *["layers.merging", "layers.reshaping", "layers.regularization", "layers.convolutional"],
    *["layers.activations", "layers.preprocessing", "layers.layer_test", "activations"],
    *["models", "saving", "losses", "metrics", "optimizers", "initializers", "random"],
    *["trainers", "callbacks", "constraints", "regularizers", "quantizers", "utils", "tree"],
    *["dtype_policies", "backend.common", "distillation", "legacy", "testing"],
    "datasets",
]


def run_module(module, *, stock):
    """One module's outcome by test, and what pytest printed."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "results.json"
        environment = {
            **os.environ,
            "PYTHONPATH": f"{HERE}{os.pathsep}{ROOT}",
            "CONFORMANCE_OUT": str(out),
            "CONFORMANCE_STOCK": "1" if stock else "0",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "KERAS_HOME": folder,
            "JAX_PLATFORMS": "cpu",
        }
        command = [sys.executable, "-m", "pytest", "-p", "conformance_plugin", "-q", "--no-header"]
        command += ["-p", "no:cacheprovider", "-W", "ignore", "--tb=short"]
        command += ["--continue-on-collection-errors", "--pyargs", f"keras.src.{module}"]
        empty = Path(folder) / "empty"
        empty.mkdir()
        done = subprocess.run(
            command, cwd=empty, env=environment, capture_output=True, text=True, check=False
        )
        nothing = {"outcomes": {}, "messages": {}}
        found = json.loads(out.read_text(encoding="utf-8")) if out.exists() else nothing
        return module, found, done.stdout + done.stderr


def written_page(by_module):
    """The page: one row a module, then what cannot pass and why."""
    rows = [
        "| module | passed | failed | cannot pass | skipped |",
        "| --- | --- | --- | --- | --- |",
    ]
    total = Counter()
    for module, results in by_module.items():
        counts = Counter(results.values())
        total.update(counts)
        rows.append(row(module, counts))
    rows.append(row("**all**", total))
    excluded = json.loads((HERE / "excluded.json").read_text(encoding="utf-8"))
    reasons = [f"- `{entry['test']}`: {entry['reason']}" for entry in excluded]
    lines = [
        "# Conformance",
        "",
        f"Keras {version('keras')}'s own unit tests, run on our backend by `./dev conformance`,",
        "which writes this page. Tests that need a trainable backend run too.",
        "",
        *rows,
        "",
        "## What cannot pass, and why",
        "",
        *reasons,
    ]
    return "\n".join(lines) + "\n"


def row(name, counts):
    failed = counts["failed"] + counts["error"]
    return f"| {name} | {counts['passed']} | {failed} | {counts['xfailed']} | {counts['skipped']} |"


def show(module, found, printed):
    """A module's count, and what failed, with its message."""
    print(f"{module}: {dict(Counter(found['outcomes'].values()))}", flush=True)
    for name, message in found["messages"].items():
        print(f"    {name}: {message.splitlines()[-1] if message else ''}"[:200], flush=True)
    if not found["outcomes"]:
        print(printed[-3000:], flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--page-from", type=Path)
    arguments = parser.parse_args()
    if arguments.page_from:
        saved = json.loads(arguments.page_from.read_text(encoding="utf-8"))
        PAGE.write_text(written_page(saved["outcomes"]), encoding="utf-8")
        return 0
    modules = arguments.modules or MODULES
    by_module, messages = {}, {}
    with ThreadPoolExecutor(arguments.jobs) as pool:
        ran = pool.map(lambda module: run_module(module, stock=arguments.stock), modules)
        for module, found, printed in ran:
            by_module[module] = found["outcomes"]
            messages.update(found["messages"])
            show(module, found, printed)
    if arguments.results:
        arguments.results.write_text(
            json.dumps({"outcomes": by_module, "messages": messages}), encoding="utf-8"
        )
    if not arguments.modules and not arguments.stock:
        PAGE.write_text(written_page(by_module), encoding="utf-8")
    total = Counter(outcome for results in by_module.values() for outcome in results.values())
    bad = total["failed"] + total["error"]
    print(
        f"{bad} failed, {total['passed']} passed, {total['skipped']} skipped, "
        f"{total['xfailed']} xfailed"
    )
    return 1 if bad or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
