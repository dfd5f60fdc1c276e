"""The doors of Keras that are watched.

    Operation.__new__     a layer, model or stateless operation is made, at which line
    Layer.__call__        a call begins and ends: the outermost door, before any check
    Operation.__call__    the same call with its arguments converted and masks filled in; in a
                          Functional model also a stateless operation that runs as a node
    Functional.__init__   a model claims the symbolic calls that lead to its outputs
    Layer.add_loss, Layer._get_regularization_losses, Loss.__call__      loss terms
    losses.loss.reduce_weighted_values, apply_mask   what a term is made of, and which masks count
    BaseOptimizer.apply   updates of a training step
    scale_loss            mixed precision: the total that is meant, not the scaled one

Each door is replaced on its class by a wrapper that tells the recorder and calls the original;
`Hooks.remove` puts the originals back. Nothing else of Keras is changed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import CodeType
from typing import Any, Protocol

import keras
from keras.src.losses import loss as loss_module
from keras.src.models.functional import Functional
from keras.src.ops.operation import Operation
from keras.src.optimizers.base_optimizer import BaseOptimizer


class Watcher(Protocol):
    """What the hooks tell; `original` is bound, and its result must be returned."""

    def operation_made(self, operation: Any) -> None: ...
    def operation_run(self, operation: Any, original: Callable[[], Any]) -> Any: ...
    def layer_called(self, layer: Any, args: Any, kwargs: Any, original: Any) -> Any: ...
    def arguments_ready(self, layer: Any, args: Any, kwargs: Any) -> None: ...
    def model_joined(
        self, model: Any, args: Any, kwargs: Any, original: Callable[[], None]
    ) -> None: ...
    def loss_added(self, layer: Any, loss: Any) -> None: ...
    def weights_regularized(self, layer: Any, losses: list[Any]) -> None: ...
    def loss_failed(self, loss: Any, error: BaseException, arguments: Any) -> None: ...
    def loss_computed(self, loss: Any, value: Any, arguments: Any) -> None: ...
    def loss_reduced(self, values: Any, arguments: Any, original: Callable[[], Any]) -> Any: ...
    def mask_applied(self, mask: Any) -> None: ...
    def loss_scaled(self, loss: Any, scaled: Any) -> None: ...
    def weights_updated(self, optimizer: Any, arguments: Any, original: Any) -> Any: ...


class Hooks:
    """The wrappers, put in place and taken away together."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._originals: list[tuple[Any, str, Any]] = []

    def install(self) -> None:
        """Watch the doors."""
        watcher = self._watcher
        self._replace(Operation, "__new__", _new(watcher), static=True)
        self._replace(keras.layers.Layer, "__call__", _call(watcher))
        self._replace(Operation, "__call__", _operation_call(watcher))
        self._replace(Functional, "__init__", _functional_init(watcher))
        self._replace(keras.layers.Layer, "add_loss", _add_loss(watcher))
        self._replace(keras.layers.Layer, "_get_regularization_losses", _regularization(watcher))
        self._replace(keras.losses.Loss, "__call__", _loss_call(watcher))
        self._replace(loss_module, "reduce_weighted_values", _reduction(watcher))
        self._replace(loss_module, "apply_mask", _apply_mask(watcher))
        self._replace(BaseOptimizer, "apply", _apply(watcher))
        for owner in (BaseOptimizer, keras.optimizers.LossScaleOptimizer):
            self._replace(owner, "scale_loss", _scale_loss(watcher))

    def remove(self) -> None:
        """Put the originals back."""
        while self._originals:
            owner, name, original = self._originals.pop()
            setattr(owner, name, original)

    def _replace(
        self, owner: Any, name: str, make: Callable[[Any], Any], *, static: bool = False
    ) -> None:
        self._originals.append((owner, name, owner.__dict__[name]))
        wrapper = functools.wraps(getattr(owner, name))(make(getattr(owner, name)))
        setattr(owner, name, staticmethod(wrapper) if static else wrapper)


