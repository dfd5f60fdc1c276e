"""Functions and layers of Keras on our backend, with CuPy's rules in force.

What they give on NumPy is compared elsewhere (with NumPy itself, with Keras on torch); here the
same calls have to give the same on the stand-in.
"""

from __future__ import annotations

import pytest
from case_runs import differences
from cupy_stand_in import namespace, syncs
from keras_runs import RUNS, keras, small_model

from inspector.engine import array_module
from inspector.engine.cuda import dispatch


@pytest.fixture
def stand_in(monkeypatch):
    """CuPy's stand-in is the array module from the call on."""

    def use():
        monkeypatch.setattr(array_module, "xp", namespace.xp)
        monkeypatch.setattr(array_module, "special", lambda: namespace.special)
        dispatch.install(monkeypatch.setattr)

    yield use
    keras.utils.clear_session(free_memory=False)  # its seed may be an array of the stand-in


@pytest.mark.parametrize("name", RUNS)
def test_function_or_layer_gives_what_it_gives_on_numpy(name, stand_in):
    right = RUNS[name]()
    stand_in()

    # The kernels round as the host compiler's exp and sqrt do, in another order than NumPy's.
    assert differences(RUNS[name](), right, 1e-5 if name == "training" else 3e-6) == ""


def test_training_step_waits_for_its_reports_only(stand_in):
    stand_in()
    model, x, y = small_model()
    model.train_on_batch(x, y)

    with syncs.counted() as waits:
        model.train_on_batch(x, y)

    # The loss, the accuracy, and the seed of the dropout, which is drawn on the host.
    assert waits == {"get": 3}
