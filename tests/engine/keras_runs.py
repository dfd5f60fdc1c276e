"""Functions and layers of Keras as calls that can be repeated on another array module.

`RUNS` is like that of `case_runs`: the functions of `backend.numpy` with the arguments that they
are tested with, those of `keras.ops` and the layers that are compared with Keras on torch.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from pathlib import Path

import numpy as np

from inspector.keras_backend import hook

hook.install("numpy")
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "keras_backend")]

import keras  # noqa: E402
from case_runs import upload  # noqa: E402
from numpy_trials import CREATION, TRIALS  # noqa: E402

from inspector import engine  # noqa: E402
from inspector.engine import autodiff  # noqa: E402


def _module_of(name):
    spec = importlib.util.spec_from_file_location(name, HERE.parent / "oracle" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


LAYER, LAYERS = _module_of("layer_case"), _module_of("layer_cases")
FUNCTIONS = _module_of("function_cases")
functions = importlib.import_module("inspector.keras_backend.ops.numpy")
# Fresh memory holds anything, and the order on each side of a partition is a library's own.
NOT_COMPARED = {"empty", "empty_like", "argpartition"}


def tensors(nested):
    if isinstance(nested, np.ndarray):
        return upload(nested)
    if isinstance(nested, list) and nested and isinstance(nested[0], np.ndarray):
        return [upload(item) for item in nested]
    return nested


def results(made):
    return list(made) if isinstance(made, list | tuple) else [made]


def of_trial(name, args, options):
    ready = {key: tensors(value) for key, value in options.items()}
    return results(getattr(functions, name)(*map(tensors, args), **ready))


def of_function(name):
    return results(FUNCTIONS.CASES[name](keras.ops, FUNCTIONS.VALUES))


def of_layer(case):
    """Output and gradients by inputs and weights."""
    keras.utils.set_random_seed(5)  # dropout draws the same every time
    inputs = [upload(array) for array in case.inputs()]
    layer, run = LAYER.prepared(case, keras, inputs)
    with engine.recording() as segment:
        output = run(inputs if len(inputs) > 1 else inputs[0])
    seed = upload(LAYER.seed_for(case, output.shape).astype("float32"))
    sources = [*inputs, *[variable.value for variable in layer.trainable_variables]]
    return [output, *autodiff.gradients(output, sources, segment.records, seed=seed)]


def small_model():
    """A model with most of the everyday layers, and its data."""
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
    return model, generator.normal(size=(12, 8, 8, 3)), generator.integers(0, 5, size=12)


def of_training():
    """The weights after two epochs."""
    model, x, y = small_model()
    model.fit(x, y, batch_size=4, epochs=2, verbose=0)
    return [weight.value for weight in model.weights]


RUNS = {
    **{
        f"numpy-{number}-{trial[0]}": functools.partial(of_trial, *trial)
        for number, trial in enumerate([*TRIALS, *CREATION])
        if trial[0] not in NOT_COMPARED
    },
    **{f"ops-{name}": functools.partial(of_function, name) for name in FUNCTIONS.CASES},
    **{f"layer-{case.name}": functools.partial(of_layer, case) for case in LAYERS.CASES},
    "training": of_training,
}
