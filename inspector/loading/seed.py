"""What a script starts from: one seed for all random numbers, and Keras' dtype policy."""

from __future__ import annotations

import keras

from inspector.errors import UsageError


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


def set_dtype_policy(name: str) -> None:
    """Have layers that name no dtype compute in this one.

    Raises:
        UsageError: Keras knows no such policy.
    """
    try:
        keras.config.set_dtype_policy(name)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"Keras knows no dtype policy {name!r}.",
            fix="Use float16, bfloat16, float32, float64, mixed_float16 or mixed_bfloat16.",
        ) from error
