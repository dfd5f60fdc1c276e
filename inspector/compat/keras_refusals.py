"""What Keras 2 let pass and Keras 3 refuses although it can do it.

Names with a slash ("block1/conv") get an underscore in its place. One optimizer for several models
is built anew for the weights of all of them when it meets the next model's. A synchronized batch
normalization is one as any other where there is one device.
"""

from __future__ import annotations

import importlib
from typing import Any

import keras

from inspector.compat.keras_arguments import in_place_of
from inspector.compat.notes import note


def attach() -> None:
    """Let them pass, with a note."""
    operation: Any = importlib.import_module("keras.src.ops.operation").Operation
    for owner in (operation, keras.Variable):
        _allow_slashes(owner)
    _allow_further_weights(keras.optimizers.Optimizer)
    _allow_synchronized(keras.layers.BatchNormalization)


def _allow_slashes(owner: Any) -> None:
    original = owner.__init__

    @in_place_of(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        name = kwargs.get("name")
        if isinstance(name, str) and "/" in name:
            kwargs["name"] = name.replace("/", "_")
            note('name="a/b"', "Keras 3 takes no '/' in a name; here it is '_'")
        original(self, *args, **kwargs)

    owner.__init__ = init


def _allow_further_weights(optimizer: Any) -> None:
    base = next(kind for kind in optimizer.__mro__ if "_check_variables_are_known" in vars(kind))
    original = base._check_variables_are_known

    @in_place_of(original)
    def check(self: Any, variables: Any) -> None:
        try:
            original(self, variables)
        except ValueError:
            known = {id(v) for v in self._trainable_variables}
            everything = [
                *self._trainable_variables,
                *(v for v in variables if id(v) not in known),
            ]
            note(
                "one optimizer for several models",
                "Keras 3 wants one for each; it is built anew here, with moments of zero",
            )
            self.built = False
            self.build(everything)
            original(self, variables)

    base._check_variables_are_known = check


def _allow_synchronized(layer: Any) -> None:
    original = layer.__init__

    @in_place_of(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs.pop("synchronized", False):
            note("synchronized=True", "there is one device here: its batch is the whole batch")
        original(self, *args, **kwargs)

    layer.__init__ = init
