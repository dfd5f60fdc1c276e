"""What is kept of Keras 1 and 2 because Keras 3 has nothing in its place.

KEPT maps a path under `keras` to names; they come before Keras 3's own (`keras_face`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from inspector.compat.missing import not_available
from inspector.compat.notes import note
from inspector.compat.tf.control import truth
from inspector.compat.tf.tensors import tensor

ops = keras.ops

# -- keras.backend: what the old functions of `keras.src.legacy.backend` do not cover.


def _phase() -> int:
    return 0


def _in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    chosen = x if training is not None and truth(training) else alt
    return chosen() if callable(chosen) else chosen


def _in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    return _in_train_phase(alt, x, training)


def _function(inputs: Any, outputs: Any, updates: Any = None, **ignored: Any) -> Callable[..., Any]:
    """`K.function`: NumPy values of the outputs, from a list of inputs."""
    listed = inputs if isinstance(inputs, list | tuple) else [inputs]
    symbols = [x for x in listed if isinstance(x, keras.KerasTensor)]
    function = keras.Function(symbols, outputs)

    def run(values: Any) -> Any:
        given = values if isinstance(values, list | tuple) else [values]
        made = function([tensor(v) for v in given[: len(symbols)]])
        return keras.tree.map_structure(ops.convert_to_numpy, made)

    return run


def _placeholder(
    shape: Any = None, ndim: Any = None, dtype: Any = None, sparse: bool = False, name: Any = None
) -> Any:
    note("keras.backend.placeholder", "Keras 3 has no placeholders; write keras.Input")
    sizes = tuple(shape) if shape is not None else (None,) * (ndim or 1)
    return keras.Input(batch_shape=sizes, dtype=dtype, name=name)


def _dim_ordering() -> str:
    return "th" if keras.config.image_data_format() == "channels_first" else "tf"


def _set_dim_ordering(ordering: str) -> None:
    keras.config.set_image_data_format("channels_first" if ordering == "th" else "channels_last")


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Sessions and graphs are gone."""


def _print_tensor(x: Any, message: str = "", **ignored: Any) -> Any:
    print(message, x)
    return x


def _random_binomial(shape: Any, p: float = 0.0, dtype: Any = None, seed: Any = None) -> Any:
    drawn = keras.random.uniform(tuple(int(size) for size in shape))
    return ops.cast(ops.less(drawn, p), dtype or keras.config.floatx())


def _normalize_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Any, epsilon: float = 1e-3
) -> Any:
    mean, variance = ops.moments(x, axes=reduction_axes)
    normed = ops.batch_normalization(
        x, mean, variance, axis=-1, offset=beta, scale=gamma, epsilon=epsilon
    )
    return normed, mean, variance


def _set_value(x: Any, value: Any) -> None:
    x.assign(value)


def _batch_set_value(pairs: Any) -> None:
    for variable, value in pairs:
        variable.assign(value)


def _ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """(batch, 1) losses from probabilities; the last class is the blank."""
    scores = ops.log(ops.add(tensor(y_pred), keras.config.epsilon()))
    losses = ops.ctc_loss(
        ops.cast(tensor(y_true), "int32"),
        scores,
        ops.cast(ops.reshape(tensor(label_length), (-1,)), "int32"),
        ops.cast(ops.reshape(tensor(input_length), (-1,)), "int32"),
        mask_index=scores.shape[-1] - 1,
    )
    return ops.expand_dims(losses, 1)


def _ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> Any:
    scores = tensor(y_pred)
    decoded, score = ops.ctc_decode(
        scores,
        ops.cast(tensor(input_length), "int32"),
        strategy="greedy" if greedy else "beam_search",
        beam_width=beam_width,
        top_paths=top_paths,
        mask_index=scores.shape[-1] - 1,
    )
    return list(ops.unstack(decoded)), score


