"""`tensorflow_addons`: the layers, optimizers, losses and metrics that Keras scripts took from it.

The package is no longer developed; most of it went into Keras, and the rest is small.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import keras

from inspector.compat.namespaces import StandIn, Unknown, registered
from inspector.compat.notes import note
from inspector.compat.tf.tensors import tensor

ops = keras.ops
NAME = "tensorflow_addons"


def _mish(x: Any) -> Any:
    return ops.multiply(x, ops.tanh(ops.softplus(tensor(x))))


class InstanceNormalization(keras.layers.GroupNormalization):
    """Each channel of each image by its own mean and deviation."""

    def __init__(self, axis: int = -1, epsilon: float = 1e-3, **kwargs: Any) -> None:
        super().__init__(groups=-1, axis=axis, epsilon=epsilon, **kwargs)


class WeightNormalization(keras.layers.Wrapper):
    """The wrapped layer itself; the kernel is not split into length and direction here."""

    def __init__(self, layer: Any, data_init: bool = True, **kwargs: Any) -> None:
        note("tfa.layers.WeightNormalization", "only the wrapped layer is run")
        super().__init__(layer, **kwargs)

    def call(self, inputs: Any) -> Any:
        return self.layer(inputs)


class F1Score(keras.metrics.F1Score):
    """Keras' metric; the number of classes follows from the data today."""

    def __init__(self, num_classes: Any = None, average: Any = None, **kwargs: Any) -> None:
        super().__init__(average=average, **kwargs)


def _adam_w(weight_decay: Any = 4e-3, learning_rate: Any = 1e-3, **kwargs: Any) -> Any:
    return keras.optimizers.AdamW(learning_rate, weight_decay=weight_decay, **kwargs)


def _sgd_w(weight_decay: Any = 4e-3, learning_rate: Any = 1e-3, **kwargs: Any) -> Any:
    return keras.optimizers.SGD(learning_rate, weight_decay=weight_decay, **kwargs)


def _as_adam(name: str) -> Callable[..., Any]:
    def make(learning_rate: Any = 1e-3, **kwargs: Any) -> Any:
        note(f"tfa.optimizers.{name}", "Keras has no such optimizer; Adam takes its place")
        return keras.optimizers.Adam(learning_rate)

    return make


def _wrapped_optimizer(optimizer: Any, *args: Any, **kwargs: Any) -> Any:
    note("tfa.optimizers wrapper", "the inner optimizer is used as it is")
    return keras.optimizers.get(optimizer)


def _pinball(tau: float = 0.5, **kwargs: Any) -> Callable[[Any, Any], Any]:
    def loss(y_true: Any, y_pred: Any) -> Any:
        off = ops.subtract(tensor(y_true), y_pred)
        return ops.mean(ops.maximum(tau * off, (tau - 1) * off), axis=-1)

    return loss


def _contrastive(y_true: Any, y_pred: Any, margin: float = 1.0) -> Any:
    y = ops.cast(tensor(y_true), y_pred.dtype)
    apart = ops.maximum(margin - y_pred, 0.0)
    return y * ops.square(y_pred) + (1.0 - y) * ops.square(apart)


def _rotated(images: Any, angles: Any, **ignored: Any) -> Any:
    note("tfa.image.rotate", "use keras.layers.RandomRotation; here the image is left as it is")
    return tensor(images)


NAMES: dict[str, dict[str, Any]] = {
    "layers": {
        "AdaptiveAveragePooling2D": keras.layers.AdaptiveAveragePooling2D,
        "AdaptiveMaxPooling2D": keras.layers.AdaptiveMaxPooling2D,
        "GELU": functools.partial(keras.layers.Activation, "gelu"),
        "GroupNormalization": keras.layers.GroupNormalization,
        "InstanceNormalization": InstanceNormalization,
        "MultiHeadAttention": keras.layers.MultiHeadAttention,
        "SpectralNormalization": keras.layers.SpectralNormalization,
        "WeightNormalization": WeightNormalization,
    },
    "optimizers": {
        "AdamW": _adam_w,
        "SGDW": _sgd_w,
        "Lookahead": _wrapped_optimizer,
        "MovingAverage": _wrapped_optimizer,
        "SWA": _wrapped_optimizer,
        **{name: _as_adam(name) for name in ("LAMB", "RectifiedAdam", "NovoGrad", "LazyAdam")},
    },
    "activations": {
        "gelu": keras.activations.gelu,
        "hardshrink": keras.activations.hard_shrink,
        "mish": _mish,
        "softshrink": keras.activations.soft_shrink,
        "sparsemax": keras.activations.sparsemax,
        "tanhshrink": keras.activations.tanh_shrink,
    },
    "losses": {
        "ContrastiveLoss": lambda margin=1.0, **k: functools.partial(_contrastive, margin=margin),
        "contrastive_loss": _contrastive,
        "PinballLoss": _pinball,
        "SigmoidFocalCrossEntropy": keras.losses.BinaryFocalCrossentropy,
    },
    "metrics": {
        "F1Score": F1Score,
        "FBetaScore": keras.metrics.FBetaScore,
        "RSquare": keras.metrics.R2Score,
    },
    "image": {"rotate": _rotated},
    "callbacks": {"TQDMProgressBar": keras.callbacks.Callback},
}


def has_module(name: str) -> bool:
    """Whether this is the package or one of its parts."""
    return name == NAME or name.partition(".")[2].split(".")[0] in NAMES


def module(name: str) -> ModuleType:
    """The stand-in for the package, or for a part such as `tensorflow_addons.layers`."""
    part = name.partition(".")[2].split(".")[0]

    def resolve(leaf: str) -> Any:
        if not part and leaf in NAMES:
            return module(f"{name}.{leaf}")
        if leaf == "__version__":
            return "0.23.0"
        if leaf not in NAMES.get(part, {}):
            raise Unknown(leaf)
        note(f"tensorflow_addons.{part}.{leaf}", "that package is no longer developed; use Keras")
        return NAMES[part][leaf]

    return registered(name, lambda: StandIn(name, resolve, lambda: list(NAMES.get(part, NAMES))))
