"""Whole LSTM and GRU sequences on plain arrays, time first; gradients by hand.

One product covers the inputs of all steps; a step is one small product and a few operations in
place. The products' columns are put in an order in which the sigmoid gates lie side by side, and
sigmoid(z) is taken as tanh(z/2)/2 + 1/2, so one tanh serves all gates of a step.

    LSTM gates  i, f, o | g     c = f·c' + i·g     h = o·tanh(c)
    GRU gates   z, r | n        h = z·h' + (1-z)·n

A masked step (mask: (time, batch, 1), True = keep) leaves the state as it was.
"""

from __future__ import annotations

from typing import Any

# Keras keeps the candidate third: i, f, g, o.
_LSTM_ORDER = (0, 1, 3, 2)


def reordered(xp: Any, matrix: Any, units: int) -> Any:
    """LSTM columns (or entries) from Keras' order to ours, and back: the order undoes itself."""
    blocks = [matrix[..., i * units : (i + 1) * units] for i in _LSTM_ORDER]
    return xp.concatenate(blocks, axis=-1)


def _gates(xp: Any, z: Any, sigmoids: int) -> None:
    """Pre-activations into gates, in place; the first `sigmoids` columns are sigmoids."""
    left = z[:, :sigmoids]
    left *= 0.5
    xp.tanh(z, out=z)
    left *= 0.5
    left += 0.5


def _keep(xp: Any, mask: Any, step: int, new: Any, old: Any) -> None:
    """Undo a step's new state where it is masked."""
    if mask is not None:
        xp.copyto(new, old, where=~mask[step])


def lstm(xp: Any, x: Any, h: Any, c: Any, weights: tuple[Any, Any, Any], mask: Any) -> Any:
    """States h and c of every step, and the gates.

    x: (time, batch, features) in the order of processing; weights: kernel, recurrent kernel, and
    bias or None, columns in our order.
    """
    kernel, recurrent, bias = weights
    steps, batch, _ = x.shape
    units = h.shape[-1]
    gates = xp.matmul(x.reshape(-1, x.shape[-1]), kernel).reshape(steps, batch, 4 * units)
    if bias is not None:
        gates += bias
    hidden, cells = (xp.empty((steps, batch, units), x.dtype) for _ in range(2))
    product = xp.empty((batch, 4 * units), x.dtype)
    part = xp.empty((batch, units), x.dtype)
    for step in range(steps):
        z, new_h, new_c = gates[step], hidden[step], cells[step]
        xp.matmul(h, recurrent, out=product)
        z += product
        _gates(xp, z, 3 * units)
        xp.multiply(z[:, units : 2 * units], c, out=new_c)
        xp.multiply(z[:, :units], z[:, 3 * units :], out=part)
        new_c += part
        xp.tanh(new_c, out=part)
        xp.multiply(z[:, 2 * units : 3 * units], part, out=new_h)
        _keep(xp, mask, step, new_h, h)
        _keep(xp, mask, step, new_c, c)
        h, c = new_h, new_c
    return hidden, cells, gates


def lstm_slopes(
    xp: Any, g: tuple[Any, Any, Any], c: Any, recurrent: Any, states: tuple[Any, Any], mask: Any
) -> tuple[Any, Any, Any]:
    """Gradients to every step's pre-activations, and to the first h and c.

    g: to the states of all steps, and to the last h and c.  states: (cells, gates).
    """
    to_hidden, to_h, to_c = g
    cells, gates = states
    steps, batch, units = cells.shape
    slopes = xp.empty(gates.shape, gates.dtype)
    product = xp.empty((batch, units), gates.dtype)
    to_h, to_c = to_h.copy(), to_c.copy()
    back = xp.ascontiguousarray(recurrent.T)
    for step in range(steps - 1, -1, -1):
        z, dz = gates[step], slopes[step]
        i, f, o, candidate = (z[:, k * units : (k + 1) * units] for k in range(4))
        before = cells[step - 1] if step else c
        to_h += to_hidden[step]
        passed = None
        if mask is not None:
            kept = mask[step]
            passed = (xp.where(kept, 0, to_h), xp.where(kept, 0, to_c))
            to_h, to_c = to_h * kept, to_c * kept
        squashed = xp.tanh(cells[step])
        xp.multiply(to_h, squashed, out=dz[:, 2 * units : 3 * units])
        squashed *= squashed
        xp.subtract(1, squashed, out=squashed)
        squashed *= o
        squashed *= to_h
        to_c += squashed
        xp.multiply(to_c, candidate, out=dz[:, :units])
        xp.multiply(to_c, before, out=dz[:, units : 2 * units])
        # sigmoid' = s·(1-s), tanh' = 1 - t²
        sigmoids = z[:, : 3 * units]
        rate = 1 - sigmoids
        rate *= sigmoids
        dz[:, : 3 * units] *= rate
        rate = candidate * candidate
        xp.subtract(1, rate, out=rate)
        rate *= i
        xp.multiply(to_c, rate, out=dz[:, 3 * units :])
        to_c *= f
        xp.matmul(dz, back, out=product)
        to_h[...] = product
        if passed is not None:
            to_h += passed[0]
            to_c += passed[1]
    return slopes, to_h, to_c


