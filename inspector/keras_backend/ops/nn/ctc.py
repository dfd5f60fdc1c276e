"""Connectionist temporal classification."""

from __future__ import annotations

from typing import Any

from inspector.engine.operators import cast_to
from inspector.engine.primitives import ctc
from inspector.engine.promotion import result_type
from inspector.engine.rules import FLOAT32, INT32
from inspector.engine.tensor import Tensor
from inspector.keras_backend.core import convert_to_tensor


def _scores(output: Any) -> Tensor:
    tensor = convert_to_tensor(output)
    return cast_to(tensor, result_type(tensor.dtype, FLOAT32))


def ctc_loss(
    target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0
) -> Tensor:
    """-log of the probability of each target; `mask_index` is the blank class."""
    integers = [convert_to_tensor(x, INT32) for x in (target, target_length, output_length)]
    return ctc.ctc_loss(_scores(output), *integers, blank=int(mask_index))


def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int | None = 0,
) -> tuple[Tensor, Tensor]:
    """Label sequences, filled up with -1, and their scores.

    Raises:
        ValueError: the strategy is neither greedy nor beam_search.
    """
    scores, lengths = _scores(inputs), convert_to_tensor(sequence_lengths, INT32)
    blank = scores.shape[-1] - 1 if mask_index is None else int(mask_index)
    if strategy == "greedy":
        return ctc.ctc_best_path(scores, lengths, merge_repeated=bool(merge_repeated), blank=blank)
    if strategy != "beam_search":
        raise ValueError(
            f"Invalid strategy {strategy}. Supported values are 'greedy' and 'beam_search'."
        )
    return ctc.ctc_beam_search(
        scores, lengths, width=int(beam_width), count=int(top_paths), blank=blank
    )
