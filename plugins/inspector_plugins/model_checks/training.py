"""Gradients, updates, and layers that are in the wrong mode while the model trains."""

from __future__ import annotations

import math
from collections.abc import Iterator

from inspector.api import Call, Check, Finding, Run, Trace, Update
from inspector_plugins.model_checks.reading import at_call, training_steps

LARGEST_MEAN = 1e3
SMALLEST_NORM = 1e-8
_DROPOUTS = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")


def no_gradient(trace: Trace) -> Iterator[Finding]:
    """No gradient reaches a weight: no path leads from it to the loss."""
    for run in _first_of_each_model(trace):
        missing = [u.weight for u in run.updates if u.gradient_norm is None]
        if missing and len(missing) < len(run.updates):
            yield _at_weights(
                run, "no-gradient", missing, "No gradient reaches {}.",
                "Look for a stop_gradient, an integer cast, an argmax, NumPy code or an unused "
                "output between it and the loss.",
            )  # fmt: skip


def zero_gradient(trace: Trace) -> Iterator[Finding]:
    """A gradient is exactly zero: dead units, or a constant output."""
    for run in _first_of_each_model(trace):
        zero = [u.weight for u in _that_matter(run) if u.gradient_norm == 0]
        if zero:
            yield _at_weights(
                run, "zero-gradient", zero, "The gradient of {} is exactly zero.",
                "Look at the activations after it: dead ReLUs, a saturated or constant output.",
            )  # fmt: skip


def gradient_explodes(trace: Trace) -> Iterator[Finding]:
    """A gradient's norm is very large."""
    for run in _first_of_each_model(trace):
        # Per entry: a kernel of ten thousand small entries has a large norm as well.
        counts = _entry_counts(run)
        large = [
            u.weight
            for u in run.updates
            if (u.gradient_norm or 0) > LARGEST_MEAN * math.sqrt(counts.get(u.weight, 1))
        ]
        if large:
            yield _at_weights(
                run, "gradient-explodes", large,
                f"The gradient of {{}} is over {LARGEST_MEAN:g} per entry (root mean square).",
                "Scale the inputs, lower the learning rate, or pass clipnorm to the optimizer.",
            )  # fmt: skip


def gradient_vanishes(trace: Trace) -> Iterator[Finding]:
    """A gradient's norm is next to nothing."""
    for run in _first_of_each_model(trace):
        small = [u.weight for u in _that_matter(run) if 0 < (u.gradient_norm or 0) < SMALLEST_NORM]
        if small:
            yield _at_weights(
                run, "gradient-vanishes", small,
                f"The gradient norm of {{}} is under {SMALLEST_NORM:g}.",
                "Add skip connections or normalization, or use another activation function.",
            )  # fmt: skip


def weight_not_updated(trace: Trace) -> Iterator[Finding]:
    """A weight has a gradient but a training step leaves it as it is."""
    for run in _first_of_each_model(trace):
        still = [u.weight for u in run.updates if (u.gradient_norm or 0) > 0 and not u.delta_norm]
        if still:
            yield _at_weights(
                run, "weight-not-updated", still, "The step does not change {}.",
                "Check the learning rate; a value that small is lost in rounding.",
            )  # fmt: skip


def dropout_not_training(trace: Trace) -> Iterator[Finding]:
    """A dropout does nothing in a training step."""
    yield from _wrong_mode(
        trace,
        "dropout-not-training",
        _DROPOUTS,
        "{} drops nothing: it is called with training=False.",
    )


def norm_not_training(trace: Trace) -> Iterator[Finding]:
    """A batch normalization uses its moving statistics in a training step."""
    yield from _wrong_mode(
        trace,
        "norm-not-training",
        ("BatchNormalization",),
        "{} normalizes by its moving statistics, although the model trains.",
        only_trainable=True,
    )


