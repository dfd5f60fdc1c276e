"""One seed for all that a script draws from: Python's, NumPy's and Keras' random numbers."""

from __future__ import annotations

import keras


def set_seed(seed: int) -> None:
    """Make an opening repeatable; a script that sets a seed of its own still may."""
    keras.utils.set_random_seed(seed)


def set_run_seed(model: keras.layers.Layer, seed: int) -> None:
    """Make one run of a model repeatable: its layers draw what any run with this seed draws.

    A layer's seed generator holds (seed, draws so far); each keeps its own seed and starts to
    count at `seed`. Keras' initial values, `shuffle` and unseeded noise are drawn alike as well.
    """
    set_seed(seed)
    for variable in model.variables:
        if variable.name == "seed_generator_state":
            own, _ = variable.numpy().tolist()
            variable.assign([own, seed])
