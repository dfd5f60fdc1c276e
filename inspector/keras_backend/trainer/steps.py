"""One batch: forward, loss, gradients, update."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal

from keras.src import tree
from keras.src.trainers import trainer as base_trainer
from keras.src.trainers.data_adapters.data_adapter_utils import unpack_x_y_sample_weight

from inspector.engine import autodiff, tape
from inspector.engine.primitives import joining
from inspector.engine.tape import OpRecord, Segment
from inspector.engine.tensor import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class StepEvent:
    """A point in a training step, told to `step_listeners`.

    what:      `began` before the forward pass; `differentiated` when the gradients are there and
               no weight has changed; `updated` when the optimizer is done.
    loss:      what was differentiated (scaled, where the optimizer scales it); None at `began`.
    variables: the trainable ones, `gradients` in the same order (None: no path to the loss).
    """

    what: Literal["began", "differentiated", "updated"]
    model: Any
    data: Any
    loss: Tensor | None = None
    variables: tuple[Any, ...] = ()
    gradients: tuple[Tensor | None, ...] = ()


# Called at each point of each training step; capture looks on through it.
step_listeners: list[Callable[[StepEvent], None]] = []


def _tell(event: StepEvent) -> None:
    for listener in step_listeners:
        listener(event)


def release(records: Sequence[OpRecord]) -> None:
    """Let go of a finished step's tensors.

    A record and its outputs name each other, so without this a step's activations stay until the
    garbage collector comes by, many steps later.
    """
    for record in records:
        for tensor in record.outputs:
            tensor.record = None
        record.inputs = record.outputs = ()


class Steps(base_trainer.Trainer):
    """What happens with one batch; users override the three `*_step` methods."""

    def __init__(self) -> None:
        super().__init__()
        self.train_function: Callable[[Any], Any] | None = None
        self.test_function: Callable[[Any], Any] | None = None
        self.predict_function: Callable[[Any], Any] | None = None

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        _tell(StepEvent("began", self, data))
        with tape.recording() as segment:
            y_pred = self._predicted(x, training=True)
            loss = self._compute_loss(
                x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True
            )
            self._track(loss, x)
            if self.optimizer is not None:
                loss = self.optimizer.scale_loss(loss)
            self._update_weights(loss, segment, data)
        metrics: dict[str, Any] = self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)
        return metrics

    def test_step(self, data: Any) -> dict[str, Any]:
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._predicted(x, training=False)
        loss = self._compute_loss(
            x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False
        )
        if tape.observer is not None:
            tape.observer.evaluated(loss)
        self._track(loss, x)
        with tape.paused():
            metrics: dict[str, Any] = self.compute_metrics(
                x, y, y_pred, sample_weight=sample_weight
            )
        return metrics

    def predict_step(self, data: Any) -> Any:
        return self._predicted(unpack_x_y_sample_weight(data)[0], training=False)

    def _predicted(self, x: Any, training: bool) -> Any:
        return self(x, training=training) if self._call_has_training_arg else self(x)

    def _track(self, loss: Any, x: Any) -> None:
        """Add the loss to the epoch's mean, weighted by the batch's size; not part of the step."""
        batch = next(leaf for leaf in tree.flatten(x) if leaf is not None).shape[0]
        with tape.paused():
            self._loss_tracker.update_state(loss, sample_weight=batch)

    def _update_weights(self, loss: Any, segment: Segment, data: Any) -> None:
        variables = tuple(self.trainable_weights)
        if not variables:
            warnings.warn("The model does not have any trainable weights.", stacklevel=2)
            return
        with tape.paused() if segment.is_private else nullcontext():
            records = segment.records
            gradients = autodiff.gradients(loss, [v.value for v in variables], records)
            if segment.is_private:
                release(records)
            _tell(StepEvent("differentiated", self, data, loss, variables, tuple(gradients)))
            self.optimizer.apply(gradients, variables)
            _tell(StepEvent("updated", self, data, loss, variables, tuple(gradients)))

    def make_train_function(self, force: bool = False) -> Callable[[Any], Any]:
        if self.train_function is None or force:
            self.train_function = _on_each_batch(self.train_step)
        return self.train_function

    def make_test_function(self, force: bool = False) -> Callable[[Any], Any]:
        if self.test_function is None or force:
            self.test_function = _on_each_batch(tape.evaluating()(self.test_step))
        return self.test_function

    def make_predict_function(self, force: bool = False) -> Callable[[Any], Any]:
        if self.predict_function is None or force:
            self.predict_function = _on_each_joined(self.predict_step)
        return self.predict_function


def _on_each_batch(step: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The step on each batch of one execution; the last one's metrics stand for all."""

    def run(batches: Any) -> Any:
        logs = None
        for data in batches:
            logs = step(data)
        return logs

    return run


def _on_each_joined(step: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The step on each batch of one execution, its outputs joined."""

    def run(batches: Any) -> Any:
        made = [step(data) for data in batches]
        if len(made) == 1:
            return made[0]
        return tree.map_structure(lambda *parts: joining.concatenate(*parts, axis=0), *made)

    return run
