"""Attention, recurrent sequences and alignments, of any lengths, with any of their options.

The forward ops are compared with their definition, step by step. Their gradients are checked as
gradients of those; a gradient op alone is run in other dtypes, on what its forward op gave.
"""

import itertools

import numpy as np
from hypothesis import strategies as st
from trial import BOOL, FLOATS, Trial, arrays, seeds

from inspector.engine import REGISTRY, Tensor

few = st.sampled_from((2, 1, 3))
flags = st.booleans()


@st.composite
def one_dtype(draw):
    return (draw(st.sampled_from(FLOATS)),)


# --- attention -----------------------------------------------------------------------------------


@st.composite
def attention(draw, dtypes=None):
    dtype = dtypes or draw(one_dtype())
    batch, heads, t, s, size, wide = (draw(few) for _ in range(6))
    has = {"has_bias": draw(flags), "has_mask": draw(flags)}
    causal, scale = draw(flags), draw(st.sampled_from([1.0, 0.4]))
    shapes = ((batch, t, heads, size), (batch, s, heads, size), (batch, s, heads, wide))
    inputs = [draw(arrays(shape, dtype)) for shape in shapes]
    if has["has_bias"]:
        inputs.append(draw(arrays((draw(st.sampled_from((1, batch))), heads, t, s), dtype)))
    if has["has_mask"]:
        mask = draw(arrays((batch, draw(st.sampled_from((1, heads))), t, s), BOOL)).copy()
        mask[..., 0] = True
        inputs.append(mask)

    def expected(q, k, v, *rest):
        scores = np.einsum("btnh,bsnh->bnts", q, k) * scale
        scores = scores + rest[0] if has["has_bias"] else scores
        kept = np.tri(t, s, dtype=bool) if causal else np.ones((t, s), bool)
        kept = kept & rest[-1] if has["has_mask"] else kept
        shares = np.where(kept, np.exp(scores - scores.max(-1, keepdims=True)), 0)
        shares = shares / shares.sum(-1, keepdims=True)
        return np.einsum("bnts,bsnh->btnh", shares, v), shares

    return Trial(tuple(inputs), {"scale": scale, "causal": causal, **has}, expected, loose=4)


@st.composite
def attention_grad(draw):
    trial = draw(attention())
    q, k, v, *rest = trial.inputs
    constants = dict(trial.constants)
    if constants["has_bias"]:
        rest = rest[1:]
    constants["has_bias"] = False
    g, shares = (Tensor.numpy(t) for t in REGISTRY["attention"](
        *map(Tensor, (q, k, v, *rest)), **constants))  # fmt: skip
    return Trial((np.cos(g.astype("float64")).astype(g.dtype), q, k, v, shares, *rest),
                 constants, differentiable=(), loose=4)  # fmt: skip


# --- recurrence ----------------------------------------------------------------------------------


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _moments(x, mask, backwards):
    steps = range(x.shape[1])
    for time in reversed(steps) if backwards else steps:
        yield x[:, time], True if mask is None else mask[:, time, None]


def _parts(rest, has_bias, has_mask):
    return rest[0] if has_bias else 0.0, rest[-1] if has_mask else None


@st.composite
def recurrent(draw, gates, bias_shape):
    """The operands after the states, and the constants, of a sequence of any lengths."""
    dtype = draw(one_dtype())
    batch, steps, features, units = (draw(few) for _ in range(4))
    has = {"has_bias": draw(flags), "has_mask": draw(flags), "backwards": draw(flags)}
    states = [draw(arrays((batch, units), dtype)) for _ in range(gates - 2)]
    weights = [draw(arrays((n, gates * units), dtype)) for n in (features, units)]
    if has["has_bias"]:
        weights.append(draw(arrays((*bias_shape, gates * units), dtype)))
    if has["has_mask"]:
        weights.append(draw(arrays((batch, steps), BOOL)))
    return (draw(arrays((batch, steps, features), dtype)), *states[: gates - 2], *weights), has


@st.composite
def lstm(draw):
    inputs, has = draw(recurrent(4, ()))

    def expected(x, h, c, kernel, recurrent, *rest):
        bias, mask = _parts(rest, has["has_bias"], has["has_mask"])
        hidden = []
        for now, kept in _moments(x, mask, has["backwards"]):
            i, f, g, o = np.split(now @ kernel + h @ recurrent + bias, 4, axis=1)
            new_c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
            new_h = _sigmoid(o) * np.tanh(new_c)
            h, c = np.where(kept, new_h, h), np.where(kept, new_c, c)
            hidden.append(h)
        return np.stack(hidden, axis=1), h, c

    # The cells and gates are kept for the gradient: nothing flows through them.
    return Trial(inputs, has, expected, outputs=(0, 1, 2), loose=4)