def frozen_norm_moves(trace: Trace) -> Iterator[Finding]:
    """A frozen batch normalization still moves its statistics."""
    seen = set()
    for run in training_steps(trace):
        for call in run.calls:
            frozen = bool(call.weights) and not any(w.trainable for w in call.weights)
            if call.class_ != "BatchNormalization" or call.layer_id in seen:
                continue
            if frozen and call.training and any(op.function == "moments" for op in call.ops):
                seen.add(call.layer_id)
                yield at_call(
                    "frozen-norm-moves",
                    call,
                    f"{call.path} is frozen, but its moving mean and variance still change.",
                    "Call the frozen part with training=False.",
                )


def norm_of_one_sample(trace: Trace) -> Iterator[Finding]:
    """A batch normalization learns from a batch of one."""
    seen = set()
    for run in training_steps(trace):
        for call in run.calls:
            shape = call.inputs[0].shape if call.inputs else None
            one = shape is not None and math.prod(s or 1 for s in shape[:-1]) == 1
            if call.class_ == "BatchNormalization" and one and call.layer_id not in seen:
                seen.add(call.layer_id)
                yield at_call(
                    "norm-of-one-sample",
                    call,
                    f"{call.path} normalizes over {shape}: one value per feature, so all become 0.",
                    "Use a larger batch, or LayerNormalization.",
                )


def loss_not_finite(trace: Trace) -> Iterator[Finding]:
    """A loss is NaN or infinite."""
    seen = set()
    for run in trace.runs:
        for loss in run.losses:
            bad = loss.value is not None and not math.isfinite(loss.value)
            if bad and (loss.owner, loss.kind) not in seen:
                seen.add((loss.owner, loss.kind))
                yield Finding(
                    "loss-not-finite", None,
                    f"The {loss.kind} loss of {loss.owner} is {loss.value}.",
                    "Look for a log of 0, a division by 0 or an overflow before it.",
                    "error", loss.file, loss.line,
                )  # fmt: skip


def _wrong_mode(
    trace: Trace, rule: str, classes: tuple[str, ...], text: str, *, only_trainable: bool = False
) -> Iterator[Finding]:
    seen = set()
    for run in training_steps(trace):
        for call in run.calls:
            if call.class_ not in classes or call.training is not False or call.layer_id in seen:
                continue
            if only_trainable and not any(weight.trainable for weight in call.weights):
                continue  # frozen on purpose
            seen.add(call.layer_id)
            yield at_call(rule, call, text.format(call.path), "Hand `training` on to the layer.")


def _that_matter(run: Run) -> list[Update]:
    """Without the biases of attention keys: a softmax does not see a shift of all its scores."""
    return [update for update in run.updates if not update.weight.endswith("key/bias")]


def _first_of_each_model(trace: Trace) -> Iterator[Run]:
    seen = set()
    for run in training_steps(trace):
        if run.updates and run.model not in seen:
            seen.add(run.model)
            yield run


def _at_weights(run: Run, rule: str, weights: list[str], text: str, fix: str) -> Finding:
    named = ", ".join(weights[:4]) + (f" and {len(weights) - 4} more" if len(weights) > 4 else "")
    call = _owner(run, weights[0])
    message = text.format(named)
    if call is None:
        return Finding(rule, None, message, fix)
    return at_call(rule, call, message, fix)


def _entry_counts(run: Run) -> dict[str, int]:
    weights = (weight for call in run.calls for weight in call.weights)
    return {weight.name: math.prod(size or 1 for size in weight.shape) for weight in weights}


def _owner(run: Run, weight: str) -> Call | None:
    for call in run.calls:
        if any(w.name == weight for w in call.weights):
            return call
    return None


CHECKS: tuple[Check, ...] = (
    no_gradient,
    zero_gradient,
    gradient_explodes,
    gradient_vanishes,
    weight_not_updated,
    dropout_not_training,
    norm_not_training,
    frozen_norm_moves,
    norm_of_one_sample,
    loss_not_finite,
)
