"""Every change made to Keras for the sake of old user code, each with its reason.

Keras' own behaviour stays as it is for code that is right today: patches add names that are
missing, or take what Keras 3 refuses.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

import keras

from inspector.compat import (
    keras_arguments,
    keras_attributes,
    keras_face,
    keras_refusals,
    positional,
    saved_elsewhere,
)
from inspector.compat.keras_arguments import in_place_of
from inspector.compat.limits import adapting
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
    "keras.src.layers.preprocessing.feature_space",
    "keras.src.utils.timeseries_dataset_utils",
    "keras.src.utils.dataset_utils",
    "keras.src.utils.image_dataset_utils",
    "keras.src.utils.text_dataset_utils",
    "keras.src.utils.audio_dataset_utils",
)

_ADAPT = (
    "Discretization",
    "IntegerLookup",
    "Normalization",
    "StringLookup",
    "TextVectorization",
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
    adapt_on_whole_datasets()
    keras_arguments.attach()
    keras_refusals.attach()
    keras_attributes.tensor_methods()
    keras_attributes.old_attributes()
    keras_attributes.old_methods()
    symbolic_losses()
    old_call_forms()
    positional.attach()
    clone_lambdas()
    file_names()
    saved_elsewhere.find_optimizers_of_other_backends()
    silent_tensorboard()
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
    utils: Any = importlib.import_module("keras.src.utils.backend_utils")
    utils.in_tf_graph = lambda: False


def accept_datasets() -> None:
    """Let `fit`, `evaluate` and `predict` take our `tf.data.Dataset`.

    Keras knows TensorFlow's by the name of its class's module; ours gets an adapter.
    """
    from inspector.compat.dataset_adapter import DatasetAdapter
    from inspector.compat.tf.dataset import Dataset
    from inspector.compat.tf.ragged import RaggedTensor

    adapters: Any = importlib.import_module("keras.src.trainers.data_adapters")
    original = adapters.get_data_adapter

    @in_place_of(original)
    def get_data_adapter(x: Any, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        if isinstance(x, Dataset):
            return DatasetAdapter(x, kwargs.get("class_weight"))
        if isinstance(x, RaggedTensor):
            x = x.to_tensor()
        return original(x, y, *args, **kwargs)

    adapters.get_data_adapter = get_data_adapter


def adapt_on_whole_datasets() -> None:
    """Layers that adapt loop over a dataset as users do; theirs is not the loop to cut."""

    def whole(original: Callable[..., Any]) -> Callable[..., Any]:
        @in_place_of(original)
        def adapt(self: Any, *args: Any, **kwargs: Any) -> Any:
            with adapting():
                return original(self, *args, **kwargs)

        return adapt

    for name in _ADAPT:
        owner: Any = getattr(keras.layers, name)
        owner.adapt = whole(owner.adapt)


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
    """`clone_model` of a model with a Python lambda, which Keras refuses as a risk.

    Its clone would also have lost the names that it uses; here it keeps the function itself.
    """
    cloning: Any = importlib.import_module("keras.src.models.cloning")

    def keeping(original: Callable[..., Any]) -> Callable[..., Any]:
        @in_place_of(original)
        def clone(model: Any, clone_function: Any, *args: Any, **kwargs: Any) -> Any:
            def copied(layer: Any) -> Any:
                return _copy(layer) if type(layer) is keras.layers.Lambda else clone_function(layer)

            return original(model, copied, *args, **kwargs)

        return clone

    for name in ("_clone_sequential_model", "_clone_functional_model"):
        setattr(cloning, name, keeping(getattr(cloning, name)))


def _copy(layer: Any) -> Any:
    return keras.layers.Lambda(
        layer.function,
        output_shape=layer._output_shape,
        mask=layer.mask,
        arguments=layer.arguments,
        name=layer.name,
        dtype=layer.dtype_policy,
    )


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

    _find_suffix()


def _find_suffix() -> None:
    """`load_model("name")` finds what `save("name")` wrote under Keras' suffix."""
    models: Any = importlib.import_module("keras.models")
    saving: Any = importlib.import_module("keras.saving")
    face: Any = importlib.import_module("keras._tf_keras.keras.models")
    face_saving: Any = importlib.import_module("keras._tf_keras.keras.saving")
    original = models.load_model

    @in_place_of(original)
    def load_model(filepath: Any, *args: Any, **kwargs: Any) -> Any:
        return original(_existing(filepath, ".keras"), *args, **kwargs)

    for module in (models, saving, face, face_saving):
        module.load_model = load_model
    load_weights = keras.Model.load_weights

    @in_place_of(load_weights)
    def load(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        return load_weights(self, _existing(filepath, ".weights.h5"), *args, **kwargs)

    keras.Model.load_weights = load


def _existing(filepath: Any, ending: str) -> Any:
    """The path, or the path with Keras' suffix where only that exists."""
    text = str(filepath)
    there = os.path.exists(text) or not os.path.exists(text + ending)
    return filepath if there or not isinstance(filepath, str | os.PathLike) else text + ending


def silent_tensorboard() -> None:
    """The TensorBoard callback writes through TensorFlow; here it writes nothing."""
    owner = keras.callbacks.TensorBoard
    plain = keras.callbacks.Callback
    for name in [n for n in vars(owner) if n.startswith("on_") or n == "set_model"]:
        setattr(owner, name, getattr(plain, name))
    original = owner.__init__

    @in_place_of(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        note("keras.callbacks.TensorBoard", "it needs TensorFlow to write; nothing is written")
        original(self, *args, **kwargs)

    owner.__init__ = init


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
