"""CTC: the loss against a sum over all alignments, decoding against known answers."""

import itertools

import numpy as np
from case import Case

random = np.random.default_rng(9)
scores = random.normal(size=(3, 4, 3))
target = np.array([[1, 2], [1, 1], [2, 0]], "int32")
target_length = np.array([2, 2, 1], "int32")
length = np.array([4, 3, 3], "int32")


def _collapsed(path):
    """Repeated labels merged, blanks (class 0) dropped."""
    return [label for label, _ in itertools.groupby(path) if label != 0]


def _loss(scores, target, target_length, length):
    shares = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    losses = []
    for item, (end, count) in enumerate(zip(length, target_length, strict=True)):
        wanted = list(target[item, :count])
        total = sum(
            np.prod([shares[item, time, label] for time, label in enumerate(path)])
            for path in itertools.product(range(3), repeat=end)
            if _collapsed(path) == wanted
        )
        losses.append(-np.log(total))
    return np.array(losses)


def _most_probable(scores, lengths):
    """The two best label sequences of every item, by trying all paths."""
    shares = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    labels = np.full((2, *scores.shape[:2]), -1, "int32")
    values = np.zeros((len(scores), 2))
    for item, end in enumerate(lengths):
        totals: dict[tuple[int, ...], float] = {}
        for path in itertools.product(range(3), repeat=end):
            key = tuple(_collapsed(path))
            product = np.prod([shares[item, time, label] for time, label in enumerate(path)])
            totals[key] = totals.get(key, 0.0) + product
        best = sorted(totals.items(), key=lambda pair: -pair[1])[:2]
        for place, (key, total) in enumerate(best):
            labels[place, item, : len(key)] = key
            values[item, place] = np.log(total)
    return labels, values


clear = np.log(np.eye(3) * 0.9 + 0.1)[[1, 1, 0, 1, 2]][None]

CASES = [
    Case("ctc_loss", (scores, target, target_length, length), {"blank": 0}, (0,), _loss),
    Case(
        "ctc_loss_grad",
        (np.ones(3), scores, target, target_length, length),
        {"blank": 0},
        differentiable=(0, 1),
    ),
    Case(
        "ctc_best_path",
        (clear, np.array([5], "int32")),
        {"merge_repeated": True, "blank": 0},
        expected=lambda x, _: (np.array([[[1, 1, 2, -1, -1]]]), np.array([[0.0]])),
    ),
    Case(
        "ctc_beam_search",
        (scores, length),
        {"width": 50, "count": 2, "blank": 0},
        expected=_most_probable,
    ),
]
