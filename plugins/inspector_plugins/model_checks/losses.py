"""Activations and labels that do not fit the loss."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.api import Call, Check, Finding, Op, Run, Trace
from inspector_plugins.model_checks.reading import at_call, last_activation, training_steps

_CROSSENTROPY = {
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
}
# The op by which each loss turns logits into (log) probabilities.
_FROM_LOGITS = {"softmax": ("log_softmax", "softmax"), "sigmoid": ("sigmoid",)}
_PROBABILITIES = ("softmax", "sigmoid")


def softmax_before_logits_loss(trace: Trace) -> Iterator[Finding]:
    """A loss that expects logits is given probabilities."""
    for run, call, op, wants in _crossentropies(trace):
        takes_logits = any(
            other.function == op.function and other.op in _FROM_LOGITS[wants] for other in run.ops
        )
        if takes_logits and last_activation(call) in _PROBABILITIES:
            yield at_call(
                "softmax-before-logits-loss",
                call,
                f"{call.path} gives probabilities, but {op.function} is set to take logits.",
                "Take the activation out, or pass from_logits=False.",
            )


def logits_without_from_logits(trace: Trace) -> Iterator[Finding]:
    """A loss that expects probabilities is given raw scores."""
    for run, call, op, wants in _crossentropies(trace):
        takes_logits = any(
            other.function == op.function and other.op in _FROM_LOGITS[wants] for other in run.ops
        )
        plain = last_activation(call) in ("add", "matmul", "bias_add", "relu", "tanh")
        if not takes_logits and plain:
            yield at_call(
                "logits-without-from-logits",
                call,
                f"{call.path} gives raw scores, but {op.function} expects probabilities.",
                f"Pass from_logits=True to the loss, or give the layer a {wants}.",
            )


def loss_term_dominates(trace: Trace) -> Iterator[Finding]:
    """One loss term outweighs all others by far."""
    seen = set()
    for run in training_steps(trace):
        terms = [(abs((row.value or 0) * row.weight), row) for row in run.losses]
        total = sum(size for size, _ in terms)
        for size, row in terms if len(terms) > 1 and total else []:
            if size > 0.999 * total and row.owner not in seen:
                seen.add(row.owner)
                yield Finding(
                    "loss-term-dominates", None,
                    f"The {row.kind} term of {row.owner} is {size / total:.2%} of the total loss.",
                    "Check the weights of the terms.", "note", row.file, row.line,
                )  # fmt: skip


def _crossentropies(trace: Trace) -> Iterator[tuple[Run, Call, Op, str]]:
    """Each first cross-entropy of a model, with the call whose output it is given."""
    seen = set()
    for run in training_steps(trace):
        makers = {ref.tensor: call for call in reversed(run.calls) for ref in call.outputs}
        innermost = {ref.tensor: call for call in run.calls for ref in call.outputs}
        makers.update(innermost)
        for op in run.ops:
            wants = _CROSSENTROPY.get(op.function)
            if wants is None or (run.model, op.function) in seen:
                continue
            for ref in op.inputs:
                call = makers.get(ref.tensor)
                if call is not None:
                    seen.add((run.model, op.function))
                    yield run, call, op, wants


CHECKS: tuple[Check, ...] = (
    softmax_before_logits_loss,
    logits_without_from_logits,
    loss_term_dominates,
)
