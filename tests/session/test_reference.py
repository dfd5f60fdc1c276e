"""A model handed over to another Keras, and what it gave there.

The other Keras of these tests is ours in the same process: what is tested is the way there and
back. `inspector diff FILE --twin torch --python PATH` goes it with a real one.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import CaptureError, UsageError
from inspector.session.reference.answers import Reference, as_run, run_reference

MODEL = """
inputs = keras.Input((5,), dtype="int32", name="tokens")
x = layers.Embedding(9, 4, name="embed")(inputs)
x = layers.LSTM(3, name="reader")(x)
shared = layers.Dense(3, name="shared")
model = keras.Model(inputs, [shared(shared(x)), x], name="m")
model(np.arange(10).reshape(2, 5) % 9)
"""


def _handed_over(scene):
    from inspector.loading.handing_over import hand_over

    run = scene.run("forward")
    return run, hand_over(scene.recorder, "m", run.number)


def test_every_call_comes_back_under_its_id(watch):
    from inspector.session.reference import program

    scene = watch(MODEL)
    run, folder = _handed_over(scene)

    program.main(folder)
    with np.load(folder / "outputs.npz") as found:
        other, arrays = as_run(run, dict(found))

    assert [call.id for call in other.calls] == [call.id for call in run.calls]
    assert "m/shared#1" in {call.id for call in other.calls}
    for mine, its in zip(run.calls, other.calls, strict=True):
        for one, two in zip(mine.outputs, its.outputs, strict=True):
            ours = scene.recorder.tensor(run.number, one.tensor).numpy()
            np.testing.assert_allclose(ours, arrays[two.tensor], rtol=1e-6)


def test_slices_are_answered_and_missing_values_told():
    reference = Reference({3: np.arange(6.0).reshape(2, 3)})

    answer = reference.answer(reference.ask(1, 3, (1, 0), (2, 3)))

    assert np.frombuffer(answer.data, "<f8").tolist() == [3.0, 4.0, 5.0]
    assert reference.answer(reference.ask(1, 4, (), ())).problem


def test_code_of_the_users_is_not_handed_over(watch):
    scene = watch("""
        class Twice(layers.Layer):
            def call(self, x):
                return 2 * x

        model = keras.Sequential([keras.Input((2,)), Twice()], name="m")
        model(np.ones((1, 2), "float32"))
    """)

    with pytest.raises(CaptureError, match="Twice"):
        _handed_over(scene)


def test_python_without_the_backend_is_an_error_that_names_it(watch):
    _, folder = _handed_over(watch(MODEL))

    with pytest.raises(UsageError, match="Keras on torch did not run"):
        run_reference(Path(sys.executable), "torch", folder)


def test_python_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="could not be run"):
        run_reference(tmp_path / "nowhere", "torch", tmp_path)
