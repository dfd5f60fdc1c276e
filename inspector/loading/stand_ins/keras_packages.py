"""Packages of layers and models for Keras that are not installed: `keras_contrib`, `keras_cv` ...

What is Keras' own today is that. An unknown layer hands its first input on, an unknown model is a
small one; both say so.
"""

from __future__ import annotations

import re
from typing import Any

import keras
from keras import layers

from inspector.loading.situation import Situation
from inspector.loading.stand_ins.hub import PresetModel

PACKAGES = (
    "keras_contrib", "keras_cv", "keras_applications", "keras_self_attention", "keras_multi_head",
    "keras_layer_normalization", "keras_pos_embd", "keras_position_wise_feed_forward",
    "keras_embed_sim", "keras_bert", "keras_gcn", "keras_radam", "keras_adabound", "keras_unet",
    "keras_unet_collection", "keras_efficientnet_v2", "keras_resnet", "keras_preprocessing",
    "keras_cv_attention_models", "keras_self_attention", "keras_gat", "keras_crf", "tf2crf",
    "segmentation_models", "classification_models", "efficientnet", "vit_keras", "spektral", "tcn",
    "tensorflow_model_optimization", "tensorflow_recommenders", "tensorflow_ranking",
    "tensorflow_similarity", "tensorflow_lattice", "qkeras", "kapre", "antirectifier",
)  # fmt: skip
# Layers of these names have other arguments in those packages than Keras' own.
_OTHERS_THAN_KERAS = ("MultiHeadAttention", "Attention", "GroupNormalization")
_LAYER = "Its package is not installed: the layer hands its first input on."
_MODEL = re.compile(
    r"Net|Unet|UNet|FPN|Linknet|PSP|YOLO|Detector|Backbone|Segment|Classifier|Diffusion|ViT|"
    r"BERT|Bert|Model$|Retina|DeepLab|MiT|ConvMixer|Mixer|Swin"
)


class UnknownLayer(layers.Layer):
    """Hands its first input on."""

    placeholder_reason = _LAYER

    def __init__(self, *args: Any, **options: Any) -> None:
        known = {name: options[name] for name in ("name", "input_shape") if options.get(name)}
        super().__init__(**known)
        self.supports_masking = True

    def call(self, inputs: Any, *args: Any, **options: Any) -> Any:
        first = keras.tree.flatten(inputs)
        return first[0] if first else inputs


def _input_shape(
    input_shape: Any = None, default_size: int = 224, *args: Any, **options: Any
) -> Any:
    """The shape that was asked for, or pictures of the size that a model was trained on."""
    needs_size = options.get("require_flatten", options.get("include_top", True))
    size = default_size if needs_size else None
    return tuple(input_shape) if input_shape else (size, size, 3)


class _Names(dict[str, Any]):
    def __init__(self, situation: Situation) -> None:
        super().__init__({"_obtain_input_shape": _input_shape, "obtain_input_shape": _input_shape})
        self._note = situation.notes.add

    def get(self, name: str, default: Any = None) -> Any:
        """What a name in capitals is: Keras' own, a model or a layer."""
        if name in self:
            return self[name]
        if not name[:1].isupper() or name.isupper():
            return default
        is_keras_own = name not in _OTHERS_THAN_KERAS
        for place in is_keras_own * (
            layers,
            keras.applications,
            keras.optimizers,
            keras.losses,
            keras.metrics,
        ):
            if hasattr(place, name):
                return getattr(place, name)
        self[name] = self._model(name) if _MODEL.search(name) else self._layer(name)
        return self[name]

    def _layer(self, name: str) -> Any:
        self._note(name, _LAYER)
        return type(name, (UnknownLayer,), {})

    def _model(self, name: str) -> Any:
        return _Model(name, self._note)


class _Model:
    """A class of models: called, or made from a preset, it gives a small one."""

    def __init__(self, name: str, note: Any) -> None:
        self._name, self._note = name, note

    def __call__(self, *args: Any, **options: Any) -> Any:
        why = "Its package is not installed: a small model of random weights stands in."
        self._note(self._name, why)
        shape = options.get("input_shape") or (None, None, 3)
        shape = shape if len(shape) == 3 else (*shape[:2], 3)
        pictures = keras.Input(tuple(shape))
        x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(pictures)
        if re.search(r"Unet|UNet|FPN|Link|PSP|Segment|DeepLab", self._name):
            x = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
            x = layers.Conv2D(int(options.get("classes") or 1), 1, activation="sigmoid")(x)
        elif options.get("include_top", True) and "Backbone" not in self._name:
            count = options.get("classes") or options.get("num_classes") or 10
            x = layers.Dense(int(count), activation="softmax")(layers.GlobalAveragePooling2D()(x))
        name = re.sub(r"\W", "_", self._name).lower() + "_stand_in"
        return PresetModel(pictures, x, name=name)

    from_preset = from_pretrained = __call__


def names(situation: Situation) -> dict[str, Any]:
    """What any of the packages offers."""
    return _Names(situation)
