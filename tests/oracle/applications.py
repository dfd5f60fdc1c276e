"""`./dev oracle applications [NAME...]`: whole models against Keras on torch (NASNet: on JAX).

Each model of `application_cases.py` is made on the judge's side, in an environment and a process
of its own; its weights and scores come back in a file that is not kept. Ours gets the same weights
and pictures. With no NAME, all models run and `docs/applications.md` is written.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "applications.md"
GOAL = 1e-5
sys.path.insert(0, str(HERE))
from application_cases import (  # noqa: E402
    FAMILIES,
    PICTURES,
    made,
    pictures,
    random_weights,
    settle,
)


def judge(family, target):
    """The judge's side: weights and scores of one model, into a file."""
    import keras

    model, inputs = made(keras, family), pictures(family)
    model.set_weights(random_weights(model, family))
    settle(keras, model, inputs)
    scores = keras.ops.convert_to_numpy(keras.ops.stop_gradient(model(inputs, training=False)))
    weights = {f"weight{i}": value for i, value in enumerate(model.get_weights())}
    np.savez(target, scores=scores, **weights)


def asked(family, folder):
    """The file that the judge left."""
    target = Path(folder) / f"{family.name}.npz"
    environment = {**os.environ, "KERAS_BACKEND": family.judge, "JAX_PLATFORMS": "cpu"}
    command = [os.environ["INSPECTOR_ORACLE_PYTHON"], __file__, "--judge", family.name, str(target)]
    subprocess.run(command, env=environment, check=True)
    return target


def compared(family, file):
    """Largest difference over largest score, how far scores spread, and the number of weights."""
    import keras

    with np.load(file) as found:
        wanted = found["scores"]
        model = made(keras, family)
        model.set_weights([found[f"weight{i}"] for i in range(len(model.weights))])
    scores = np.asarray(model(pictures(family), training=False))
    largest = float(np.abs(wanted).max())
    difference = float(np.abs(scores - wanted).max()) / largest
    # How much the answer depends on the picture: zero would mean that nothing was compared.
    spread = float((wanted.max(0) - wanted.min(0)).max()) / largest
    return difference, spread, model.count_params()


def page(rows):
    """The page's text."""
    lines = [
        "# keras.applications against Keras on torch and JAX",
        "",
        "Written by `./dev oracle applications`: random weights, the same on both sides, batch",
        "norms with the statistics of the pictures, float32, scores before the softmax of",
        f"{PICTURES} pictures. *Difference* is max |ours − judge| / max |judge|; the goal is",
        f"{GOAL:g}. *Spread* is how far the judge's scores of different pictures are apart, over",
        "the same maximum.",
        "",
        "| model | judge | pictures | weights | difference | spread |",
        "| --- | --- | --- | --- | --- | --- |",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def main(names):
    from inspector.keras_backend import install

    install("numpy")
    rows, missed = [], []
    for family in FAMILIES:
        if names and family.name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            difference, spread, weights = compared(family, asked(family, folder))
        print(
            f"{family.name:18} {family.judge:5} difference {difference:.1e} spread {spread:.2f}",
            flush=True,
        )
        side = f"{family.side} × {family.side}"
        rows.append(
            f"| {family.name} | {family.judge} | {side} | {weights:,} "
            f"| {difference:.1e} | {spread:.2f} |"
        )
        if difference > GOAL:
            missed.append(family.name)
    if not names:
        PAGE.write_text(page(rows), encoding="utf-8")
    print(f"{len(rows)} models, {len(missed)} over {GOAL}: {', '.join(missed)}".rstrip(": "))
    return 1 if missed or not rows else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--judge"]:
        _, _, name, target = sys.argv
        judge(next(family for family in FAMILIES if family.name == name), target)
    else:
        sys.exit(main(sys.argv[1:]))
