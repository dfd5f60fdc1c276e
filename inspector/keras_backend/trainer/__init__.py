"""Training, evaluation and prediction: what `fit`, `evaluate` and `predict` run on our engine.

    steps      one batch: forward, loss, gradients, update
    on_batch   `train_on_batch` and its kind
    loops      `fit`, `evaluate`, `predict` over data

Compiling, metrics and losses are Keras' own; Keras' public documentation of `Model.fit` says what
the loops do. `jit_compile` and `run_eagerly` are kept and change nothing: every run is eager.
"""

from inspector.keras_backend.trainer.loops import Loops
from inspector.keras_backend.trainer.on_batch import OnBatch
from inspector.keras_backend.trainer.steps import StepEvent, step_listeners


class Trainer(Loops, OnBatch):
    """Keras' trainer, run on the tape."""


__all__ = ["StepEvent", "Trainer", "step_listeners"]