@st.composite
def gru(draw):
    after = draw(flags)
    inputs, has = draw(recurrent(3, (2,) if after else ()))

    def expected(x, h, kernel, recurrent, *rest):
        bias, mask = _parts(rest, has["has_bias"], has["has_mask"])
        left, right = bias if after and has["has_bias"] else (bias, 0.0)
        units, hidden = h.shape[1], []
        for now, kept in _moments(x, mask, has["backwards"]):
            from_x = np.split(now @ kernel + left, 3, axis=1)
            from_h = np.split(h @ recurrent + right, 3, axis=1)
            z, r = (_sigmoid(from_x[k] + from_h[k]) for k in range(2))
            inner = r * from_h[2] if after else (r * h) @ recurrent[:, 2 * units :]
            h = np.where(kept, z * h + (1 - z) * np.tanh(from_x[2] + inner), h)
            hidden.append(h)
        return np.stack(hidden, axis=1), h

    return Trial(inputs, {**has, "reset_after": after}, expected, outputs=(0, 1), loose=4)


@st.composite
def recurrent_grad(draw, name):
    trial = draw(lstm() if name == "lstm" else gru())
    made = [t.numpy() for t in REGISTRY[name](*map(Tensor, trial.inputs), **trial.constants)]
    count = 3 if name == "lstm" else 2
    operands = 5 if name == "lstm" else 4
    given = [np.cos(y.astype("float64")).astype(y.dtype) for y in made[:count]]
    inputs = (*given, *trial.inputs[:operands], made[0], *made[count:], *trial.inputs[operands:])
    return Trial(inputs, trial.constants, differentiable=(), loose=8)


# --- alignments ----------------------------------------------------------------------------------


def _collapsed(path):
    """Repeated labels merged, blanks (class 0) dropped."""
    return [label for label, _ in itertools.groupby(path) if label != 0]


@st.composite
def aligned(draw, seeded=False):
    """Scores, targets, and lengths in which each target has room."""
    batch, steps, classes = draw(few), draw(st.sampled_from((3, 2, 4))), 3
    generator = np.random.default_rng(draw(seeds))
    labels = draw(st.integers(1, 2))
    target = generator.integers(1, classes, size=(batch, labels)).astype("int32")
    counts = generator.integers(1, labels + 1, size=batch).astype("int32")
    # Two equal labels need a blank between them.
    twice = (counts == 2) & (target[:, 0] == target[:, -1])
    least = np.minimum(np.where(twice, 3, counts), steps)
    counts = np.where(twice & (steps < 3), 1, counts).astype("int32")
    lengths = generator.integers(least, steps + 1).astype("int32")
    dtype = (draw(st.sampled_from(FLOATS[:2])),)
    scores = draw(arrays((batch, steps, classes), dtype))
    return scores, target, counts, lengths


def _loss(scores, target, counts, lengths):
    shares = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    found = []
    for item, (end, count) in enumerate(zip(lengths, counts, strict=True)):
        paths = itertools.product(range(scores.shape[2]), repeat=int(end))
        fitting = [p for p in paths if _collapsed(p) == list(target[item, :count])]
        total = sum(np.prod([shares[item, t, c] for t, c in enumerate(p)]) for p in fitting)
        found.append(-np.log(total))
    return np.array(found)


@st.composite
def ctc_grad(draw):
    scores, *rest = draw(aligned())
    g = draw(arrays((len(scores),), (scores.dtype,)))
    return Trial((g, scores, *rest), {"blank": 0}, loose=10)


@st.composite
def best_path(draw):
    scores, _, _, lengths = draw(aligned())
    merge = draw(flags)

    def expected(scores, lengths):
        labels = np.full((1, *scores.shape[:2]), -1)
        total = np.zeros((len(scores), 1))
        for item, end in enumerate(lengths):
            path = scores[item, :end].argmax(-1)
            total[item] = -scores[item, :end].max(-1).sum()
            found = _collapsed(path) if merge else [label for label in path if label != 0]
            labels[0, item, : len(found)] = found
        return labels, total

    return Trial((scores, lengths), {"merge_repeated": merge, "blank": 0}, expected)


@st.composite
def beams(draw):
    scores, _, _, lengths = draw(aligned())

    def expected(scores, lengths):
        """The most probable labels by trying all paths."""
        shares = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
        labels, values = np.full((1, *scores.shape[:2]), -1), np.zeros((len(scores), 1))
        for item, end in enumerate(lengths):
            totals = {}
            for path in itertools.product(range(3), repeat=int(end)):
                key = tuple(_collapsed(path))
                share = np.prod([shares[item, t, c] for t, c in enumerate(path)])
                totals[key] = totals.get(key, 0.0) + share
            best = max(totals, key=totals.get)
            labels[0, item, : len(best)], values[item] = best, np.log(totals[best])
        return labels, values

    return Trial((scores, lengths), {"width": 60, "count": 1, "blank": 0}, expected)


TRIALS = {
    "attention": attention(),
    "attention_grad": attention_grad(),
    "lstm": lstm(),
    "lstm_grad": recurrent_grad("lstm"),
    "gru": gru(),
    "gru_grad": recurrent_grad("gru"),
    "ctc_loss": aligned().map(lambda inputs: Trial(inputs, {"blank": 0}, _loss)),
    "ctc_loss_grad": ctc_grad(),
    "ctc_best_path": best_path(),
    "ctc_beam_search": beams(),
}