def _new(watcher: Watcher) -> Callable[[Any], Any]:
    def make(original: Any) -> Any:
        def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
            operation = original(cls, *args, **kwargs)
            watcher.operation_made(operation)
            return operation

        return __new__

    return make


def _call(watcher: Watcher) -> Callable[[Any], Any]:
    def make(original: Any) -> Any:
        def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
            return watcher.layer_called(self, args, kwargs, original)

        return __call__

    return make


def _operation_call(watcher: Watcher) -> Callable[[Any], Any]:
    layer = keras.layers.Layer

    def make(original: Any) -> Any:
        def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(self, layer):
                watcher.arguments_ready(self, args, kwargs)
                return original(self, *args, **kwargs)
            return watcher.operation_run(self, lambda: original(self, *args, **kwargs))

        return __call__

    return make


def _functional_init(watcher: Watcher) -> Callable[[Any], Any]:
    def make(original: Any) -> Any:
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            watcher.model_joined(self, args, kwargs, lambda: original(self, *args, **kwargs))

        return __init__

    return make


def _add_loss(watcher: Watcher) -> Callable[[Any], Any]:
    def make(original: Any) -> Any:
        def add_loss(self: Any, loss: Any) -> Any:
            made = original(self, loss)
            watcher.loss_added(self, loss)
            return made

        return add_loss

    return make


def _regularization(watcher: Watcher) -> Callable[[Any], Any]:
    def make(original: Any) -> Any:
        def _get_regularization_losses(self: Any) -> Any:
            losses = original(self)
            watcher.weights_regularized(self, losses)
            return losses

        return _get_regularization_losses

    return make


def _loss_call(watcher: Watcher) -> Callable[[Any], Any]:
    def make(original: Any) -> Any:
        def __call__(self: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            try:
                value = original(self, y_true, y_pred, sample_weight)
            except Exception as error:
                watcher.loss_failed(self, error, (y_true, y_pred, sample_weight))
                raise
            watcher.loss_computed(self, value, (y_true, y_pred, sample_weight))
            return value

        return __call__

    return make


def _reduction(watcher: Watcher) -> Callable[[Any], Any]:
    names = ("sample_weight", "mask", "reduction", "dtype")

    def make(original: Any) -> Any:
        def reduce_weighted_values(values: Any, *args: Any, **kwargs: Any) -> Any:
            arguments = {**dict(zip(names, args, strict=False)), **kwargs}
            return watcher.loss_reduced(
                values, arguments, lambda: original(values, *args, **kwargs)
            )

        return reduce_weighted_values

    return make


def _apply_mask(watcher: Watcher) -> Callable[[Any], Any]:
    def make(original: Any) -> Any:
        def apply_mask(sample_weight: Any, mask: Any, *args: Any, **kwargs: Any) -> Any:
            if mask is not None:
                watcher.mask_applied(mask)
            return original(sample_weight, mask, *args, **kwargs)

        return apply_mask

    return make


def _apply(watcher: Watcher) -> Callable[[Any], Any]:
    def make(original: Any) -> Any:
        def apply(self: Any, grads: Any, trainable_variables: Any = None) -> Any:
            return watcher.weights_updated(
                self, (grads, trainable_variables), lambda g, v: original(self, g, v)
            )

        return apply

    return make


def _scale_loss(watcher: Watcher) -> Callable[[Any], Any]:
    def make(original: Any) -> Any:
        def scale_loss(self: Any, loss: Any) -> Any:
            scaled = original(self, loss)
            watcher.loss_scaled(loss, scaled)
            return scaled

        return scale_loss

    return make


def call_code() -> CodeType:
    """The code of the wrapper around `Layer.__call__`, where a walk up the stack may stop."""
    wrapper: Any = keras.layers.Layer.__call__
    while hasattr(wrapper, "__wrapped__") and wrapper.__code__.co_filename != __file__:
        wrapper = wrapper.__wrapped__
    code: CodeType = wrapper.__code__
    return code
