"""Every change made to Keras for the sake of old user code, each with its reason.

Keras' own behaviour stays as it is for code that is right today: patches add names that are
missing, or take what Keras 3 refuses.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import keras
import numpy as np

from inspector.compat import keras_arguments, keras_face
from inspector.compat.keras_arguments import in_place_of
from inspector.compat.notes import note
from inspector.compat.rewrite import compile_user_code
from inspector.engine.tensor import Tensor
from inspector.keras_backend import keras_private

# Keras modules that are about TensorFlow by nature: they have no other way to work, and what they
# hand out goes to user code, which sees the stand-in anyway.
_ABOUT_TENSORFLOW = (
    "keras.src.legacy.backend",
    "keras.src.legacy.layers",
    "keras.src.layers.preprocessing.normalization",
    "keras.src.layers.preprocessing.discretization",
    "keras.src.utils.timeseries_dataset_utils",
    "keras.src.utils.dataset_utils",
    "keras.src.utils.image_dataset_utils",
    "keras.src.utils.text_dataset_utils",
    "keras.src.utils.audio_dataset_utils",
)


class _Done:
    """Whether the patches are in place; they are per process, like Keras."""

    attached = False


def attach() -> None:
    """Put all patches in place, once."""
    if _Done.attached:
        return
    _Done.attached = True
    keras_private.hide_tensorflow()
    give_tensorflow()
    never_in_a_tensorflow_graph()
    accept_datasets()
    keras_arguments.attach()
    tensor_methods()
    old_attributes()
    old_methods()
    symbolic_losses()
    old_call_forms()
    clone_lambdas()
    file_names()
    keras_face.attach_old_names()


def give_tensorflow() -> None:
    """Hand the stand-in to the modules listed above."""
    from inspector.compat.namespaces import tensorflow_module

    stand_in = tensorflow_module("tensorflow")
    # The guard and the finder decide who may import; the key must not be there before.
    import sys

    sys.modules.pop("tensorflow", None)
    _recompile_old_backend()
    for name in _ABOUT_TENSORFLOW:
        setattr(importlib.import_module(name), "tf", stand_in)  # noqa: B010


def _recompile_old_backend() -> None:
    """Run Keras' old backend functions through the change that user code gets.

    They ask shapes and dtypes for TensorFlow's methods (`x.dtype.base_dtype`), as user code does.
    """
    module = importlib.import_module("keras.src.legacy.backend")
    face = importlib.import_module("keras._tf_keras.keras.backend")
    before = dict(vars(module))
    file = str(module.__file__)
    # Emptied first: the module keeps builtins under other names before it shadows them.
    for name in [n for n in vars(module) if not n.startswith("__")]:
        delattr(module, name)
    with open(file, encoding="utf-8") as source:
        exec(compile_user_code(source.read(), file), vars(module))
    for name, value in list(vars(face).items()):
        if value is not None and before.get(name) is value:
            setattr(face, name, vars(module)[name])


def never_in_a_tensorflow_graph() -> None:
    """Keras asks `sys.modules` for TensorFlow, and then whether it is building a graph."""
    utils = importlib.import_module("keras.src.utils.backend_utils")
    utils.in_tf_graph = lambda: False


def accept_datasets() -> None:
    """Let `fit`, `evaluate` and `predict` take our `tf.data.Dataset`.

    Keras knows TensorFlow's by the name of its class's module; ours gets an adapter.
    """
    from inspector.compat.dataset_adapter import DatasetAdapter
    from inspector.compat.tf.dataset import Dataset
    from inspector.compat.tf.ragged import RaggedTensor

    adapters = importlib.import_module("keras.src.trainers.data_adapters")
    original = adapters.get_data_adapter

    @in_place_of(original)
    def get_data_adapter(x: Any, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        if isinstance(x, Dataset):
            return DatasetAdapter(x, kwargs.get("class_weight"))
        if isinstance(x, RaggedTensor):
            x = x.to_tensor()
        return original(x, y, *args, **kwargs)

    adapters.get_data_adapter = get_data_adapter


def tensor_methods() -> None:
    """Methods of tf.Tensor that Keras' and our tensors lack."""
    from inspector.compat.tf.shapes import TensorShape
    from inspector.compat.tf.variables import ref

    def get_shape(self: Any) -> TensorShape:
        return TensorShape(self.shape)

    def set_shape(self: Any, shape: Any) -> None:
        """The shape is known already; TensorFlow's would have been unknown."""

    for owner in (Tensor, keras.KerasTensor, keras.Variable):
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


