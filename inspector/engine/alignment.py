"""Connectionist temporal classification on plain arrays: the sum over all alignments, and decoding.

A target of N labels becomes 2N+1 states: a blank before, between and after the labels. A path
starts in one of the first two states, moves by 0, 1 or (over a blank, between different labels) 2
states at every time, and ends in one of the last two.

What is impossible has the log probability -1e5, as in Keras: losses stay finite.
"""

from __future__ import annotations

from typing import Any

IMPOSSIBLE = -1e5


class Lattice:
    """States, their log probabilities over time, and the lengths of each item of a batch."""

    def __init__(
        self, xp: Any, log_probabilities: Any, target: Any, lengths: tuple[Any, Any], blank: int
    ) -> None:
        batch, labels = target.shape
        self.xp, self.dtype = xp, log_probabilities.dtype
        self.states = xp.full((batch, 2 * labels + 1), blank, target.dtype)
        # Padding labels may be any number; they are never reached.
        self.states[:, 1::2] = xp.clip(target, 0, log_probabilities.shape[-1] - 1)
        self.target_length, self.length = lengths
        # (time, batch, states)
        index = self.states[:, None, :]
        found = xp.take_along_axis(log_probabilities, index.astype("int64"), axis=-1)
        self.emitted = xp.ascontiguousarray(found.swapaxes(0, 1))
        skip = xp.zeros(self.states.shape, bool)
        skip[:, 3::2] = self.states[:, 3::2] != self.states[:, 1:-2:2]
        self.skip_cost = xp.where(skip, 0.0, IMPOSSIBLE).astype(self.dtype)

    def _shifted(self, x: Any, by: int) -> Any:
        """States moved up (or down) by some places; impossible ones come in."""
        out = self.xp.full(x.shape, IMPOSSIBLE, self.dtype)
        if by > 0:
            out[:, by:] = x[:, :-by]
        else:
            out[:, :by] = x[:, -by:]
        return out

    def forward(self) -> Any:
        """Log probability of all paths up to each time and state: (time, batch, states)."""
        xp = self.xp
        alphas = xp.empty(self.emitted.shape, self.dtype)
        # Before the first time only a state before the first exists.
        state = xp.full(self.states.shape, IMPOSSIBLE, self.dtype)
        for time, emitted in enumerate(self.emitted):
            if time == 0:
                new = state.copy()
                new[:, :2] = emitted[:, :2]
            else:
                new = xp.logaddexp(state, self._shifted(state, 1))
                if state.shape[1] > 2:
                    new = xp.logaddexp(new, self._shifted(state, 2) + self.skip_cost)
                new += emitted
            state = xp.where((time < self.length)[:, None], new, state)
            alphas[time] = state
        return alphas

    def finals(self) -> Any:
        """0 in the states where a path may end, impossible elsewhere."""
        xp = self.xp
        place = xp.arange(self.states.shape[1])[None, :]
        last = 2 * self.target_length[:, None]
        ends = (place == last) | (place == last - 1)
        return xp.where(ends, 0.0, IMPOSSIBLE).astype(self.dtype)

    def total(self, alphas: Any) -> Any:
        """Log probability of each item's target."""
        last = alphas[-1] + self.finals()
        top = last.max(axis=1)
        return top + self.xp.log(self.xp.exp(last - top[:, None]).sum(axis=1))

    def posteriors(self, alphas: Any) -> Any:
        """Probability, given the target, of being in each state at each time."""
        xp = self.xp
        out = xp.empty(alphas.shape, self.dtype)
        beta = self.finals()
        total = self.total(alphas)[:, None]
        skip_cost = self._shifted(self.skip_cost, -2) if beta.shape[1] > 2 else None
        for time in range(len(alphas) - 1, -1, -1):
            out[time] = xp.exp(xp.minimum(alphas[time] + beta - total, 0))
            through = beta + self.emitted[time]
            new = xp.logaddexp(through, self._shifted(through, -1))
            if skip_cost is not None:
                new = xp.logaddexp(new, self._shifted(through, -2) + skip_cost)
            beta = xp.where((time < self.length)[:, None], new, beta)
        return out


