"""Arguments of Keras 1 and 2 that Keras 3's constructors and methods refuse.

Each is renamed, used in another way, or dropped, with a note on what to write today. One wrapper
serves all: `accept(owner, method, renamed=..., dropped=...)`.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any, TypeVar

import keras
import numpy as np

from inspector.compat.notes import note

Function = TypeVar("Function", bound=Callable[..., Any])

# Keras 1's spellings, of the layers below.
_KERAS_1 = {
    "W_constraint": "kernel_constraint",
    "W_regularizer": "kernel_regularizer",
    "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer",
    "bias": "use_bias",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "dropout_U": "recurrent_dropout",
    "dropout_W": "dropout",
    "init": "kernel_initializer",
    "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer",
    "nb_filter": "filters",
    "p": "rate",
    "pool_length": "pool_size",
    "subsample": "strides",
    "subsample_length": "strides",
    "filter_length": "kernel_size",
    "U_regularizer": "recurrent_regularizer",
}
_LAYERS_1 = [
    "Dense",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "SeparableConv2D",
    "Conv2DTranspose",
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "GaussianDropout",
    "LSTM",
    "GRU",
    "SimpleRNN",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "AveragePooling1D",
    "AveragePooling2D",
    "BatchNormalization",
    "Embedding",
    "UpSampling2D",
    "ZeroPadding2D",
    "Activation",
]
# Options that changed how something was computed, not what.
_SPEED_ONLY = ("implementation", "fused", "virtual_batch_size", "adjustment", "time_major")
_OPTIMIZERS = ["SGD", "Adam", "AdamW", "Adamax", "RMSprop", "Adagrad", "Adadelta", "Nadam", "Ftrl"]


def in_place_of(original: Any) -> Callable[[Function], Function]:
    """Make a wrapper look like the function that it replaces, its signature too.

    Keras reads constructors' signatures with `getfullargspec`, which does not unwrap.
    """

    def dress(wrapper: Function) -> Function:
        dressed = functools.wraps(original)(wrapper)
        dressed.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
        return dressed  # type: ignore[return-value]

    return dress


def accept(
    owner: type,
    method: str,
    *,
    renamed: dict[str, str] | None = None,
    dropped: Iterable[str] = (),
    where: str,
) -> None:
    """Let `owner.method` take old keyword arguments."""
    original = getattr(owner, method)
    table, gone = renamed or {}, frozenset(dropped)

    @in_place_of(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        for old in [name for name in kwargs if name in table or name in gone]:
            _translate(kwargs, old, table.get(old), where)
        plain = {name: _plain(value, where) for name, value in kwargs.items()}
        return original(self, *(_plain(value, where) for value in args), **plain)

    setattr(owner, method, call)


def _plain(value: Any, where: str) -> Any:
    """Sizes that NumPy computed, as `int`: Keras 2 took them (`Dense(np.prod(shape))`)."""
    if not isinstance(value, np.integer):
        return value
    note(f"{where}(NumPy integer)", "Keras 3 wants an int: write int(...) around it")
    return int(value)


def _translate(kwargs: dict[str, Any], old: str, new: str | None, where: str) -> None:
    value = kwargs.pop(old)
    if new is None:
        note(f"{where}({old}=...)", "Keras 3 has no such argument; it is left out")
        return
    note(f"{where}({old}=...)", f"it is called {new} today")
    if value == "th" or value == "tf":
        value = "channels_first" if value == "th" else "channels_last"
    kwargs.setdefault(new, value)


def attach() -> None:
    """Teach Keras' classes the old arguments."""
    for name in _LAYERS_1:
        table = dict(_KERAS_1)
        if name == "BatchNormalization":
            table = {"mode": ""} | {}
        if name in ("Dense", "LSTM", "GRU", "SimpleRNN"):
            table["output_dim"] = "units"
        owner = getattr(keras.layers, name)
        dropped = [
            *_SPEED_ONLY,
            "renorm",
            "renorm_momentum",
            "renorm_clipping",
            "mode",
            "dropout_dim",
        ]
        own = {old: new for old, new in table.items() if new and old not in _own(owner)}
        dropped = [d for d in dropped if d not in _own(owner)]
        accept(owner, "__init__", renamed=own, dropped=dropped, where=name)
    for name in _OPTIMIZERS:
        owner = getattr(keras.optimizers, name)
        gone = (
            "schedule_decay",
            "experimental_aggregate_gradients",
            "jit_compile",
            "is_legacy_optimizer",
        )
        accept(owner, "__init__", renamed={"lr": "learning_rate"}, dropped=gone, where=name)
        _without_none(owner)
    _models()
    _layers()
    _input_sizes()


