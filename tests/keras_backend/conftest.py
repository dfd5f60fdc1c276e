"""These tests run Keras on our backend, in this process."""

from inspector.keras_backend import install

install("numpy")
