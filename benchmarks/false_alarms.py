"""False alarms: findings of all checks on `keras.applications`, where nothing is wrong.

    ./dev bench false_alarms [NAME...]

Every family is opened twice, in a worker of its own, through `inspector check`: only built, as a
file that defines a model; and compiled and fitted to one batch, as a file that trains it. Prints
a row per model and way, each finding below it, and last the sum. Exit code 1 when there is any.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "oracle"))
from application_cases import FAMILIES, Family  # noqa: E402

BUILT = """\
import keras

model = keras.applications.{name}(weights=None, input_shape=({side}, {side}, 3))
"""
TRAINED = """\
import keras
import numpy as np

pictures = np.random.uniform(0, 255, (4, {side}, {side}, 3)).astype("float32")
classes = np.random.randint(0, 10, (4,))

model = keras.applications.{name}(weights=None, input_shape=({side}, {side}, 3), classes=10)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(pictures, classes, batch_size=4)
"""
WAYS = {"built": BUILT, "trained": TRAINED}


def findings(family: Family, source: str) -> list[dict[str, object]]:
    """What `inspector check` finds in a script of one family."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / f"{family.name.lower()}.py"
        script.write_text(source.format(name=family.name, side=family.side), encoding="utf-8")
        command = [sys.executable, "-m", "inspector", "check", str(script), "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(
            f"{family.name}: inspector check ended with {done.returncode}\n{done.stderr}"
        )
    return list(json.loads(done.stdout))


def main(names: list[str]) -> int:
    """Open the families, print their findings and the sum."""
    chosen = [family for family in FAMILIES if not names or family.name in names]
    alarms = 0
    for family in chosen:
        for way, source in WAYS.items():
            start = time.perf_counter()
            found = findings(family, source)
            alarms += len(found)
            seconds = time.perf_counter() - start
            print(f"{family.name:18} {way:8} {len(found)} findings {seconds:6.1f} s", flush=True)
            for finding in found:
                print(f"    {finding['rule']} ({finding['severity']}): {finding['message']}")
    print(f"{alarms} false alarms in {len(chosen)} models, each built and trained")
    return 1 if alarms or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