def symbolic_losses() -> None:
    """`model.add_loss(tensor)` on a Functional model, which Keras 3 refuses.

    The tensor becomes the input of a layer that adds it as its loss; the layer joins the graph
    that the model runs.
    """
    original = keras.layers.Layer.add_loss

    @in_place_of(original)
    def add_loss(self: Any, loss: Any, *args: Any, **kwargs: Any) -> None:
        for one in keras.tree.flatten(loss):
            if isinstance(one, keras.KerasTensor):
                note(
                    "model.add_loss(tensor) on a Functional model",
                    "call add_loss inside a layer's call() today",
                )
                _join_loss(self, one)
            elif callable(one) and not isinstance(one, Tensor):
                original(self, one())
            else:
                original(self, keras.ops.mean(one) if getattr(one, "shape", ()) else one)

    keras.layers.Layer.add_loss = add_loss
    # Functional refuses add_loss altogether.
    importlib.import_module("keras.src.models.functional").Functional.add_loss = add_loss


class AddLoss(keras.layers.Layer):
    """Adds its input, averaged, as a loss."""

    def call(self, inputs: Any) -> Any:
        self.add_loss(keras.ops.mean(inputs))
        return inputs


def _join_loss(model: Any, loss: Any) -> None:
    graph = importlib.import_module("keras.src.ops.function")
    layer = AddLoss()
    out = layer(loss)
    extra = [*getattr(model, "_inspector_loss_outputs", ()), out]
    nodes, by_depth, operations, operations_by_depth = graph.map_graph(
        model._inputs, [*model._outputs, *extra]
    )
    object.__setattr__(model, "_inspector_loss_outputs", extra)
    model._nodes, model._nodes_by_depth = nodes, by_depth
    model._operations, model._operations_by_depth = operations, operations_by_depth
    known = {id(existing) for existing in model._layers}
    for added in model.layers:
        if id(added) not in known:
            model._layers.append(added)


def old_call_forms() -> None:
    """`Model(input=..., output=...)` and layers made with `weights=[...]`."""
    original = keras.Model.__new__

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return original(cls, *args, **_plural(kwargs))

    functional = importlib.import_module("keras.src.models.functional").Functional
    initialise = functional.__init__

    @in_place_of(initialise)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        initialise(self, *args, **_plural(kwargs))

    keras.Model.__new__ = staticmethod(new)
    functional.__init__ = init
    maybe_build = keras.layers.Layer._maybe_build

    @in_place_of(maybe_build)
    def build(self: Any, *args: Any, **kwargs: Any) -> Any:
        done = maybe_build(self, *args, **kwargs)
        initial = self.__dict__.pop("_inspector_initial_weights", None)
        if initial is not None and self.built:
            self.set_weights(initial)
        return done

    keras.layers.Layer._maybe_build = build


def _plural(kwargs: dict[str, Any]) -> dict[str, Any]:
    for old in ("input", "output"):
        if old in kwargs:
            note(f"Model({old}=...)", f"it is called {old}s today")
            kwargs = {**kwargs, f"{old}s": kwargs[old]}
            del kwargs[old]
    return kwargs


def clone_lambdas() -> None:
    """`clone_model` of a model with a Python lambda: what the user's own code made is no risk."""
    cloning = importlib.import_module("keras.src.models.cloning")
    serialization = importlib.import_module("keras.src.saving.serialization_lib")
    original = cloning._clone_layer

    def clone_layer(layer: Any) -> Any:
        with serialization.SafeModeScope(safe_mode=False):
            return original(layer)

    cloning._clone_layer = clone_layer


def file_names() -> None:
    """File names that Keras 3 refuses for their suffix get the one that it wants."""
    _fix_suffix(keras.Model, "save", (".keras", ".h5", ".hdf5"), ".keras")
    _fix_suffix(keras.Model, "save_weights", (".weights.h5", ".weights.json"), ".weights.h5")
    checkpoint = keras.callbacks.ModelCheckpoint
    original = checkpoint.__init__

    @in_place_of(original)
    def init(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> None:
        whole = not kwargs.get("save_weights_only", False)
        ending = ".keras" if whole else ".weights.h5"
        fine = (".keras", ".h5") if whole else (".weights.h5",)
        original(self, _with_suffix(filepath, fine, ending), *args, **kwargs)

    checkpoint.__init__ = init


def _fix_suffix(owner: Any, method: str, fine: tuple[str, ...], ending: str) -> None:
    original = getattr(owner, method)

    @in_place_of(original)
    def call(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        return original(self, _with_suffix(filepath, fine, ending), *args, **kwargs)

    setattr(owner, method, call)


def _with_suffix(filepath: Any, fine: tuple[str, ...], ending: str) -> Any:
    text = str(filepath)
    if text.endswith(fine) or hasattr(filepath, "write"):
        return filepath
    note(f"saving to {text.rpartition('/')[2]!r}", f"Keras 3 wants a name that ends in {ending}")
    return text + ending


def modules_given_tensorflow() -> tuple[ModuleType, ...]:
    """The Keras modules that have the stand-in, for tests."""
    return tuple(importlib.import_module(name) for name in _ABOUT_TENSORFLOW)
