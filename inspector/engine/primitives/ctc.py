"""Connectionist temporal classification: loss, its gradient, and the two ways of decoding.

scores (batch, time, classes), target (batch, labels), then the lengths of scores and targets.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.engine import array_module
from inspector.engine.alignment import Lattice, beam_search, best_path, slopes
from inspector.engine.higher_order import WrittenOut
from inspector.engine.primitive import each, primitive
from inspector.engine.primitives.softmax import along_rows, log_softmax_rows
from inspector.engine.rules import INT32, Shape, same


def _prepared(
    xp: Any, scores: Any, target: Any, target_length: Any, length: Any, blank: int
) -> tuple[Lattice, Any]:
    found = along_rows(xp, log_softmax_rows, scores, axis=-1)
    return Lattice(xp, found, target, (target_length, length), blank), found


def _ctc_loss_back(g: Any, y: Any, *inputs: Any, blank: int) -> Any:
    return ctc_loss_grad(g, *inputs, blank=blank)


@primitive(
    shape=lambda scores, *rest, blank: scores[:1],
    dtype=same,
    vjp=each(_ctc_loss_back, None, None, None),
)
def ctc_loss(xp: Any, scores: Any, target: Any, target_length: Any, length: Any, blank: int) -> Any:
    """-log of the probability of each target, summed over all alignments."""
    lattice, _ = _prepared(xp, scores, target, target_length, length, blank)
    return -lattice.total(lattice.forward())


@primitive(
    shape=lambda g, scores, *rest, blank: scores,
    dtype=same,
    vjp=WrittenOut("ctc_loss_grad"),
)
def ctc_loss_grad(
    xp: Any, g: Any, scores: Any, target: Any, target_length: Any, length: Any, blank: int
) -> Any:
    """The gradient through ctc_loss to the scores."""
    lattice, found = _prepared(xp, scores, target, target_length, length, blank)
    return slopes(lattice, found) * g[:, None, None]


@primitive(
    shape=lambda scores, lengths, **how: ((1, *scores[:2]), (scores[0], 1)),
    dtype=lambda scores, lengths, **how: (INT32, scores),
    many=True,
)
def ctc_best_path(xp: Any, scores: Any, lengths: Any, merge_repeated: bool, blank: int) -> Any:
    """Labels (filled up with -1) and negative score of the best class at every time."""
    return best_path(xp, scores, lengths, merge_repeated, blank)


def _beam_shapes(scores: Shape, lengths: Shape, *, count: int, **how: Any) -> tuple[Shape, Shape]:
    return (count, *scores[:2]), (scores[0], count)


@primitive(shape=_beam_shapes, dtype=lambda scores, lengths, **how: (INT32, scores), many=True)
def ctc_beam_search(xp: Any, scores: Any, lengths: Any, width: int, count: int, blank: int) -> Any:
    """The most probable label sequences (filled up with -1) and their log probabilities.

    It runs on the host: beams grow one Python step at a time.
    """
    host = array_module.to_numpy(along_rows(xp, log_softmax_rows, scores, axis=-1))
    ends = array_module.to_numpy(lengths)
    labels = np.full((count, *host.shape[:2]), -1, "int32")
    values = np.full((len(host), count), -np.inf, host.dtype)
    for item, (rows, end) in enumerate(zip(host, ends, strict=True)):
        for place, (prefix, value) in enumerate(beam_search(rows[:end], width, count, blank)):
            labels[place, item, : len(prefix)] = prefix
            values[item, place] = value
    return xp.asarray(labels), xp.asarray(values)
