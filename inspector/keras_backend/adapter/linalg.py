"""Keras 3.15's `backend.linalg`: ours, through the door."""

from inspector.keras_backend.door import expose
from inspector.keras_backend.ops import linalg

expose(__name__, linalg)
