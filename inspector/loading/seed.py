"""One seed for all that a script draws from: Python's, NumPy's and Keras' random numbers."""

from __future__ import annotations

import keras


def set_seed(seed: int) -> None:
    """Make an opening repeatable; a script that sets a seed of its own still may."""
    keras.utils.set_random_seed(seed)
