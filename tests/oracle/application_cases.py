"""The families of `keras.applications`: one model of each, and how it is made the same twice.

Weights are random. As initializers leave them, a deep model without trained statistics gives the
same answer to every picture; so each weight has a spread of its own, and batch norms hold the
statistics of the pictures that the model is run on, as they would after training; but for a part
of the mean variance, added to each: a few pictures leave some channels nearly constant, and what is
divided by those is mostly rounding error, the judge's own (6e-5 of the scores, against float64).
"""

import zlib
from dataclasses import dataclass

import numpy as np

PICTURES = 3
ADDED_VARIANCE = 0.3


@dataclass(frozen=True)
class Family:
    """One model: its name in `keras.applications`, its pictures' side, the judge's backend."""

    name: str
    side: int = 64
    judge: str = "torch"


FAMILIES = (
    Family("ResNet50"),
    Family("ResNet50V2"),
    Family("MobileNet"),
    Family("MobileNetV2"),
    Family("MobileNetV3Small"),
    Family("MobileNetV3Large"),
    Family("EfficientNetB0"),
    Family("EfficientNetV2B0"),
    Family("ConvNeXtTiny"),
    Family("DenseNet121"),
    Family("InceptionV3", side=96),
    Family("Xception", side=96),
    # Keras refuses to build NASNet on torch.
    Family("NASNetMobile", judge="jax"),
    Family("VGG16"),
    Family("InceptionResNetV2", side=96),
)


def made(keras, family):
    """The model, with scores instead of probabilities, which would hide differences."""
    keras.utils.set_random_seed(0)
    build = getattr(keras.applications, family.name)
    shape = (family.side, family.side, 3)
    return build(weights=None, input_shape=shape, classifier_activation=None)


def pictures(family):
    """What the model is run on: values from 0 to 255, as models take that scale by themselves."""
    generator = np.random.default_rng(zlib.crc32(family.name.encode()))
    smooth = generator.uniform(0, 255, (PICTURES, 8, 8, 3)).repeat(family.side // 8, 1)
    noise = generator.uniform(-20, 20, (PICTURES, family.side, family.side, 3))
    made = smooth.repeat(family.side // 8, 2) + noise
    return np.clip(made, 0, 255).astype("float32")


def random_weights(model, family):
    """Values for all weights, in order: kernels by their fan-in, scales near one."""
    generator = np.random.default_rng(zlib.crc32(family.name.encode()) + 1)
    return [value_of(weight, generator) for weight in model.weights]


def value_of(weight, generator):
    shape, name = tuple(weight.shape), weight.name
    # Of a Normalization layer, which has read them before they can be set here.
    if name in ("mean", "variance", "count"):
        return np.full(shape, name == "variance", weight.dtype)
    if "kernel" in name:
        fan_in = np.prod(shape[:2]) if "depthwise" in name else np.prod(shape[:-1])
        return (generator.normal(size=shape) * np.sqrt(2 / fan_in)).astype("float32")
    if name in ("gamma", "moving_variance"):
        return generator.uniform(0.5, 1.5, shape).astype("float32")
    return (generator.normal(size=shape) * 0.1).astype("float32")


def settle(keras, model, inputs):
    """Let the batch norms take the statistics of these inputs."""
    norms = [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    for norm in norms:
        norm.momentum = 0.0
    if norms:
        model(inputs, training=True)
    for norm in norms:
        variance = keras.ops.convert_to_numpy(norm.moving_variance)
        norm.moving_variance.assign(variance + ADDED_VARIANCE * variance.mean())