def _own(owner: type) -> frozenset[str]:
    """Names of a constructor's own arguments, which must not be taken for old ones."""
    return frozenset(inspect.signature(owner.__init__).parameters)  # type: ignore[misc]


def _without_none(owner: Any) -> None:
    """`epsilon=None` and `decay=0.0` meant the default."""
    original = owner.__init__

    @in_place_of(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("epsilon", 0) is None:
            del kwargs["epsilon"]
        if kwargs.get("decay") is not None:
            if kwargs["decay"]:
                note(
                    f"{owner.__name__}(decay=...)",
                    "pass keras.optimizers.schedules.InverseTimeDecay as learning_rate today",
                )
            del kwargs["decay"]
        original(self, *args, **kwargs)

    owner.__init__ = init


def _is_metrics(value: Any) -> bool:
    """Whether the third argument of `compile` is meant as metrics, its place in Keras 2."""
    items = value if isinstance(value, list | tuple) else [value]
    return any(isinstance(x, str | keras.metrics.Metric) or callable(x) for x in items)


def _metrics_third() -> None:
    original = keras.Model.compile

    @in_place_of(original)
    def compile_(self: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) > 2 and _is_metrics(args[2]):
            note(
                "compile(optimizer, loss, metrics)",
                "write metrics=...; third is loss_weights today",
            )
            kwargs["metrics"] = args[2]
            args = (*args[:2], *args[3:4], *args[4:])
        return original(self, *args, **kwargs)

    keras.Model.compile = compile_


def _models() -> None:
    model = keras.Model
    _metrics_third()
    accept(
        model, "compile",
        dropped=(
            "experimental_run_tf_function", "experimental_steps_per_execution", "target_tensors",
            "sample_weight_mode", "distribute", "class_mode", "from_serialized", "options",
            "pss_evaluation_shards",
        ),
        where="compile",
    )  # fmt: skip
    # `load_model` compiles only a model whose `compile` is Trainer's own: the wrapper is that now.
    trainer: Any = importlib.import_module("keras.src.trainers.trainer")
    trainer.Trainer.compile = model.compile
    loops = (
        "workers",
        "use_multiprocessing",
        "max_queue_size",
        "max_q_size",
        "nb_worker",
        "show_accuracy",
    )
    renamed = {"nb_epoch": "epochs", "samples_per_epoch": "steps_per_epoch"}
    accept(model, "fit", renamed=renamed, dropped=loops, where="fit")
    for name in ("evaluate", "predict"):
        accept(model, name, renamed={"val_samples": "steps"}, dropped=loops, where=name)
    accept(
        model, "save", dropped=("save_format", "save_traces", "options", "signatures"), where="save"
    )
    accept(model, "save_weights", dropped=("save_format", "options"), where="save_weights")
    callbacks = keras.callbacks
    gone = ("period", "mode_", "load_weights_on_restart", "options")
    accept(callbacks.ModelCheckpoint, "__init__", dropped=gone, where="ModelCheckpoint")
    for watcher in (callbacks.ModelCheckpoint, callbacks.EarlyStopping):
        _monitored(watcher)
    gone = ("write_grads", "batch_size", "embeddings_layer_names", "embeddings_data")
    accept(callbacks.TensorBoard, "__init__", dropped=gone, where="TensorBoard")
    accept(
        callbacks.ReduceLROnPlateau, "__init__", renamed={"epsilon": "min_delta"},
        where="ReduceLROnPlateau",
    )  # fmt: skip


def _monitored(callback: Any) -> None:
    """`monitor="val_acc"`: Keras 2's short name, of which Keras 3 cannot tell what is better."""
    original = callback.__init__

    @in_place_of(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if str(kwargs.get("monitor", "")).endswith("acc"):
            kwargs.setdefault("mode", "max")
        original(self, *args, **kwargs)

    callback.__init__ = init


def _layers() -> None:
    layer = keras.layers.Layer
    original = layer.__init__

    @in_place_of(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        _training_by_itself(type(self))
        if args and args[0] is self:
            note("super().__init__(self)", "write super().__init__() today")
            args = args[1:]
        kwargs.pop("dynamic", None)
        batch = kwargs.pop("batch_input_shape", None)
        if batch is not None:
            note("batch_input_shape=...", "add keras.Input(batch_shape=...) as the first layer")
            kwargs.setdefault("input_shape", tuple(batch[1:]))
            self._inspector_batch_shape = tuple(batch)
        elif "input_shape" in kwargs and "batch_size" in kwargs:
            size = kwargs.pop("batch_size")
            self._inspector_batch_shape = (size, *kwargs["input_shape"])
        length = kwargs.pop("input_length", None)
        dim = kwargs.pop("input_dim", None)
        if dim is not None:
            note("input_dim=...", "add keras.Input(shape=...) as the first layer")
            kwargs.setdefault("input_shape", (dim,) if length is None else (length, dim))
        initial = kwargs.pop("weights", None)
        original(self, *args, **kwargs)
        if initial is not None:
            note("weights=... of a layer", "call layer.set_weights after it is built")
            self._inspector_initial_weights = list(initial)

    layer.__init__ = init
    _weights_positional(layer)
    _with_batch(keras.Sequential)


def _training_by_itself(kind: type) -> None:
    """`def call(self, inputs, training)`: Keras 2 filled in what callers leave out."""
    call = getattr(kind, "call", None)
    if not isinstance(call, FunctionType) or call.__module__.startswith("keras."):
        return
    given = call.__defaults__ or ()
    free = call.__code__.co_varnames[: call.__code__.co_argcount - len(given)]
    missing = [name for name in free[1:] if name in ("training", "mask")]
    if not missing or list(free[-len(missing) :]) != missing:
        return
    note(f"{kind.__name__}.call(..., {', '.join(missing)})", "give these a default today")
    call.__defaults__ = (*(False if name == "training" else None for name in missing), *given)


def _input_sizes() -> None:
    """`Input(shape=4)` and `Input((4))`, which Keras 2 took for `(4,)`; its `batch_size=` too."""
    layer = keras.layers.InputLayer
    original = layer.__init__

    @in_place_of(original)
    def init(self: Any, shape: Any = None, *args: Any, **kwargs: Any) -> None:
        if isinstance(shape, int | np.integer) and not isinstance(shape, bool):
            note("Input(shape=number)", "write shape=(number,) today")
            shape = (int(shape),)
        original(self, shape, *args, **kwargs)

    layer.__init__ = init


def _with_batch(sequential: Any) -> None:
    """`batch_input_shape=` of the first layer: its batch size is kept (stateful layers need it).

    A layer that takes texts says so itself, for Keras would take numbers for granted.
    """
    original = sequential.add

    @in_place_of(original)
    def add(self: Any, layer: Any, *args: Any, **kwargs: Any) -> Any:
        batch = getattr(layer, "_inspector_batch_shape", None)
        if getattr(layer, "takes_text", False) and not self.layers:
            original(self, keras.Input((), dtype="string"))
        elif batch is not None and batch[0] is not None and not self.layers:
            original(self, keras.Input(batch_shape=batch))
        return original(self, layer, *args, **kwargs)

    sequential.add = add


def _weights_positional(layer: Any) -> None:
    original = layer.add_weight
    gone = (
        "use_resource", "partitioner", "collections", "getter", "experimental_autocast",
        "synchronization", "caching_device", "validate_shape",
    )  # fmt: skip

    @in_place_of(original)
    def add_weight(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], str):
            # Keras 2: add_weight(name, shape, dtype, initializer, ...)
            names = ("name", "shape", "dtype", "initializer", "regularizer", "trainable")
            kwargs = {**dict(zip(names, args, strict=False)), **kwargs}
            args = ()
            note('add_weight("name", ...)', "the first argument is the shape; write name=... today")
        for name in gone:
            kwargs.pop(name, None)
        for name in ("shape",):
            if isinstance(kwargs.get(name), list | int):
                size = kwargs[name]
                kwargs[name] = (size,) if isinstance(size, int) else tuple(size)
        if args and isinstance(args[0], list):
            args = (tuple(args[0]), *args[1:])
        return original(self, *args, **kwargs)

    layer.add_weight = add_weight
    layer.add_variable = add_weight
