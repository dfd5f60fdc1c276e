"""Fused ops written out in plain primitives, for gradients of their gradients.

A fused gradient op has no rule of its own. `WrittenOut(name)` gives it one: the forward op is run
again from primitives, gone back through, and that record, which holds plain primitives only, is
gone back through once more. It is slow beside a fused rule and as right as the primitives are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from inspector.engine import array_module, autodiff
from inspector.engine.alignment import IMPOSSIBLE, Lattice
from inspector.engine.primitives import choice, contraction, joining, shaping, softmax
from inspector.engine.primitives.activation import CUBIC, ROOT, sigmoid
from inspector.engine.primitives.arithmetic import logaddexp
from inspector.engine.primitives.elementwise import exp, tanh
from inspector.engine.primitives.indexing import take_along_axis
from inspector.engine.primitives.reduction import mean, prod, sum_
from inspector.engine.primitives.special import logsumexp
from inspector.engine.rules import BOOL
from inspector.engine.tape import recording
from inspector.engine.tensor import Tensor

Tensors = Sequence[Tensor]


def gradients_of(
    function: Callable[..., Tensors], inputs: Tensors, seeds: Sequence[Tensor | None]
) -> list[Tensor | None]:
    """The gradients of a function's outputs to its inputs, which are taken as independent."""
    with recording() as segment:
        # One tensor may be several inputs (attention of x to itself): each counts on its own.
        own = [shaping.reshape(x, shape=x.shape) for x in inputs]
        outputs = function(*own)
        found: dict[int, Tensor] = {}
        given = [(y, seed) for y, seed in zip(outputs, seeds, strict=True) if seed is not None]
        targets, kept = [y for y, _ in given], [seed for _, seed in given]
        for _ in autodiff.backward(targets, own, segment.records, kept, found):
            pass
    return [found.get(x.id) for x in own]


def _or_zeros(found: Tensor | None, like: Tensor) -> Tensor:
    return choice.full_like(like, value=0) if found is None else found


# --- activations: second derivatives, made of what has derivatives of every order ---------------


def sigmoid_bend(x: Tensor) -> Tensors:
    s = sigmoid(x)
    return (s * (1 - s) * (1 - 2 * s),)


def softplus_bend(x: Tensor) -> Tensors:
    s = sigmoid(x)
    return (s * (1 - s),)


def silu_bend(x: Tensor) -> Tensors:
    s = sigmoid(x)
    return (s * (1 - s) * (2 + x * (1 - 2 * s)),)


def elu_bend(x: Tensor, alpha: float, width: float, scale: float) -> Tensors:
    # Bounded first: where x is large, an infinite exponential would make NaN of the zero.
    below = choice.clip(x, low=-math.inf, high=0)
    bent = exp(below / width) * (scale * alpha / width**2)
    return (choice.where(x <= 0, bent, choice.full_like(x, value=0)),)


def gelu_bend(x: Tensor) -> Tensors:
    square = x * x
    return (exp(square * -0.5) * (2 - square) * (1 / math.sqrt(2 * math.pi)),)


def gelu_tanh_bend(x: Tensor) -> Tensors:
    square = x * x
    inner = tanh((square * (ROOT * CUBIC) + ROOT) * x)
    rise = square * (3 * ROOT * CUBIC) + ROOT
    bent = rise + x * (x * (3 * ROOT * CUBIC) - inner * rise * rise)
    return ((1 - inner * inner) * bent,)


# --- normalization -----------------------------------------------------------------------------


def layer_norm_grad(
    g: Tensor, x: Tensor, *scale: Tensor, epsilon: float, centered: bool, has_scale: bool
) -> Tensors:
    """Gradients to x, scale and offset."""
    last, leading = (x.ndim - 1,), tuple(range(x.ndim - 1))
    centred = x - mean(x, axis=last, keepdims=True) if centered else x
    factor = (mean(centred * centred, axis=last, keepdims=True) + epsilon) ** -0.5
    unit = centred * factor
    through = g * scale[0] if has_scale else g
    inner = through - unit * mean(through * unit, axis=last, keepdims=True)
    if centered:
        inner = inner - mean(through, axis=last, keepdims=True)
    return (
        inner * factor,
        sum_(g * unit, axis=leading, keepdims=False),
        sum_(g, axis=leading, keepdims=False),
    )


