"""A script whose statement fails is run on without it, and the first failure is kept."""

from __future__ import annotations

import pytest

from inspector.loading.guesses import guessed

DATA_IS_MISSING = """
import keras
from no_such_package import load_everything
words = load_everything("somewhere")
if True:
    num_classes = {}["classes"]
    hidden = 12
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(hidden),
                          keras.layers.Dense(num_classes)], name="classifier")
raise ValueError("at the end")
print("NOT REACHED")
"""


@pytest.fixture(scope="module")
def missing(open_script):
    return open_script(DATA_IS_MISSING)


def test_run_to_end_keeps_the_first_failure(missing):
    assert (missing.failure.type, missing.failure.line) == ("ModuleNotFoundError", 3)


def test_run_to_end_builds_the_model_after_failures(missing):
    run = missing.runs("classifier", "forward")[0]

    assert run.calls[-1].outputs[0].shape[-1] == 10  # guessed by its name: num_classes


def test_run_to_end_lists_each_statement_left_out(missing):
    lines = [one.line for one in missing.result.trace.replaced if one.what.startswith("line ")]

    # `words` is a stand-in's answer: its line does not fail.
    assert lines == [3, 6, 10]


def test_run_to_end_goes_on_within_a_block(open_script):
    opened = open_script(
        "import keras\nfrom contextlib import nullcontext\nwith nullcontext():\n"
        "    x = {}['no']\n    model = keras.Sequential([keras.Input((3,)),"
        " keras.layers.Dense(2)])\n    model.summary()\nprint('END')\n"
    )

    assert "END" in opened.printed
    assert opened.runs("sequential", "forward")


def test_run_to_end_stops_at_a_model_that_fails(open_script):
    opened = open_script(
        "import keras\nx = keras.Input((3,))\ny = keras.layers.Dense(2)(x)\n"
        "z = keras.layers.Reshape((7,))(y)\nprint('AFTER')\n"
    )

    assert opened.failure.line == 4
    assert "AFTER" not in opened.printed


@pytest.mark.parametrize(
    ("name", "value"),
    [("num_classes", 10), ("vocab_size", 1000), ("input_shape", (32, 32, 3)), ("max_len", 20),
     ("dropout_rate", 0.1), ("num_heads", 2), ("embed_dim", 16), ("x_train", None),
     ("train_ds", None), ("model", None), ("history", None)],
)  # fmt: skip
def test_guessed_goes_by_the_name(name, value):
    assert guessed(name) == value
