"""What happens at the doors of Keras that losses pass: they are noticed for the run's ledger."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from inspector.capture import blame, losses
from inspector.capture import keras_private as private
from inspector.capture.lines import Lines
from inspector.capture.losses import NoticedLoss
from inspector.capture.runs import Blame, RunContext, Runs


class LossWatch(ABC):
    """The part of the watcher that hears of losses; see `watch.Watch`, which is the whole."""

    runs: Runs
    _lines: Lines
    _last: RunContext | None

    @abstractmethod
    def _end(self, context: RunContext) -> None:
        """Hand on a run that has ended."""

    def loss_added(self, layer: Any, loss: Any) -> None:
        if self._notices_losses:
            self._notice(losses.added(layer, loss, self._lines.here()))

    def weights_regularized(self, layer: Any, values: list[Any]) -> None:
        if not values or not self._notices_losses:
            return
        owners = [layer, *private.sublayers(layer)]
        made_at = {id(owner): self._lines.that_made(owner) for owner in owners}
        self._notice(losses.regularized(layer, values, made_at))

    def loss_failed(self, loss: Any, error: BaseException, arguments: Any) -> None:
        context = self.runs.top or self.runs.pending or self._last
        # A loss of the user's own, after the run: there is advice, and no run to show it with.
        context = context or RunContext("forward", 0, None, lambda: None)
        if self.runs.muted or context.current is not None:
            return
        if not context.fail(None, error):
            return
        is_user_file = self._lines.locator.is_user_file
        context.heard.outermost(is_user_file, (), ())
        context.heard.innermost(is_user_file, error, private.flatten(arguments))
        given = blame.labels_and_predictions(context, arguments)
        context.blame = Blame("loss", loss, self._lines.here(), given)
        if context is self._last:
            self._end(context)
        elif not context.frames:
            self._last = context

    def loss_computed(self, loss: Any, value: Any, arguments: Any) -> None:
        if not self._notices_losses:
            return
        prediction = next(iter(private.flatten(arguments[1])), None)
        context = self.runs.top
        maker = context.origins.maker(prediction) if context is not None else None
        owner = maker.path if maker is not None else loss.name
        self._notice(losses.computed(loss, value, self._lines.here(), owner))

    def loss_reduced(self, values: Any, arguments: Any, original: Callable[[], Any]) -> Any:
        context = self.runs.top
        if context is None or not context.is_kept or context.kind == "build":
            return original()
        began = len(context.tape.records)
        result = original()
        losses.weighed(context, values, arguments, result, began)
        return result

    def mask_applied(self, mask: Any) -> None:
        context = self.runs.top or self.runs.open_step()
        if context is not None and context.is_kept and context.kind != "build":
            metric = private.metric_being_updated()
            owner = f"the metric {metric}" if metric else "the loss"
            context.mask_weightings.append((mask, owner))

    def _notice(self, noticed: list[NoticedLoss]) -> None:
        context = self.runs.top
        if context is not None and self._notices_losses:
            for loss in noticed:
                loss.frame = context.current
            context.noticed_losses.extend(noticed)

    @property
    def _notices_losses(self) -> bool:
        """Whether the run that goes on is one whose losses are shown."""
        context = self.runs.top
        return context is not None and context.is_kept and context.kind != "build"

    def loss_scaled(self, loss: Any, scaled: Any) -> None:
        context = self.runs.open_step()
        if context is not None and scaled is not loss:
            context.unscaled[scaled.id] = loss
