"""Losses of `tf.nn`, from scores and labels."""

from __future__ import annotations

from typing import Any

import keras

from inspector.compat.registry import public
from inspector.compat.tf.dtypes import dtype_of
from inspector.compat.tf.tensors import host, operands, tensor

ops = keras.ops


@public("nn.softmax_cross_entropy_with_logits")
def softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, axis: int = -1, name: str | None = None
) -> Any:
    scores = tensor(logits)
    true = ops.cast(tensor(labels), dtype_of(scores))
    return ops.negative(ops.sum(true * ops.log_softmax(scores, axis=axis), axis=axis))


@public("nn.sparse_softmax_cross_entropy_with_logits")
def sparse_softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, name: str | None = None
) -> Any:
    scores = tensor(logits)
    hot = ops.one_hot(tensor(labels), scores.shape[-1], dtype=dtype_of(scores))
    return ops.negative(ops.sum(hot * ops.log_softmax(scores, axis=-1), axis=-1))


@public("nn.sigmoid_cross_entropy_with_logits")
def sigmoid_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, name: str | None = None
) -> Any:
    """max(x, 0) - x z + log(1 + exp(-|x|)): stable for large scores of either sign."""
    x, z = operands(tensor(logits), labels)
    z = ops.cast(z, dtype_of(x))
    return ops.relu(x) - x * z + ops.log1p(ops.exp(ops.negative(ops.absolute(x))))


@public("nn.weighted_cross_entropy_with_logits")
def weighted_cross_entropy_with_logits(
    labels: Any, logits: Any, pos_weight: Any, name: str | None = None
) -> Any:
    x, z = tensor(logits), tensor(labels)
    factor = 1 + (pos_weight - 1) * z
    stable = ops.log1p(ops.exp(ops.negative(ops.absolute(x)))) + ops.relu(ops.negative(x))
    return (1 - z) * x + factor * stable


@public("nn.log_poisson_loss")
def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Any:
    x, z = tensor(log_input), tensor(targets)
    return ops.exp(x) - x * z


@public("nn.compute_average_loss")
def compute_average_loss(
    per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None, **ignored: Any
) -> Any:
    losses = tensor(per_example_loss)
    losses = losses if sample_weight is None else losses * tensor(sample_weight)
    count = losses.shape[0] if global_batch_size is None else global_batch_size
    return ops.divide(ops.sum(losses), ops.cast(count, dtype_of(losses)))


@public("nn.scale_regularization_loss")
def scale_regularization_loss(regularization_loss: Any) -> Any:
    return tensor(regularization_loss)


@public("nn.ctc_loss")
def ctc_loss(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Any:
    scores = tensor(logits)
    scores = ops.transpose(scores, (1, 0, 2)) if logits_time_major else scores
    blank = 0 if blank_index is None else blank_index % scores.shape[-1]
    return ops.ctc_loss(
        tensor(labels, "int32"),
        scores,
        tensor(label_length, "int32"),
        tensor(logit_length, "int32"),
        mask_index=blank,
    )


@public("compat.v1.nn.ctc_loss")
def ctc_loss_v1(
    labels: Any,
    inputs: Any = None,
    sequence_length: Any = None,
    preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True,
    ignore_longer_outputs_than_inputs: bool = False,
    time_major: bool = True,
    logits: Any = None,
) -> Any:
    """The same with the blank last, scores time first and labels as a sparse tensor."""
    from inspector.compat.tf.sparse import SparseTensor, to_dense

    scores = tensor(inputs if inputs is not None else logits)
    scores = ops.transpose(scores, (1, 0, 2)) if time_major else scores
    dense = to_dense(labels, -1) if isinstance(labels, SparseTensor) else tensor(labels, "int32")
    dense = ops.cast(dense, "int32")
    return ops.ctc_loss(
        ops.maximum(dense, 0),
        scores,
        ops.sum(ops.cast(dense >= 0, "int32"), axis=-1),
        tensor(sequence_length, "int32"),
        mask_index=scores.shape[-1] - 1,
    )


@public("nn.ctc_greedy_decoder")
def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True, blank_index: int | None = None
) -> Any:
    from inspector.compat.tf.sparse import SparseTensor

    scores = ops.transpose(tensor(inputs), (1, 0, 2))
    decoded, log_probability = ops.ctc_decode(
        scores,
        tensor(sequence_length, "int32"),
        strategy="greedy",
        merge_repeated=merge_repeated,
        mask_index=scores.shape[-1] - 1 if blank_index is None else blank_index,
    )
    rows = host(decoded)[0]
    return [SparseTensor.from_rows([[v for v in row if v >= 0] for row in rows])], log_probability
