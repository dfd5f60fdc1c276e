"""`inspector run --break` and `--set`: what they print, and what they refuse at once."""

from __future__ import annotations

import pytest

from inspector.cli import main

MODEL = """
import keras
import numpy as np
keras.utils.set_random_seed(1)
inputs = keras.Input((4,), name="given")
x = keras.layers.Dense(3, name="first", kernel_initializer="ones")(inputs)
y = keras.layers.Dense(2, name="second", kernel_initializer="ones")(x)
model = keras.Model(inputs, y, name="small")
model(np.ones((5, 4), "float32"))
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "small.py"
    path.write_text(MODEL)
    return path


def test_breakpoints_print_where_they_stop_and_changes_what_comes_out(script, capsys):
    words = ["--break", "class:Dense if max(y) > 10", "--break", "op:matmul", "--break", "line:6",
             "--break", "any if w.gamma[0] > 0", "--set", "first.kernel=scale:2"]  # fmt: skip

    code = main(["run", str(script), *words])
    out = capsys.readouterr().out

    assert 0 == code
    parts = out.split("\nbreakpoint ")
    assert "small: forward pass: 1 of 2" in parts[1]
    assert "small/second#0  Dense  small.py:7" in parts[1]
    assert "small/first#0, op matmul  Dense  small.py:6" in parts[2]
    assert "small/first#0  Dense  small.py:6" in parts[3]
    assert "no weight" in parts[4].lower()
    assert "small: forward pass, if first.kernel=scale:2" in out
    assert "small/second  12 → 24" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--break", "class:Dense if maxx(y) > 1"], "Did you mean max?"),
        (["--break", "nowhere"], "names no place"),
        (["--set", "first.kernel"], "names no change"),
    ],
)
def test_wish_that_makes_no_sense_is_refused_before_anything_runs(script, capsys, words, says):
    code = main(["run", str(script), *words])
    told = capsys.readouterr()

    assert 2 == code
    assert says in told.err
    assert not told.out


def test_change_that_fits_nothing_says_what_there_is(script, capsys):
    code = main(["run", str(script), "--set", "third.kernel=zeros"])

    assert 2 == code
    assert "no call 'third'" in capsys.readouterr().err


def test_change_is_counted_where_the_mean_is_nan_before_and_after(script, capsys):
    script.write_text(
        MODEL.replace('np.ones((5, 4), "float32")', 'np.array([[np.nan] * 4, [1] * 4], "float32")')
    )

    code = main(["run", str(script), "--set", "first.kernel=scale:2"])

    assert 0 == code
    assert "3 of 3 calls give something else" in capsys.readouterr().out
