"""Keras' array backend over the engine: the import hook, the ops, variables and the trainer.

    hook       makes `import keras` find us          core       tensors in and out, dtypes
    adapter    our functions, laid out as Keras 3.15  variable   weights
    door       what every function passes through    symbolic   shapes without values
    ops        numpy, nn, math, linalg, image        trainer    fit, evaluate, predict
    contract   what Keras asks of a backend          random     seeded draws

Call `install()` before anything imports keras.
"""

from inspector.keras_backend.hook import install

__all__ = ["install"]
