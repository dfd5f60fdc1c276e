"""Training, evaluation and prediction: what `fit`, `evaluate` and `predict` run on our engine."""

from __future__ import annotations

from keras.src.trainers import trainer as base_trainer


class Trainer(base_trainer.Trainer):
    """Keras' trainer, run on the tape."""
