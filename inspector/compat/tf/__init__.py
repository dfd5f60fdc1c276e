"""The `tensorflow` stand-in: TensorFlow's public names, written over keras.ops and our engine.

Importing this package fills `registry.NAMES`; it imports Keras, so the backend hook must be in
place. Semantics follow TensorFlow's public documentation, with two knowing differences: dtypes
promote as in Keras where TensorFlow raises, and a function on symbolic tensors is a node of the
Functional model.
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
