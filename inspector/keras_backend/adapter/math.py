"""Keras 3.15's `backend.math`: ours, through the door."""

from inspector.keras_backend.door import expose
from inspector.keras_backend.ops import math
from inspector.keras_backend.ops.math.fourier import complex_of_pair

expose(__name__, math)

# `keras.ops.polar` calls this private name of the backend.
_get_complex_tensor_from_tuple = complex_of_pair
