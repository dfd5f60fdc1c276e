"""Keras 3.15's `backend.rnn`: ours, through the door."""

from inspector.keras_backend import rnn
from inspector.keras_backend.door import expose

expose(__name__, rnn)
