"""Runs Keras' own unit tests against our backend and writes `docs/conformance.md`.

    ./dev conformance [MODULE...]      such as layers.core, ops.core_test; all without arguments
    --jobs N                           processes (default 2)
    --stock                            the same on Keras' own NumPy backend; all modules together
                                       write the list of what it passes, which ours must pass too
    --results FILE                     the outcome of each test, as JSON; a FILE that is there
                                       keeps its other modules, so that a few can run again

The tests are those of the installed wheel, run from an empty folder: a `conftest.py` beside them
would take the place of the plugin's. The page is written when all modules have their results.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
import page  # noqa: E402
import stock_list  # noqa: E402

MODULES = [
    *["ops.numpy_test", "ops.nn_test", "ops.core_test", "ops.math_test", "ops.linalg_test"],
    *["ops.image_test", "ops.operation_test", "ops.ops_test", "ops.node_test", "ops.einops_test"],
    *["ops.function_test", "ops.operation_utils_test", "ops.symbolic_arguments_test"],
    *["layers.core", "layers.rnn", "layers.attention", "layers.pooling", "layers.normalization"],
    *["layers.merging", "layers.reshaping", "layers.regularization", "layers.convolutional"],
    *["layers.activations", "layers.preprocessing", "layers.layer_test", "activations"],
    *["models", "saving", "losses", "metrics", "optimizers", "initializers", "random"],
    *["trainers", "callbacks", "constraints", "regularizers", "quantizers", "utils", "tree"],
    *["dtype_policies", "backend.common", "backend.tests", "distillation", "legacy", "testing"],
    *["datasets", "wrappers"],
]
NOT_RUN = {
    "applications": "downloads weights; `./dev oracle applications` compares the models",
    "backend/jax": "another backend's own",
    "backend/tensorflow": "another backend's own",
    "backend/torch": "another backend's own",
    "distribution": "several devices, on JAX",
    "export": "formats of other backends; stock NumPy and ours refuse them",
}
# What is kept of a run beside the outcomes: messages, reasons of skips, and what Keras says of
# tests that it would skip and that ran.
NOTES = ("messages", "skips", "rescued")
NOTHING = {"outcomes": {}, **{kind: {} for kind in NOTES}}


def run_modules(modules, *, stock=False, companions=False, select=""):
    """Outcome by test, of several modules in one process, and what pytest printed.

    companions: run the tests that are named in with_companions.txt instead of the others.
    select: pytest's expression (-k) for a part of the tests.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "results.json"
        environment = {
            **os.environ,
            "PYTHONPATH": f"{HERE}{os.pathsep}{ROOT}",
            "CONFORMANCE_OUT": str(out),
            "CONFORMANCE_STOCK": "1" if stock else "0",
            "CONFORMANCE_COMPANIONS": "1" if companions else "0",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "KERAS_HOME": folder,
            "JAX_PLATFORMS": "cpu",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        command = [sys.executable, "-m", "pytest", "-p", "conformance_plugin", "-q", "--no-header"]
        command += ["-p", "no:cacheprovider", "-W", "ignore", "--tb=short", "-k", select]
        command += ["--continue-on-collection-errors", *map(str, map(place_of, modules))]
        empty = Path(folder) / "empty"
        empty.mkdir()
        done = subprocess.run(
            command, cwd=empty, env=environment, capture_output=True, text=True, check=False
        )
        found = json.loads(out.read_text(encoding="utf-8")) if out.exists() else NOTHING
        return found, done.stdout + done.stderr


def place_of(module):
    """The folder or file of a module's tests, in the installed wheel."""
    place = Path(find_spec("keras").origin).parent.joinpath("src", *module.split("."))
    return place if place.is_dir() else place.with_suffix(".py")


def processes_of(module):
    """The values of `companions` with which a module's tests run: False, True, or both."""
    patterns = (HERE / "with_companions.txt").read_text(encoding="utf-8").split()
    path = module.replace(".", "/")
    if path in patterns:
        return (True,)
    wanted = any(pattern.startswith((f"{path}/", f"{path}::")) for pattern in patterns)
    return (False, True) if wanted else (False,)


def run_both(module, *, stock):
    """A module without its companions and, where it wants them, its other tests with them."""
    found, printed = NOTHING, ""
    for companions in processes_of(module):
        more, more_printed = run_modules([module], stock=stock, companions=companions)
        found = {kind: found[kind] | more[kind] for kind in NOTHING}
        printed += more_printed
    return module, found, printed


def show(module, found, printed):
    """A module's count, and what failed, with its message."""
    print(f"{module}: {dict(Counter(found['outcomes'].values()))}", flush=True)
    for name, message in found["messages"].items():
        print(f"    {name}: {message.splitlines()[-1] if message else ''}"[:200], flush=True)
    if not found["outcomes"]:
        print(printed[-3000:], flush=True)


def run_all(modules, *, stock, jobs):
    """Outcomes by module; notes by test."""
    results = {"outcomes": {}, **{kind: {} for kind in NOTES}}
    with ThreadPoolExecutor(jobs) as pool:
        ran = pool.map(lambda module: run_both(module, stock=stock), modules)
        for module, found, printed in ran:
            results["outcomes"][module] = found["outcomes"]
            for kind in NOTES:
                results[kind] |= found[kind]
            show(module, found, printed)
    return results


def merged(earlier, results):
    """Earlier results, with those of the modules that ran again in the place of theirs."""
    outcomes = {**earlier["outcomes"], **results["outcomes"]}
    again = {name for module in results["outcomes"] for name in earlier["outcomes"].get(module, ())}
    notes = {
        kind: {name: note for name, note in earlier[kind].items() if name not in again}
        | results[kind]
        for kind in NOTES
    }
    in_order = [module for module in MODULES if module in outcomes]
    return {"outcomes": {module: outcomes[module] for module in in_order}, **notes}


def write(results, *, stock):
    """What a run of all modules leaves in the repository: the list, or the page."""
    if stock:
        outcomes = results["outcomes"].values()
        passed = {name for found in outcomes for name, was in found.items() if was == "passed"}
        stock_list.LIST.write_text(stock_list.written(passed), encoding="utf-8")
    else:
        page.PAGE.write_text(page.written(results), encoding="utf-8")


def verdict(results, *, stock):
    """The last lines: counts, and what stock passes and ours does not. 1 when something is bad."""
    outcomes = results["outcomes"]
    total = Counter(outcome for found in outcomes.values() for outcome in found.values())
    lost = {} if stock else stock_list.missing(outcomes)
    for name, outcome in lost.items():
        print(f"stock passes, ours {outcome}: {name}")
    bad = total["failed"] + total["error"]
    print(
        f"{bad} failed, {total['passed']} passed, {total['skipped']} skipped, "
        f"{total['xfailed']} xfailed; {len(lost)} of what stock passes lost"
    )
    return 1 if bad or lost or not total["passed"] else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    stock = arguments.stock
    results = run_all(arguments.modules or MODULES, stock=stock, jobs=arguments.jobs)
    if arguments.results:
        if arguments.results.exists():
            earlier = json.loads(arguments.results.read_text(encoding="utf-8"))
            results = merged(earlier, results)
        arguments.results.write_text(json.dumps(results), encoding="utf-8")
    if results["outcomes"].keys() >= set(MODULES):
        write(results, stock=stock)
    return verdict(results, stock=stock)


if __name__ == "__main__":
    sys.exit(main())
