"""Functions and layers of Keras on our backend, with CuPy's rules in force.

What they give on NumPy is compared elsewhere (with NumPy itself, with Keras on torch); here the
same calls have to give the same on the stand-in.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from inspector import engine
from inspector.engine import Tensor, array_module, autodiff
from inspector.keras_backend import hook

hook.install("numpy")
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "keras_backend")]

import keras  # noqa: E402
from cupy_stand_in import namespace, syncs  # noqa: E402
from numpy_trials import CREATION, TRIALS  # noqa: E402


def module_of(name):
    spec = importlib.util.spec_from_file_location(name, HERE.parent / "oracle" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


LAYERS, FUNCTIONS = module_of("layer_cases"), module_of("function_cases")
functions = importlib.import_module("inspector.keras_backend.ops.numpy")
EVERY_TRIAL = [*TRIALS, *CREATION]
IDS = [f"{number}-{name}" for number, (name, _, _) in enumerate(EVERY_TRIAL)]
# Fresh memory holds anything: nothing to compare.
NOT_COMPARED = {"empty", "empty_like"}


@pytest.fixture
def stand_in(monkeypatch):
    """CuPy's stand-in is the array module from the call on."""

    def use():
        monkeypatch.setattr(array_module, "xp", namespace.xp)
        monkeypatch.setattr(array_module, "special", lambda: namespace.special)

    yield use
    keras.utils.clear_session(
        free_memory=False
    )  # its seed generator may hold an array of the stand-in


def tensors(nested):
    if isinstance(nested, np.ndarray):
        return Tensor(array_module.xp.asarray(nested))
    if isinstance(nested, list) and nested and isinstance(nested[0], np.ndarray):
        return [tensors(item) for item in nested]
    return nested


def results(made):
    return list(made) if isinstance(made, list | tuple) else [made]


def assert_same(found, right, tolerance=1e-6):
    assert [type(x) for x in found] == [type(x) for x in right]
    for one, other in zip(found, right, strict=True):
        if not isinstance(other, Tensor):
            assert one == other
            continue
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        assert type(one.data) is namespace.xp.ndarray
        values, wanted = one.numpy(), other.numpy()
        size = float(np.nanmax(np.abs(np.where(np.isfinite(wanted), wanted, 0)), initial=1.0))
        np.testing.assert_allclose(values, wanted, rtol=tolerance, atol=tolerance * size)


@pytest.mark.parametrize(("name", "args", "options"), EVERY_TRIAL, ids=IDS)
def test_function_of_numpy_gives_the_same(name, args, options, stand_in):
    def run():
        ready = {key: tensors(value) for key, value in options.items()}
        return results(getattr(functions, name)(*map(tensors, args), **ready))

    right = run()
    stand_in()
    found = run()

    if name not in NOT_COMPARED:
        assert_same(found, right)


@pytest.mark.parametrize("name", FUNCTIONS.CASES)
def test_function_of_ops_gives_the_same(name, stand_in):
    def run():
        return FUNCTIONS.flat(FUNCTIONS.CASES[name](keras.ops, FUNCTIONS.VALUES))

    right = run()
    stand_in()

    assert_same(run(), right)


@pytest.mark.parametrize("case", LAYERS.CASES, ids=lambda case: case.name)
def test_layer_and_its_gradients_are_the_same(case, stand_in):
    right = layer_values(case)
    stand_in()

    assert_same(layer_values(case), right)


def layer_values(case):
    """Output and gradients by inputs and weights."""
    inputs = [tensors(array) for array in case.inputs()]
    layer, run = LAYERS.prepared(case, keras, inputs)
    with engine.recording() as segment:
        output = run(inputs if len(inputs) > 1 else inputs[0])
    seed = tensors(LAYERS.seed_for(case, output.shape).astype("float32"))
    sources = [*inputs, *[variable.value for variable in layer.trainable_variables]]
    return [output, *autodiff.gradients(output, sources, segment.records, seed=seed)]


def test_model_trains_the_same(stand_in):
    right = losses_of_a_small_model()
    stand_in()

    assert losses_of_a_small_model() == pytest.approx(right, rel=1e-5)


def test_training_step_waits_for_its_reports_only(stand_in):
    stand_in()
    model, x, y = small_model()
    model.train_on_batch(x, y)

    with syncs.counted() as waits:
        model.train_on_batch(x, y)

    # The loss, the accuracy, and the seed of the dropout, which is drawn on the host.
    assert waits == {"get": 3}


def losses_of_a_small_model():
    model, x, y = small_model()
    return model.fit(x, y, batch_size=4, epochs=2, verbose=0).history["loss"]


def small_model():
    keras.utils.set_random_seed(3)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(5, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(12, 8, 8, 3)), generator.integers(0, 5, size=12)
    return model, x, y
