"""Layers and functions against Keras on torch: the golden files that `./dev oracle` writes."""

import importlib.util
import inspect
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from inspector import engine
from inspector.engine import Tensor, autodiff

ORACLE = Path(__file__).parents[1] / "oracle"
sys.path.insert(0, str(ORACLE))  # the cases import each other


def cases_of(name):
    spec = importlib.util.spec_from_file_location(name, ORACLE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


DRAWS = cases_of("same_draws")
LAYER = cases_of("layer_case")
LAYERS = cases_of("layer_cases")
FUNCTIONS = cases_of("function_cases")
AUGMENTATIONS = cases_of("augmentation_cases")

NOT_COMPARED = {
    "Layer InputLayer InputSpec Wrapper": "nothing is computed",
    "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper": "other frameworks' layers",
    "Hashing HashedCrossing IntegerLookup StringLookup TextVectorization Discretization": (
        "need TensorFlow with torch: Keras' documentation in test_preprocessing.py is the judge, "
        "and in ./dev conformance Keras' own tests"
    ),
    "GRUCell LSTMCell SimpleRNNCell StackedRNNCells": "in RNN-stacked",
    "RandomElasticTransform": (
        "its draws are made inside the backend's own function: Keras' own tests are the judge"
    ),
}


def largest(golden, case):
    """The largest reference value of a case.

    Differences are held against it: a gradient that is zero but for rounding (of attention's key
    bias) has no size of its own to be held against.
    """
    arrays = [array for name, array in golden.items() if name.rpartition("/")[0] == case.name]
    return max(float(np.abs(array).max(initial=0.0)) for array in arrays)


@pytest.fixture(scope="module")
def golden():
    with np.load(ORACLE / "golden" / "layers.npz") as archive:
        return {name: archive[name] for name in archive.files}


@pytest.mark.parametrize("case", LAYERS.CASES, ids=lambda case: case.name)
def test_layer_agrees_with_keras_on_torch(case, golden):
    inputs = [Tensor(array) for array in case.inputs()]
    with DRAWS.same_draws(keras, case.name):
        layer, run = LAYER.prepared(case, keras, inputs)

    with DRAWS.same_draws(keras, case.name), engine.recording() as segment:
        output = run(inputs if len(inputs) > 1 else inputs[0])
    wanted = golden[f"{case.name}/output"]
    size = float(np.abs(wanted).max())
    np.testing.assert_allclose(output.numpy(), wanted, rtol=0, atol=1e-5 * size)

    seed = Tensor(LAYER.seed_for(case, output.shape).astype("float32"))
    variables = [variable.value for variable in layer.trainable_variables]
    gradients = autodiff.gradients(output, [*inputs, *variables], segment.records, seed=seed)
    names = [f"input{i}" for i in range(len(inputs))]
    names += [f"weight{i}" for i in range(len(variables))]
    for name, gradient, source in zip(names, gradients, [*inputs, *variables], strict=True):
        wanted = golden.get(f"{case.name}/{name}")
        if wanted is not None:
            values = np.zeros(source.shape) if gradient is None else gradient.numpy()
            atol = 1e-5 * largest(golden, case)
            np.testing.assert_allclose(values, wanted, rtol=0, atol=atol)


def test_every_layer_class_is_compared_or_says_why_not():
    classes = {
        value.__name__
        for name in dir(keras.layers)
        if inspect.isclass(value := getattr(keras.layers, name))
    }
    named = [*(case.name for case in LAYERS.CASES), *AUGMENTATIONS.CASES]
    compared = {name.partition("-")[0] for name in named}
    excused = {name for names in NOT_COMPARED for name in names.split()}

    assert sorted(classes - compared - excused) == []
    assert sorted(compared & excused) == []


def test_golden_file_has_no_case_that_is_gone(golden):
    assert {name.rpartition("/")[0] for name in golden} == {case.name for case in LAYERS.CASES}


@pytest.mark.parametrize("name", FUNCTIONS.CASES)
def test_function_agrees_with_keras_on_torch(name):
    results = FUNCTIONS.flat(FUNCTIONS.CASES[name](keras.ops, FUNCTIONS.VALUES))

    with np.load(ORACLE / "golden" / "functions.npz") as archive:
        for number, result in enumerate(results):
            wanted = archive[f"{name}/{number}"]
            assert result.shape == wanted.shape
            size = float(np.abs(wanted.astype("float64")).max())
            np.testing.assert_allclose(result.numpy(), wanted, rtol=0, atol=1e-5 * size)