# --- segments ----------------------------------------------------------------------------------


def segment_product_grad(g: Tensor, data: Tensor, numbers: Tensor, count: int) -> Tensors:
    """The gradient to the rows: each row's is a product over all the others of its segment."""
    xp, held = array_module.xp, numbers.value()
    inside = (held >= 0) & (held < count)
    others = (held[:, None] == held[None, :]) & ~xp.eye(len(held), dtype=bool) & inside
    rest = (1,) * (data.ndim - 1)
    ones = choice.full_like(data, value=1)
    factors = choice.where(Tensor(others.reshape(*others.shape, *rest)), data[None], ones[None])
    product = prod(factors, axis=(1,), keepdims=False)
    own = g[Tensor(xp.where(inside, held, 0))]
    return (product * own * Tensor(inside.reshape(-1, *rest).astype(data.dtype)),)


# --- alignments --------------------------------------------------------------------------------


def ctc_loss_grad(
    g: Tensor, scores: Tensor, target: Tensor, target_length: Tensor, length: Tensor, blank: int
) -> Tensors:
    """The gradient to the scores, back through the sum over all alignments step by step."""
    xp, ends = array_module.xp, length.value()
    lengths = (target_length.value(), ends)
    lattice = Lattice(xp, scores.value(), target.value(), lengths, blank)
    skip_cost, finals = Tensor(lattice.skip_cost), Tensor(lattice.finals())
    states = Tensor(lattice.states.astype("int64")[:, None, :])

    def moved(state: Tensor, by: int) -> Tensor:
        """States moved up by some places; impossible ones come in."""
        return shaping.pad(state, widths=((0, 0), (by, -by)), value=IMPOSSIBLE)

    def forward(scores: Tensor) -> Tensors:
        emitted = take_along_axis(softmax.log_softmax(scores, axis=-1), states, axis=2)
        width = finals.shape[1]
        state = choice.full_like(emitted[:, 0], value=IMPOSSIBLE)
        for time in range(scores.shape[1]):
            if time == 0:
                new = joining.concatenate(emitted[:, 0, :2], state[:, 2:], axis=1)
            else:
                new = logaddexp(state, moved(state, 1))
                if width > 2:
                    new = logaddexp(new, moved(state, 2) + skip_cost)
                new = new + emitted[:, time]
            state = choice.where(Tensor((time < ends)[:, None]), new, state)
        return (-logsumexp(state + finals, axis=(1,)),)

    (found,) = gradients_of(forward, (scores,), (g,))
    return (_or_zeros(found, scores),)


# --- attention ---------------------------------------------------------------------------------


def attention_grad(  # noqa: PLR0913  # the op's own operands and constants
    g: Tensor,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    probabilities: Tensor,
    *rest: Tensor,
    scale: float,
    causal: bool,
    has_mask: bool,
    has_bias: bool = False,
) -> Tensors:
    """Gradients to query, key, value and the scores."""
    blocked = _blocked(probabilities, rest[-1] if has_mask else None, causal)

    def forward(q: Tensor, k: Tensor, v: Tensor, *added: Tensor) -> Tensors:
        keys = shaping.transpose(k, axes=(0, 2, 3, 1))
        scores = contraction.matmul(_heads_first(q) * scale, keys)
        for part in added:
            scores = scores + part
        if blocked is not None:
            scores = choice.where(blocked, choice.full_like(scores, value=_MASKED), scores)
        shares = softmax.softmax(scores, axis=-1)
        return (_heads_first(contraction.matmul(shares, _heads_first(v))),)

    # What is added to the scores has the scores' own gradient.
    zero = choice.full_like(probabilities, value=0)
    bias = rest[0] + zero if has_bias else zero
    found = gradients_of(forward, (q, k, v, bias), (g,))
    return [_or_zeros(part, like) for part, like in zip(found, (q, k, v, bias), strict=True)]


_MASKED = -0.7 * 3.38953e38


def _heads_first(x: Tensor) -> Tensor:
    return shaping.transpose(x, axes=(0, 2, 1, 3))


