"""A layer that is compared with Keras on torch: made, fed and run the same on both sides.

Both sides import this file and `layer_cases.py` (generate.py on torch, test_against_torch.py on
ours) and make the same weights and inputs from the case's name, so the golden files hold outputs
and gradients only.
"""

import zlib
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class LayerCase:
    """One layer on one input.

    make:      `(keras) -> layer`.
    shapes:    of the inputs; several for a layer that takes a list.
    whole:     the largest whole number an input holds, for layers that take numbers of things.
    training:  passed to the layer where it knows the word.
    gradients: whether gradients are compared too.
    """

    name: str
    make: object
    shapes: tuple = ((2, 6),)
    whole: int | None = None
    training: bool = False
    gradients: bool = True
    arguments: dict = field(default_factory=dict)

    def generator(self):
        return np.random.default_rng(zlib.crc32(self.name.encode()))

    def inputs(self):
        generator = self.generator()
        if self.whole is not None:
            return [
                generator.integers(0, self.whole + 1, shape).astype("int32")
                for shape in self.shapes
            ]
        return [generator.normal(size=shape).astype("float32") for shape in self.shapes]


def given_weights(case, layer):
    """Values for the layer's weights, in its order; variances stay positive."""
    generator = np.random.default_rng(zlib.crc32(case.name.encode()) + 1)
    values = []
    for weight in layer.weights:
        if "seed" in weight.name:
            values.append(None)
            continue
        value = generator.normal(size=tuple(weight.shape)) * 0.5
        values.append(np.abs(value) + 0.5 if "variance" in weight.name else value)
    return values


def case(name, make, *shapes, **options):
    return LayerCase(name, make, shapes or ((2, 6),), **options)


def family(name, shape, **variants):
    """A layer class in several settings: `Conv2D-same`, `Conv2D-strided`."""
    return [
        case(
            f"{name}-{word}",
            lambda keras, kwargs=kwargs: getattr(keras.layers, name)(**kwargs),
            shape,
        )
        for word, kwargs in variants.items()
    ]


def plain(shape, *names):
    return [
        case(name, lambda keras, name=name: getattr(keras.layers, name)(), shape) for name in names
    ]


class TwoInputs:
    """An attention layer fed a list of two: the query, and the value that is the key as well."""

    def __init__(self, keras, layer, **arguments):
        self.layer = layer
        self.arguments = arguments

    @property
    def weights(self):
        return self.layer.weights

    @property
    def trainable_variables(self):
        return self.layer.trainable_variables

    def __call__(self, inputs):
        return self.layer(inputs[0], inputs[1], **self.arguments)


def prepared(case, keras, inputs):
    """The layer, built on the inputs, with the case's weights; and how to call it."""
    layer = case.make(keras)
    fed = inputs if len(inputs) > 1 else inputs[0]

    def run(values):
        knows = not isinstance(layer, TwoInputs) and layer._call_has_training_arg
        return layer(values, training=case.training) if knows else layer(values)

    run(fed)
    for weight, value in zip(layer.weights, given_weights(case, layer), strict=True):
        if value is not None:
            weight.assign(value.astype("float32"))
    return layer, run


def seed_for(case, shape):
    """The gradient put in at the output."""
    return np.random.default_rng(zlib.crc32(case.name.encode()) + 2).normal(size=shape)
