"""The layers that augment images, on the same images with the same draws.

`CASES` maps a name, `Layer` or `Layer-setting`, to `function(keras)`, which gives the layer; all
of them take a batch of images, and some labels or boxes with it.
"""

import zlib

import numpy as np
from same_draws import same_draws

BATCH, HEIGHT, WIDTH = 2, 12, 10
WITH_LABELS = ("CutMix", "MixUp")
WITH_BOXES = ("MaxNumBoundingBoxes",)
# Where Keras on torch is no judge.
JUDGED_BY_JAX = {
    "ContrastLimitedAdaptiveHistogramEqualization": "torch alone is 9 % off JAX and stock NumPy",
    "RandAugment": "torch and stock NumPy write into the layer's input",
    "RandomGaussianBlur": "torch takes a kernel that is not square for a square one",
}
# RandomElasticTransform is left out: its draws are made inside the backend's own function.

SETTINGS = {
    "AutoContrast": {"": {}},
    "CenterCrop": {"": {"height": 7, "width": 6}},
    "ContrastLimitedAdaptiveHistogramEqualization": {"": {"tile_grid_size": (2, 2)}},
    "Equalization": {"": {}},
    "Solarization": {"": {"addition_factor": 0.3, "threshold_factor": 0.4}},
    "Resizing": {
        "bilinear": {"height": 7, "width": 15},
        "nearest": {"height": 7, "width": 15, "interpolation": "nearest"},
        "cropped": {"height": 6, "width": 6, "crop_to_aspect_ratio": True},
    },
    "MaxNumBoundingBoxes": {"": {"max_number": 4}},
    "CutMix": {"": {"factor": 0.6}},
    "MixUp": {"": {}},
    "AugMix": {"": {"all_ops": False}},
    "RandAugment": {"": {}},
    "RandomBrightness": {"": {"factor": 0.4}},
    "RandomColorDegeneration": {"": {"factor": 0.6}},
    "RandomColorJitter": {
        "": {
            "brightness_factor": 0.2,
            "contrast_factor": 0.3,
            "saturation_factor": 0.4,
            "hue_factor": 0.2,
        }
    },
    "RandomContrast": {"": {"factor": 0.5}},
    "RandomCrop": {"": {"height": 7, "width": 6}},
    "RandomErasing": {"": {"fill_value": 9.0}},
    "RandomFlip": {"": {}, "horizontal": {"mode": "horizontal"}},
    "RandomGaussianBlur": {"": {"factor": (1.0, 1.0), "kernel_size": (5, 3)}},
    "RandomGrayscale": {"": {"factor": 0.8}},
    "RandomHue": {"": {"factor": 0.4}},
    "RandomInvert": {"": {"factor": 0.6}},
    "RandomPerspective": {"": {"factor": (1.0, 1.0), "scale": 0.4}},
    "RandomPosterization": {"": {"factor": 4}},
    "RandomRotation": {"": {"factor": 0.2}, "nearest": {"factor": 0.2, "interpolation": "nearest"}},
    "RandomSaturation": {"": {"factor": 0.6}},
    "RandomSharpness": {"": {"factor": 0.6}},
    "RandomShear": {"": {"x_factor": 0.3, "y_factor": 0.2}},
    "RandomTranslation": {"": {"height_factor": 0.2, "width_factor": 0.3}},
    "RandomZoom": {"": {"height_factor": 0.3}},
}

CASES = {
    f"{layer}-{word}" if word else layer: lambda keras, layer=layer, arguments=arguments: getattr(
        keras.layers, layer
    )(**arguments)
    for layer, settings in SETTINGS.items()
    for word, arguments in settings.items()
}
CASES["Pipeline"] = lambda keras: keras.layers.Pipeline(
    [keras.layers.RandomFlip(), keras.layers.RandomContrast(0.4), keras.layers.CenterCrop(6, 6)]
)


def data_for(name):
    """What a case's layer is called on: images, or a dict with labels or boxes beside them."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    images = generator.uniform(0, 255, (BATCH, HEIGHT, WIDTH, 3)).astype("float32")
    layer = name.partition("-")[0]
    if layer in WITH_LABELS:
        return {"images": images, "labels": np.eye(3, dtype="float32")[:BATCH]}
    if layer in WITH_BOXES:
        boxes = generator.uniform(0, 8, (BATCH, 6, 4)).astype("float32")
        labels = generator.integers(0, 3, (BATCH, 6)).astype("float32")
        return {"images": images, "bounding_boxes": {"boxes": boxes, "labels": labels}}
    return images


def judge_of(name):
    return "jax" if name in JUDGED_BY_JAX else "torch"


def results(keras, name):
    """Everything that a case's layer gives, in order."""
    arguments = {"bounding_box_format": "xyxy"} if name in WITH_BOXES else {}
    layer = CASES[name](keras)
    for key, value in arguments.items():
        setattr(layer, key, value)
    with same_draws(keras, name):
        found = layer(data_for(name), training=True)
    return [keras.ops.convert_to_numpy(value) for value in keras.tree.flatten(found)]


def golden(keras):
    """The results of the cases that Keras' present backend judges, by name."""
    found = {}
    for name in CASES:
        if judge_of(name) == keras.backend.backend():
            for number, result in enumerate(results(keras, name)):
                found[f"{name}/{number}"] = np.asarray(result, "float32")
    return found
