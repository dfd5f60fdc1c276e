"""What is no layer of a model, against Keras on torch or JAX: augmentation, losses, optimizers."""

import inspect
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from inspector import engine
from inspector.engine import Tensor, autodiff

ORACLE = Path(__file__).parents[1] / "oracle"
sys.path.insert(0, str(ORACLE))
import augmentation_cases  # noqa: E402
import part_cases  # noqa: E402


def golden(name):
    with np.load(ORACLE / "golden" / f"{name}.npz") as archive:
        return {each: archive[each] for each in archive.files}


AUGMENTED = golden("augmentations")
PARTS = golden("parts")


def assert_close(found, wanted, part=1e-5):
    """Within a part of the largest wanted value."""
    size = float(np.abs(wanted.astype("float64")).max(initial=0.0))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=part * size)


def gradient_of(function, values):
    tensor = Tensor(values)
    with engine.recording() as segment:
        output = function(tensor)
    seed = Tensor(np.ones(output.shape, "float32"))
    (gradient,) = autodiff.gradients(output, [tensor], segment.records, seed=seed)
    return np.zeros_like(values) if gradient is None else gradient.numpy()


@pytest.fixture(scope="module")
def parts():
    ours = part_cases.golden(keras, gradient_of)
    return ours | part_cases.optimizers(keras, part_cases.JUDGED_BY_JAX)


@pytest.mark.parametrize("name", augmentation_cases.CASES)
def test_augmentation_agrees_with_keras_on_the_same_draws(name):
    results = augmentation_cases.results(keras, name)

    for number, result in enumerate(results):
        assert_close(result, AUGMENTED[f"{name}/{number}"])


@pytest.mark.parametrize("name", PARTS)
def test_part_agrees_with_keras_on_torch(name, parts):
    assert parts[name].shape == PARTS[name].shape
    assert_close(parts[name], PARTS[name])


def test_golden_file_of_parts_holds_every_case(parts):
    assert parts.keys() == PARTS.keys()


@pytest.mark.parametrize(
    ("namespace", "kind", "cases"),
    [
        (keras.losses, keras.losses.Loss, part_cases.LOSSES),
        (keras.metrics, keras.metrics.Metric, part_cases.METRICS),
        (keras.optimizers, keras.optimizers.Optimizer, part_cases.OPTIMIZERS),
        (keras.initializers, keras.initializers.Initializer, part_cases.INITIALIZERS),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_public_class_is_compared_or_says_why_not(namespace, kind, cases):
    public = {
        name
        for name in dir(namespace)
        if inspect.isclass(value := getattr(namespace, name))
        and issubclass(value, kind)
        and not name.islower()  # `glorot_normal` is another name of GlorotNormal
    }
    excused = {name for names in part_cases.NOT_COMPARED for name in names.split()}

    assert sorted(public - set(cases) - excused) == []


def test_every_activation_is_compared_or_says_why_not():
    public = {name for name in dir(keras.activations) if not name.startswith("_")}
    excused = {name for names in part_cases.NOT_COMPARED for name in names.split()}

    assert sorted(public - set(part_cases.ACTIVATIONS) - excused) == []
