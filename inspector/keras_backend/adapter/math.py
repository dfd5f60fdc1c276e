"""Keras 3.15's `backend.math`: ours, through the door."""

from inspector.keras_backend.door import expose
from inspector.keras_backend.ops import math

expose(__name__, math)
