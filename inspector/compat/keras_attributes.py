"""Attributes and methods of Keras 2's layers, models, optimizers and tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from inspector.compat.notes import note
from inspector.engine.tensor import Tensor


def tensor_methods() -> None:
    """Methods of tf.Tensor that Keras' and our tensors lack."""
    from inspector.compat.tf.shapes import TensorShape
    from inspector.compat.tf.variables import ref

    def get_shape(self: Any) -> TensorShape:
        return TensorShape(self.shape)

    def set_shape(self: Any, shape: Any) -> None:
        """The shape is known already; TensorFlow's would have been unknown."""

    owners: tuple[Any, ...] = (Tensor, keras.KerasTensor, keras.Variable)
    for owner in owners:
        owner.get_shape = get_shape
        owner.set_shape = set_shape
        owner.ref = ref
    Tensor.device = "/device:CPU:0"  # type: ignore[attr-defined]
    original = Tensor.numpy

    def numpy(self: Any) -> Any:
        # A scalar tensor's value is a NumPy scalar in TensorFlow: it can be a key of a dict.
        values = original(self)
        return values[()] if isinstance(values, np.ndarray) and values.ndim == 0 else values

    Tensor.numpy = numpy  # type: ignore[method-assign]
    if not hasattr(keras.Variable, "read_value"):
        keras.Variable.read_value = lambda self: self.value


class _Old:
    """An attribute of old, computed on access; an attribute of the object itself comes first."""

    def __init__(self, compute: Callable[[Any], Any]) -> None:
        self.compute = compute

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        return self.compute(instance)


def old_attributes() -> None:
    """`layer.output_shape`, `optimizer.lr` and their kind."""

    def shape_of(which: str) -> Callable[[Any], Any]:
        def compute(layer: Any) -> Any:
            return keras.tree.map_structure(lambda x: tuple(x.shape), getattr(layer, which))

        return compute

    layer = keras.layers.Layer
    for name in ("input", "output"):
        if not hasattr(layer, f"{name}_shape"):
            setattr(layer, f"{name}_shape", _Old(shape_of(name)))
    layer.updates = _Old(lambda self: [])
    layer.inbound_nodes = _Old(lambda self: self._inbound_nodes)
    layer.outbound_nodes = _Old(lambda self: self._outbound_nodes)
    keras.Model.compiled_loss = _Old(_compiled_loss)
    keras.Model.compiled_metrics = _Old(lambda self: _CompiledMetrics(self))
    optimizer = keras.optimizers.Optimizer
    optimizer.lr = property(lambda self: self.learning_rate, _set_rate)
    optimizer.weights = _Old(lambda self: self.variables)
    optimizer.get_weights = lambda self: [np.asarray(v) for v in self.variables]
    optimizer.set_weights = lambda self, values: [
        v.assign(x) for v, x in zip(self.variables, values, strict=True)
    ]
    optimizer.minimize = _minimize


def _set_rate(self: Any, value: Any) -> None:
    self.learning_rate = value


def _compiled_loss(model: Any) -> Callable[..., Any]:
    """Keras 2's `model.compiled_loss(y, y_pred, regularization_losses=...)`."""

    def compute(
        y_true: Any, y_pred: Any, sample_weight: Any = None, regularization_losses: Any = None
    ) -> Any:
        note("model.compiled_loss", "write model.compute_loss(x, y, y_pred, sample_weight) today")
        compile_loss = getattr(model, "_compile_loss", None)
        total = None if compile_loss is None else compile_loss(y_true, y_pred, sample_weight)
        for loss in regularization_losses or ():
            total = loss if total is None else total + loss
        tracker = getattr(model, "_loss_tracker", None)
        if tracker is not None and total is not None:
            tracker.update_state(total)
        return total

    return compute


class _CompiledMetrics:
    """Keras 2's `model.compiled_metrics`."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def update_state(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        note("model.compiled_metrics", "update the metrics of `model.metrics` today")
        compiled = getattr(self.model, "_compile_metrics", None)
        if compiled is not None:
            compiled.update_state(y, y_pred, sample_weight)

    @property
    def metrics(self) -> list[Any]:
        return list(self.model.metrics)


def _minimize(
    self: Any,
    loss: Any,
    var_list: Any,
    tape: Any = None,
    grad_loss: Any = None,
    name: Any = None,
    **ignored: Any,
) -> None:
    """`optimizer.minimize(loss_fn, variables)` of Keras 2."""
    from inspector.compat.tf.gradients import GradientTape

    if tape is None:
        with GradientTape() as tape:
            loss = loss()
    variables = var_list() if callable(var_list) else var_list
    self.apply_gradients(zip(tape.gradient(loss, variables, grad_loss), variables, strict=True))


def old_methods() -> None:
    """Methods that are gone: the generator forms of fit, `predict_classes`, `add_metric`."""
    model = keras.Model
    for name in ("fit", "evaluate", "predict"):
        setattr(model, f"{name}_generator", _generator_form(name))
    model.predict_proba = lambda self, x, **kwargs: self.predict(x, **kwargs)
    model.predict_classes = _predict_classes
    model.reset_states = lambda self: [
        layer.reset_state() for layer in self.layers if hasattr(layer, "reset_state")
    ]
    keras.layers.RNN.reset_states = lambda self, states=None: self.reset_state()
    layer = keras.layers.Layer
    layer.add_metric = _add_metric
    layer.add_update = lambda self, *args, **kwargs: None
    layer.get_output_at = lambda self, index: _single(self._inbound_nodes[index].output_tensors)
    layer.get_input_at = lambda self, index: _single(self._inbound_nodes[index].input_tensors)
    layer.get_output_shape_at = lambda self, index: self.get_output_at(index).shape
    layer.get_input_shape_at = lambda self, index: self.get_input_at(index).shape


def _single(tensors: Any) -> Any:
    return tensors[0] if len(tensors) == 1 else list(tensors)


def _generator_form(name: str) -> Callable[..., Any]:
    def call(self: Any, generator: Any, *args: Any, **kwargs: Any) -> Any:
        note(f"model.{name}_generator", f"model.{name} takes generators itself today")
        if args:
            kwargs["steps_per_epoch" if name == "fit" else "steps"] = args[0]
        if len(args) > 1:
            kwargs["epochs"] = args[1]
        samples = kwargs.pop("nb_val_samples", None)
        if samples is not None:
            kwargs["validation_steps"] = samples
        return getattr(self, name)(generator, **kwargs)

    return call


def _predict_classes(self: Any, x: Any, **kwargs: Any) -> Any:
    note("model.predict_classes", "write model.predict(x).argmax(-1) today")
    scores = self.predict(x, **kwargs)
    return scores.argmax(-1) if scores.shape[-1] > 1 else (scores > 0.5).astype("int32")


def _add_metric(self: Any, value: Any, name: Any = None, aggregation: Any = None, **_: Any) -> None:
    note("add_metric", "Keras 3 has no add_metric; make a keras.metrics.Mean and update it in call")