_BACKEND: dict[str, Callable[..., Any]] = {
    "ctc_batch_cost": _ctc_batch_cost,
    "ctc_decode": _ctc_decode,
    "set_value": _set_value,
    "batch_set_value": _batch_set_value,
    "learning_phase": _phase,
    "set_learning_phase": _nothing,
    "learning_phase_scope": lambda value: contextlib.nullcontext(),
    "symbolic_learning_phase": _phase,
    "in_train_phase": _in_train_phase,
    "in_test_phase": _in_test_phase,
    "function": _function,
    "placeholder": _placeholder,
    "is_placeholder": lambda x: isinstance(x, keras.KerasTensor),
    "get_session": _nothing,
    "set_session": _nothing,
    "get_graph": lambda: contextlib.nullcontext(),
    "manual_variable_initialization": _nothing,
    "reset_uids": keras.backend.clear_session,
    "image_dim_ordering": _dim_ordering,
    "set_image_dim_ordering": _set_dim_ordering,
    "print_tensor": _print_tensor,
    "random_binomial": _random_binomial,
    "normalize_batch_in_training": _normalize_in_training,
    "logsumexp": lambda x, axis=None, keepdims=False: ops.logsumexp(x, axis, keepdims),
    "identity": lambda x, name=None: ops.copy(x),
    "backend": lambda: "tensorflow",
    "is_tensor": lambda x: keras.ops.is_tensor(x),
    "softsign": lambda x: ops.softsign(x),
    "resize": lambda x, size: ops.image.resize(x, size),
    "convert_to_tensor": lambda x, dtype=None: tensor(x, dtype),
}

# -- layers


def merge(
    inputs: Any,
    mode: str = "sum",
    concat_axis: int = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    name: str | None = None,
    **ignored: Any,
) -> Any:
    """Keras 1's `merge([a, b], mode="concat")`."""
    note("keras.layers.merge", f'merge(mode="{mode}") is a layer of its own today')
    layers = keras.layers
    if callable(mode):
        return layers.Lambda(mode, output_shape=output_shape, name=name)(inputs)
    makers: dict[str, Callable[[], Any]] = {
        "sum": lambda: layers.Add(name=name),
        "mul": lambda: layers.Multiply(name=name),
        "ave": lambda: layers.Average(name=name),
        "max": lambda: layers.Maximum(name=name),
        "concat": lambda: layers.Concatenate(axis=concat_axis, name=name),
        "dot": lambda: layers.Dot(dot_axes, name=name),
        "cos": lambda: layers.Dot(dot_axes, normalize=True, name=name),
    }
    return makers[mode]()(inputs)