def _blocked(like: Tensor, mask: Tensor | None, causal: bool) -> Tensor | None:
    xp = array_module.xp
    blocked = None if mask is None else ~mask.value().astype(bool)
    if causal:
        later = ~xp.tri(like.shape[2], like.shape[3], dtype=bool)[None, None]
        blocked = later if blocked is None else blocked | later
    return None if blocked is None else Tensor(xp.broadcast_to(blocked, like.shape))


# --- recurrence --------------------------------------------------------------------------------


def lstm_grad(  # noqa: PLR0913  # the op's own operands and constants
    gy: Tensor,
    gh: Tensor,
    gc: Tensor,
    x: Tensor,
    h: Tensor,
    c: Tensor,
    kernel: Tensor,
    recurrent: Tensor,
    y: Tensor,
    cells: Tensor,
    gates: Tensor,
    *rest: Tensor,
    backwards: bool,
    has_bias: bool,
    has_mask: bool,
) -> Tensors:
    """Gradients to x, h, c, kernel, recurrent kernel and bias."""
    units = h.shape[-1]
    bias = rest[0] if has_bias else choice.full_like(kernel[0], value=0)

    def forward(
        x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor
    ) -> Tensors:
        hidden = []
        for t in _moments(x, backwards):
            z = contraction.matmul(x[:, t], kernel) + contraction.matmul(h, recurrent) + bias
            i, f, candidate, o = (z[:, k * units : (k + 1) * units] for k in range(4))
            new_c = sigmoid(f) * c + sigmoid(i) * tanh(candidate)
            new_h = sigmoid(o) * tanh(new_c)
            kept = rest[-1][:, t : t + 1] if has_mask else None
            h, c = _kept(kept, new_h, h), _kept(kept, new_c, c)
            hidden.append(h)
        return joining.stack(*hidden, axis=1), h, c

    inputs = (x, h, c, kernel, recurrent, bias)
    found = gradients_of(forward, inputs, (gy, gh, gc))
    return [_or_zeros(part, like) for part, like in zip(found, inputs, strict=True)]


def gru_grad(  # noqa: PLR0913  # the op's own operands and constants
    gy: Tensor,
    gh: Tensor,
    x: Tensor,
    h: Tensor,
    kernel: Tensor,
    recurrent: Tensor,
    y: Tensor,
    gates: Tensor,
    inner: Tensor,
    *rest: Tensor,
    backwards: bool,
    reset_after: bool,
    has_bias: bool,
    has_mask: bool,
) -> Tensors:
    """Gradients to x, h, kernel, recurrent kernel and bias."""
    units = h.shape[-1]
    double = 2 * units
    zeros = choice.full_like(kernel[0], value=0)
    if reset_after:
        zeros = joining.stack(zeros, zeros, axis=0)
    bias = rest[0] if has_bias else zeros

    def forward(x: Tensor, h: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor) -> Tensors:
        hidden = []
        for t in _moments(x, backwards):
            given = contraction.matmul(x[:, t], kernel) + (bias[0] if reset_after else bias)
            past = contraction.matmul(h, recurrent)
            if reset_after:
                past = past + bias[1]
            both = sigmoid(given[:, :double] + past[:, :double])
            z, r = both[:, :units], both[:, units:]
            if reset_after:
                reset = r * past[:, double:]
            else:
                reset = contraction.matmul(r * h, recurrent[:, double:])
            new = z * h + (1.0 - z) * tanh(given[:, double:] + reset)
            h = _kept(rest[-1][:, t : t + 1] if has_mask else None, new, h)
            hidden.append(h)
        return joining.stack(*hidden, axis=1), h

    inputs = (x, h, kernel, recurrent, bias)
    found = gradients_of(forward, inputs, (gy, gh))
    return [_or_zeros(part, like) for part, like in zip(found, inputs, strict=True)]


def _moments(x: Tensor, backwards: bool) -> range:
    steps = x.shape[1]
    return range(steps - 1, -1, -1) if backwards else range(steps)


def _kept(mask: Tensor | None, new: Tensor, old: Tensor) -> Tensor:
    """The new state, the old one where a step is masked."""
    return new if mask is None else choice.where(shaping.cast(mask, dtype=BOOL), new, old)
