"""Keras 3.15's `backend.image`: ours, through the door."""

from inspector.keras_backend.door import expose
from inspector.keras_backend.ops import image

expose(__name__, image)