class _LocallyConnected(keras.layers.Layer):
    """A convolution whose kernel is not shared between places (Keras 2; gone in Keras 3)."""

    rank = 1

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        for name in ("data_format", "implementation", "bias_initializer", "kernel_regularizer"):
            kwargs.pop(name, None)
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = _sizes(kernel_size, self.rank)
        self.strides = _sizes(strides, self.rank)
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape: Any) -> None:
        sizes = zip(input_shape[1:-1], self.kernel_size, self.strides, strict=True)
        self.places = tuple((size - width) // step + 1 for size, width, step in sizes)
        depth = int(np.prod(self.kernel_size)) * input_shape[-1]
        self.kernel = self.add_weight(
            shape=(int(np.prod(self.places)), depth, self.filters),
            initializer=self.kernel_initializer,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(*self.places, self.filters), initializer="zeros", name="bias"
            )

    def call(self, inputs: Any) -> Any:
        patches = self._patches(inputs)
        out = ops.einsum("bpd,pdf->bpf", patches, self.kernel)
        out = ops.reshape(out, (-1, *self.places, self.filters))
        return self.activation(out + self.bias if self.use_bias else out)

    def _patches(self, x: Any) -> Any:
        """The patches: (batch, places, entries of one patch)."""
        grids = np.meshgrid(
            *(np.arange(n) * step for n, step in zip(self.places, self.strides, strict=True)),
            indexing="ij",
        )
        offsets = np.meshgrid(*(np.arange(n) for n in self.kernel_size), indexing="ij")
        flat: Any = 0
        stride = 1
        for axis in reversed(range(self.rank)):
            rows = grids[axis].reshape(-1, 1) + offsets[axis].reshape(1, -1)
            flat = flat + rows * stride
            stride *= x.shape[1 + axis]
        merged = ops.reshape(x, (-1, stride, x.shape[-1]))
        taken = ops.take(merged, flat.reshape(-1).astype("int32"), axis=1)
        return ops.reshape(taken, (-1, flat.shape[0], flat.shape[1] * x.shape[-1]))


def _sizes(value: Any, rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else tuple(value)


LocallyConnected1D = type("LocallyConnected1D", (_LocallyConnected,), {"rank": 1})
LocallyConnected2D = type("LocallyConnected2D", (_LocallyConnected,), {"rank": 2})


class Highway(keras.layers.Layer):
    """t * h + (1 - t) * x, with h and t dense in x (Keras 1)."""

    def __init__(self, activation: Any = "linear", **kwargs: Any) -> None:
        super().__init__(**{k: v for k, v in kwargs.items() if k in ("name", "dtype")})
        self.activation = keras.activations.get(activation)

    def build(self, input_shape: Any) -> None:
        self.transform = keras.layers.Dense(input_shape[-1], activation=self.activation)
        self.gate = keras.layers.Dense(input_shape[-1], activation="sigmoid")

    def call(self, inputs: Any) -> Any:
        share = self.gate(inputs)
        return share * self.transform(inputs) + (1 - share) * inputs


# -- utils, wrappers, optimizers


def multi_gpu_model(model: Any, *args: Any, **kwargs: Any) -> Any:
    """One device: the model itself."""
    note("keras.utils.multi_gpu_model", "use keras.distribution today; here the model is unchanged")
    return model


def _source_inputs(x: Any, *ignored: Any) -> list[Any]:
    """The Input tensors that a symbolic tensor is made from."""
    found: list[Any] = []
    waiting, seen = [x], set()
    while waiting:
        operation, index, _ = waiting.pop()._keras_history
        node = operation._inbound_nodes[index]
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.is_input:
            found += node.output_tensors
        waiting += node.input_tensors
    return found


def _obtain_input_shape(
    input_shape: Any, default_size: int, min_size: int, data_format: Any, require_flatten: bool,
    weights: Any = None,
) -> Any:  # fmt: skip
    from keras.src.applications import imagenet_utils

    return imagenet_utils.obtain_input_shape(
        input_shape, default_size, min_size, data_format, require_flatten, weights
    )


class _ScikitWrapper:
    """`KerasClassifier(build_fn=...)`: holds the building function and builds on `fit`."""

    def __init__(self, build_fn: Any = None, model: Any = None, **parameters: Any) -> None:
        note("keras.wrappers.scikit_learn", "use keras.wrappers.SKLearnClassifier or scikeras")
        self.build_fn = build_fn or model
        self.parameters = parameters

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        import inspect

        wanted = inspect.signature(self.build_fn).parameters
        given = {k: v for k, v in self.parameters.items() if k in wanted}
        self.model = self.build_fn(**given)
        rest = {
            k: v for k, v in self.parameters.items() if k in ("epochs", "batch_size", "verbose")
        }
        return self.model.fit(x, y, **{**rest, **kwargs})

    def predict(self, x: Any, **kwargs: Any) -> Any:
        scores = self.model.predict(x, **kwargs)
        if type(self).__name__ == "KerasRegressor":
            return np.squeeze(scores)
        return scores.argmax(-1) if scores.shape[-1] > 1 else (scores > 0.5).astype("int32")

    def predict_proba(self, x: Any, **kwargs: Any) -> Any:
        return self.model.predict(x, **kwargs)

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        return float(np.atleast_1d(self.model.evaluate(x, y, **kwargs))[-1])

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {**self.parameters, "build_fn": self.build_fn}

    def set_params(self, **parameters: Any) -> Any:
        self.parameters.update(parameters)
        return self


KerasClassifier = type("KerasClassifier", (_ScikitWrapper,), {})
KerasRegressor = type("KerasRegressor", (_ScikitWrapper,), {})


def _to_estimator(*args: Any, **kwargs: Any) -> Any:
    raise not_available("keras.estimator.model_to_estimator", fix="Use model.fit.")


_LEGACY_OPTIMIZERS = {
    name: getattr(keras.optimizers, name)
    for name in (
        "SGD", "Adam", "Adamax", "RMSprop", "Adagrad", "Adadelta", "Nadam", "Ftrl", "Optimizer",
    )
}  # fmt: skip

KEPT: dict[str, dict[str, Any]] = {
    "backend": _BACKEND,
    "layers": {
        "merge": merge,
        "Highway": Highway,
        "LocallyConnected1D": LocallyConnected1D,
        "LocallyConnected2D": LocallyConnected2D,
    },
    "optimizers.legacy": _LEGACY_OPTIMIZERS,
    "utils": {
        "multi_gpu_model": multi_gpu_model,
        "get_source_inputs": _source_inputs,
        "print_summary": lambda model, *args, **kwargs: model.summary(),
        "convert_all_kernels_in_model": _nothing,
        "get_custom_objects": keras.saving.get_custom_objects,
    },
    "engine": {"get_source_inputs": _source_inputs, "merge": merge},
    "wrappers": {"KerasClassifier": KerasClassifier, "KerasRegressor": KerasRegressor},
    "applications.imagenet_utils": {
        "_obtain_input_shape": _obtain_input_shape,
        "obtain_input_shape": _obtain_input_shape,
    },
    "estimator": {"model_to_estimator": _to_estimator},
    "__internal__": {},
}