def slopes(lattice: Lattice, log_probabilities: Any) -> Any:
    """Gradient of each item's loss to its scores: softmax minus the posterior of each class."""
    xp = lattice.xp
    posteriors = lattice.posteriors(lattice.forward())
    out = xp.exp(log_probabilities)
    batch = xp.arange(out.shape[0])[:, None]
    times = xp.arange(out.shape[1])[None, :]
    for state in range(lattice.states.shape[1]):
        label = lattice.states[:, state][:, None]
        out[batch, times, label] -= posteriors[:, :, state].T
    inside = times < lattice.length[:, None]
    return xp.where(inside[..., None], out, 0).astype(out.dtype)


def best_path(
    xp: Any, scores: Any, lengths: Any, merge_repeated: bool, blank: int
) -> tuple[Any, Any]:
    """The most probable class at every time, without blanks: labels (filled with -1), scores."""
    steps = scores.shape[1]
    outside = xp.arange(steps)[None, :] >= lengths[:, None]
    labels = xp.where(outside, blank, scores.argmax(axis=-1).astype("int32"))
    total = -xp.where(outside, xp.zeros((), scores.dtype), scores.max(axis=-1)).sum(axis=1)
    dropped = labels == blank
    if merge_repeated:
        dropped[:, 1:] |= labels[:, 1:] == labels[:, :-1]
    labels = xp.where(dropped, -1, labels)
    order = xp.where(dropped, steps, xp.arange(steps)[None, :]).argsort(axis=-1)
    labels = xp.take_along_axis(labels, order, axis=-1).astype("int32")
    return labels[None], total[:, None].astype(scores.dtype)


Prefix = tuple[int, ...]
Beams = dict[Prefix, tuple[float, float]]


def beam_search(log_probabilities: Any, width: int, count: int, blank: int) -> list[Any]:
    """The `count` most probable label sequences of one item: (labels, log probability) each.

    A beam is a prefix with two log probabilities: of the paths that end in a blank, and of those
    that end in its last label. Equally good ones go by the smaller label.
    """
    import numpy as np

    beams: Beams = {(): (0.0, -np.inf)}
    for row in log_probabilities:
        found: Beams = {}
        for prefix, (blanked, labelled) in beams.items():
            _extend(found, prefix, (blanked, labelled), row, blank)
        beams = dict(_best(found, width))
    ranked = _best(beams, count)
    return [(prefix, float(np.logaddexp(*pair))) for prefix, pair in ranked]


def _best(beams: Beams, count: int) -> list[tuple[Prefix, tuple[float, float]]]:
    import numpy as np

    def rank(item: tuple[Prefix, tuple[float, float]]) -> tuple[float, Prefix]:
        return float(np.logaddexp(*item[1])), tuple(-label for label in item[0])

    return sorted(beams.items(), key=rank, reverse=True)[:count]


def _extend(found: Beams, prefix: Prefix, ends: tuple[float, float], row: Any, blank: int) -> None:
    import numpy as np

    blanked, labelled = ends
    both = float(np.logaddexp(blanked, labelled))

    def add(key: Prefix, to_blank: float, to_label: float) -> None:
        before = found.get(key, (-np.inf, -np.inf))
        found[key] = (
            float(np.logaddexp(before[0], to_blank)),
            float(np.logaddexp(before[1], to_label)),
        )

    for label, value in enumerate(row.tolist()):
        if label == blank:
            add(prefix, both + value, -np.inf)
        elif prefix and prefix[-1] == label:
            # The same label again: it merges, unless a blank lies between.
            add(prefix, -np.inf, labelled + value)
            add((*prefix, label), -np.inf, blanked + value)
        else:
            add((*prefix, label), -np.inf, both + value)
