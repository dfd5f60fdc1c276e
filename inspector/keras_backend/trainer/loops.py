"""`fit`, `evaluate` and `predict`: batches from Keras' data adapters, steps from `steps.py`."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from keras.src import backend, tree
from keras.src import callbacks as keras_callbacks
from keras.src.backend import config
from keras.src.optimizers import Optimizer
from keras.src.trainers.data_adapters.array_slicing import train_validation_split
from keras.src.trainers.data_adapters.data_adapter_utils import unpack_x_y_sample_weight
from keras.src.trainers.epoch_iterator import EpochIterator
from keras.src.utils.python_utils import pythonify_logs
from keras.src.utils.traceback_utils import filter_traceback

from inspector.keras_backend.trainer.steps import Steps


class Loops(Steps):
    """Whole data sets, batch after batch."""

    # Batches of the validation data, kept over the epochs: a generator can be begun only once.
    _eval_epoch_iterator: EpochIterator | None = None

    @filter_traceback  # type: ignore[untyped-decorator]
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> Any:
        self._assert_compile_called("fit")
        epochs = _capped(epochs)
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = train_validation_split(
                (x, y, sample_weight), validation_split=validation_split
            )
        batches = self._batches(
            (x, y, sample_weight), batch_size, steps_per_epoch, shuffle, class_weight
        )
        self._build_for(batches)
        watchers = self._watchers(
            callbacks, batches, verbose=verbose, epochs=epochs, add_history=True
        )
        validate = None
        if validation_data is not None:
            validate = _Validation(
                unpack_x_y_sample_weight(validation_data),
                validation_batch_size or batch_size,
                validation_steps,
                validation_freq,
            )
        self._run_epochs(range(initial_epoch, epochs), batches, watchers, validate)
        if isinstance(self.optimizer, Optimizer) and epochs > 0:
            self.optimizer.finalize_variable_values(self.trainable_weights)
        return self.history

    def _run_epochs(
        self, epochs: range, batches: EpochIterator, watchers: Any, validate: _Validation | None
    ) -> None:
        self.stop_training = False
        self.make_train_function()
        self._eval_epoch_iterator = None
        watchers.on_train_begin()
        # BackupAndRestore has just set it, where an earlier fit was interrupted.
        first = self._initial_epoch or epochs.start
        logs: dict[str, Any] = {}
        for epoch in range(first, epochs.stop):
            self.reset_metrics()
            watchers.on_epoch_begin(epoch)
            logs = self._train_epoch(batches, watchers)
            if validate is not None and self._should_eval(epoch, validate.frequency):
                logs.update(self._validated(validate, watchers))
            watchers.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        self._eval_epoch_iterator = None
        watchers.on_train_end(logs=logs)

    def _train_epoch(self, batches: Any, watchers: Any) -> dict[str, Any]:
        logs: Any = {}
        assert self.train_function is not None
        for first_step, last_step, data in batches:
            watchers.on_train_batch_begin(first_step)
            logs = self.train_function(data)
            watchers.on_train_batch_end(last_step, logs)
            if self.stop_training:
                break
        return dict(pythonify_logs(self._get_metrics_result_or_logs(logs)))

    def _validated(self, validation: _Validation, watchers: Any) -> dict[str, Any]:
        x, y, sample_weight = validation.data
        if self._eval_epoch_iterator is None:
            self._eval_epoch_iterator = self._batches(
                validation.data, validation.batch_size, validation.steps
            )
        logs = self.evaluate(
            x=x,
            y=y,
            sample_weight=sample_weight,
            batch_size=validation.batch_size,
            steps=validation.steps,
            callbacks=watchers,
            return_dict=True,
            _use_cached_eval_dataset=True,
        )
        return {f"val_{name}": value for name, value in logs.items()}

    @filter_traceback  # type: ignore[untyped-decorator]
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        self._assert_compile_called("evaluate")
        # Keras' own fit passes this word to an `evaluate` that a user may have overridden.
        use_kept = kwargs.pop("_use_cached_eval_dataset", False)
        if kwargs:
            raise ValueError(f"Arguments not recognized: {kwargs}")
        if use_kept and self._eval_epoch_iterator is not None:
            batches = self._eval_epoch_iterator
        else:
            batches = self._batches((x, y, sample_weight), batch_size, steps)
        self._build_for(batches)
        watchers = self._watchers(callbacks, batches, verbose=verbose)
        self.make_test_function()
        assert self.test_function is not None
        self.stop_evaluating = False
        watchers.on_test_begin()
        self.reset_metrics()
        logs: Any = {}
        for first_step, last_step, data in batches:
            watchers.on_test_batch_begin(first_step)
            logs = self.test_function(data)
            watchers.on_test_batch_end(last_step, logs)
            if self.stop_evaluating:
                break
        logs = pythonify_logs(self._get_metrics_result_or_logs(logs))
        watchers.on_test_end(logs)
        return logs if return_dict else self._flatten_metrics_in_order(logs)

    @filter_traceback  # type: ignore[untyped-decorator]
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        batches = self._batches((x, None, None), batch_size, steps)
        watchers = self._watchers(callbacks, batches, verbose=verbose)
        self.make_predict_function()
        assert self.predict_function is not None
        self.stop_predicting = False
        watchers.on_predict_begin()
        gathered: list[Any] = []
        for first_step, last_step, data in batches:
            watchers.on_predict_batch_begin(first_step)
            made = self.predict_function(data)
            # Values only: a tensor would keep the batch's whole record alive.
            gathered.append(tree.map_structure(backend.convert_to_numpy, made))
            watchers.on_predict_batch_end(last_step, {"outputs": made})
            if self.stop_predicting:
                break
        watchers.on_predict_end()
        if not gathered:
            raise ValueError("There was no batch to predict on: the data set is empty.")
        return tree.map_structure(lambda *parts: np.concatenate(parts), *gathered)

    def _batches(
        self,
        data: tuple[Any, Any, Any],
        batch_size: int | None,
        steps: int | None,
        shuffle: bool = False,
        class_weight: dict[int, float] | None = None,
    ) -> EpochIterator:
        x, y, sample_weight = data
        return EpochIterator(
            x=x,
            y=y,
            sample_weight=sample_weight,
            batch_size=batch_size,
            steps_per_epoch=steps,
            shuffle=shuffle,
            class_weight=class_weight,
            steps_per_execution=self.steps_per_execution,
        )

    def _build_for(self, batches: EpochIterator) -> None:
        """Create what is not built yet, from the first batch's shapes."""
        if self._builds_by_itself():
            return
        self._symbolic_build(iterator=batches)
        batches.reset()

    def _builds_by_itself(self) -> bool:
        """Whether only the user's own step knows how the model is run.

        A model of several (a GAN, a VAE) often has a `train_step` and no `call`, or a `call` that
        takes other things than the step's `x`; TensorFlow's trainer never calls it either.
        """
        return type(self).train_step is not Steps.train_step

    def _watchers(
        self,
        callbacks: Any,
        batches: EpochIterator,
        *,
        verbose: Any,
        epochs: int = 1,
        add_history: bool = False,
    ) -> Any:
        if isinstance(callbacks, keras_callbacks.CallbackList):
            return callbacks
        return keras_callbacks.CallbackList(
            callbacks,
            add_history=add_history,
            add_progbar=verbose != 0,
            verbose=verbose,
            epochs=epochs,
            steps=batches.num_batches,
            model=self,
        )


class _Validation:
    """What `fit` validates on, how often."""

    def __init__(
        self, data: Any, batch_size: int | None, steps: int | None, frequency: Any
    ) -> None:
        self.data = data
        self.batch_size = batch_size
        self.steps = steps
        self.frequency = frequency


def _capped(epochs: int) -> int:
    """Keras' global limit on epochs, where one is set."""
    limit = config.max_epochs()
    if not limit or limit >= epochs:
        return epochs
    warnings.warn(f"Limiting epochs to {limit}", stacklevel=3)
    return int(limit)