def gru(
    xp: Any, x: Any, h: Any, weights: tuple[Any, Any, Any, Any], mask: Any, reset_after: bool
) -> Any:
    """States of every step, the gates, and the products h·recurrent that the candidate reset.

    weights: kernel, recurrent kernel, input bias and recurrent bias (None where there is none).
    """
    kernel, recurrent, bias, recurrent_bias = weights
    steps, batch, _ = x.shape
    units = h.shape[-1]
    gates = xp.matmul(x.reshape(-1, x.shape[-1]), kernel).reshape(steps, batch, 3 * units)
    if bias is not None:
        gates += bias
    hidden, inner = (xp.empty((steps, batch, units), x.dtype) for _ in range(2))
    split = 2 * units
    first, last = (xp.ascontiguousarray(a) for a in (recurrent[:, :split], recurrent[:, split:]))
    product = xp.empty((batch, 3 * units), x.dtype)
    for step in range(steps):
        z, new, part = gates[step], hidden[step], inner[step]
        if reset_after:
            xp.matmul(h, recurrent, out=product)
            if recurrent_bias is not None:
                product += recurrent_bias
            z[:, :split] += product[:, :split]
            part[...] = product[:, split:]
        else:
            z[:, :split] += xp.matmul(h, first)
        sigmoids = z[:, :split]
        _gates(xp, sigmoids, split)
        if reset_after:
            xp.multiply(z[:, units:split], part, out=new)
        else:
            # Here `part` holds the reset state, which the gradient needs.
            xp.multiply(z[:, units:split], h, out=part)
            xp.matmul(part, last, out=new)
        candidate = z[:, split:]
        candidate += new
        xp.tanh(candidate, out=candidate)
        # h = n + z·(h' - n)
        xp.subtract(h, candidate, out=new)
        new *= z[:, :units]
        new += candidate
        _keep(xp, mask, step, new, h)
        h = new
    return hidden, gates, inner


def _candidate_rate(xp: Any, to_h: Any, z: Any, candidate: Any) -> Any:
    """Gradient to the candidate's pre-activation: through (1-z)·n and tanh' = 1 - n²."""
    rate = candidate * candidate
    xp.subtract(1, rate, out=rate)
    rate *= 1 - z
    rate *= to_h
    return rate


def gru_slopes(
    xp: Any,
    g: tuple[Any, Any],
    h: Any,
    recurrent: Any,
    states: tuple[Any, Any, Any],
    mask: Any,
    reset_after: bool,
) -> tuple[Any, Any, Any]:
    """Gradients to the input and the recurrent pre-activations of every step, and to the first h.

    Without `reset_after` the two are the same and the second is None.
    """
    to_hidden, to_h = g
    hidden, gates, inner = states
    steps, _, units = hidden.shape
    split = 2 * units
    slopes = xp.empty(gates.shape, gates.dtype)
    recurrent_slopes = xp.empty(gates.shape, gates.dtype) if reset_after else None
    to_h = to_h.copy()
    back = xp.ascontiguousarray(recurrent.T)
    for step in range(steps - 1, -1, -1):
        gate, dz = gates[step], slopes[step]
        z, r, candidate = (gate[:, k * units : (k + 1) * units] for k in range(3))
        before = hidden[step - 1] if step else h
        to_h = to_h + to_hidden[step]
        passed = None
        if mask is not None:
            passed = xp.where(mask[step], 0, to_h)
            to_h = to_h * mask[step]
        rate = _candidate_rate(xp, to_h, z, candidate)
        xp.multiply(to_h, before - candidate, out=dz[:, :units])
        dz[:, split:] = rate
        to_h *= z
        part = inner[step]
        if reset_after:
            xp.multiply(rate, part, out=dz[:, units:split])
        else:
            through = xp.matmul(rate, back[split:])
            xp.multiply(through, before, out=dz[:, units:split])
            through *= r
            to_h += through
        sigmoids = gate[:, :split]
        dz[:, :split] *= sigmoids * (1 - sigmoids)
        if recurrent_slopes is not None:
            other = recurrent_slopes[step]
            other[:, :split] = dz[:, :split]
            xp.multiply(rate, r, out=other[:, split:])
            to_h += xp.matmul(other, back)
        else:
            to_h += xp.matmul(dz[:, :split], back[:split])
        if passed is not None:
            to_h += passed
    return slopes, recurrent_slopes, to_h
