"""Keras 3.15's `backend.random`: ours, through the door."""

from keras.src.random.seed_generator import SeedGenerator, draw_seed, make_default_seed

from inspector.keras_backend import random
from inspector.keras_backend.door import expose

expose(__name__, random)

__all__ = ["SeedGenerator", "draw_seed", "make_default_seed"]
