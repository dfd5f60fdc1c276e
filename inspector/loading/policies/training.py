"""Training: `fit` takes one step on the first batch, `evaluate` and `predict` at most one batch.

The batch is cut out before Keras sees the data, so that sixty thousand images are not converted
for the sake of thirty-two. What comes back has the form that the script expects: a `History` with
the names of all metrics, and from `predict` one row for each row that was given (computed for the
first batch, repeated for the others).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import keras
import numpy as np

from inspector.loading.policies import batches
from inspector.loading.situation import Situation

_ONE_STEP = "One training step on the first batch is recorded; training on would show no more."
_ONE_BATCH = "Only the first batch is computed."
_BATCH = 32
# What may follow `x` and `y` by position, in Keras' order.
_FIT = ("batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data",
        "shuffle", "class_weight", "sample_weight", "initial_epoch")  # fmt: skip
_EVALUATE = ("batch_size", "verbose", "sample_weight", "steps", "callbacks", "return_dict")
_PREDICT = ("batch_size", "verbose", "steps", "callbacks")
_MAX_REPEATED_BYTES = 1 << 28


def install(situation: Situation) -> None:
    """Shorten `fit`, `evaluate` and `predict` of every Keras model."""
    patches = situation.patches
    policy = _Training(situation)
    patches.wrap(keras.Model, "fit", policy.fit)
    patches.wrap(keras.Model, "evaluate", policy.evaluate)
    patches.wrap(keras.Model, "predict", policy.predict)

    class TensorBoard(keras.callbacks.Callback):
        """Writes no logs: TensorFlow, which would write them, is not there."""

        def __init__(self, log_dir: Any = "logs", *args: Any, **options: Any) -> None:
            super().__init__()
            self.log_dir = log_dir
            situation.notes.add("keras.callbacks.TensorBoard", "No logs are written.")

    patches.set(keras.callbacks, "TensorBoard", TensorBoard)


class _Training:
    def __init__(self, situation: Situation) -> None:
        self._notes = situation.notes
        self._files = situation.files
        self._inside = 0

    def fit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def fit_once(model: Any, x: Any = None, y: Any = None, *rest: Any, **options: Any) -> Any:
            options |= dict(zip(_FIT, rest, strict=False))
            self._notes.add(f"{model.name}.fit", _ONE_STEP)
            size = options.pop("batch_size", None) or _BATCH
            share = options.pop("validation_split", None) or 0.0
            validation = options.pop("validation_data", None)
            start = options.get("initial_epoch") or 0
            asked = options.get("epochs") or start + 1
            options["epochs"] = start + 1
            x, size = batches.lighter(model, x), batches.fewer_rows(model, x, size)
            x, y, weights = batches.cut(size, x, y, options.pop("sample_weight", None))
            if share and validation is None:
                validation = (x, y) if weights is None else (x, y, weights)
            if validation is not None:
                validation = batches.lighter(model, validation)
                options["validation_data"] = batches.cut_tuple(size, validation)
                options["validation_steps"] = 1
            # A length of our own would be wrong for arrays: they are one batch now.
            options["steps_per_epoch"] = None if batches.is_cut(x) else 1
            if batches.is_cut(x):
                options |= {"batch_size": size, "sample_weight": weights}
            return _as_long(self._muted(original, model, x, y, **options), asked - start)

        return fit_once

    def evaluate(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def evaluate_once(
            model: Any, x: Any = None, y: Any = None, *rest: Any, **options: Any
        ) -> Any:
            options |= dict(zip(_EVALUATE, rest, strict=False))
            if self._is_keras_own(sys._getframe(1)):
                return original(model, x, y, **options)
            size = options.pop("batch_size", None) or _BATCH
            x, size = batches.lighter(model, x), batches.fewer_rows(model, x, size)
            x, y, weights = batches.cut(size, x, y, options.pop("sample_weight", None))
            if batches.is_cut(x):
                options |= {"batch_size": size, "sample_weight": weights}
            self._notes.add(f"{model.name}.evaluate", _ONE_BATCH)
            options["steps"] = None if batches.is_cut(x) else 1
            return self._muted(original, model, x, y, **options)

        return evaluate_once

    def predict(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def predict_once(model: Any, x: Any, *rest: Any, **options: Any) -> Any:
            options |= dict(zip(_PREDICT, rest, strict=False))
            if self._is_keras_own(sys._getframe(1)):
                return original(model, x, **options)
            size = options.pop("batch_size", None) or _BATCH
            x, size = batches.lighter(model, x), batches.fewer_rows(model, x, size)
            rows = batches.rows(x)
            x, _, _ = batches.cut(size, x, None, None)
            if batches.is_cut(x):
                options["batch_size"] = size
            options["steps"] = None if batches.is_cut(x) else 1
            outputs = self._muted(original, model, x, **options)
            if rows is None or rows > size:
                self._notes.add(f"{model.name}.predict", _repeated_note(rows, size))
            return _repeated(outputs, rows) if rows is not None else outputs

        return predict_once

    def _is_keras_own(self, caller: FrameType) -> bool:
        """Whether `fit` evaluates by itself, on data that are cut already."""
        return self._inside > 0 and not self._files.contains(caller.f_code.co_filename)

    def _muted(self, original: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self._inside += 1
        try:
            return original(*args, **options)
        finally:
            self._inside -= 1


def _as_long(history: Any, epochs: int) -> Any:
    """The one epoch's values as often as the script will look for them."""
    for values in getattr(history, "history", {}).values():
        values.extend(values[-1:] * (min(epochs, 10_000) - len(values)))
    if hasattr(history, "epoch"):
        history.epoch = list(range(len(next(iter(history.history.values()), []))))
    return history


def _repeated_note(rows: int | None, size: int) -> str:
    if rows is None:
        return _ONE_BATCH
    return f"The first {size} of {rows} rows are computed and repeated for the others."


def _repeated(outputs: Any, rows: int) -> Any:
    def repeat(array: Any) -> Any:
        have = array.shape[0]
        if have == 0:
            return array
        wanted = min(rows, _MAX_REPEATED_BYTES * have // max(array.nbytes, 1))
        return np.take(array, np.arange(wanted) % have, axis=0) if wanted > have else array

    return keras.tree.map_structure(repeat, outputs)
