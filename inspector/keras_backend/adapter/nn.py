"""Keras 3.15's `backend.nn`: ours, through the door."""

from inspector.keras_backend.door import expose
from inspector.keras_backend.ops import nn

expose(__name__, nn)
