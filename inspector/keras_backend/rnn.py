"""Keras' `backend.rnn`: fused LSTM and GRU, and the general loop for every other cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from keras.src import tree

from inspector.engine.operators import cast_to
from inspector.engine.primitives import choice, joining, recurrent, shaping
from inspector.engine.promotion import is_inexact, result_type
from inspector.engine.rules import BOOL
from inspector.engine.tensor import Tensor
from inspector.errors import NotAvailable
from inspector.keras_backend.core import convert_to_tensor

Step = Callable[[Any, Any], tuple[Any, Any]]


def unstack(x: Any, axis: int = 0) -> list[Tensor]:
    """The slices along an axis."""
    x = convert_to_tensor(x)
    axis = axis % x.ndim
    return list(joining.unstack(x, axis=axis, count=x.shape[axis]))


def _swap(x: Any) -> Tensor:
    """Batch and time exchanged."""
    x = convert_to_tensor(x)
    return shaping.transpose(x, axes=(1, 0, *range(2, x.ndim)))


def _stack(slices: Sequence[Tensor]) -> Tensor:
    return joining.stack(*slices, axis=0)


def _choose(mask: Tensor, new: Any, old: Any) -> Any:
    """New values where the mask (batch, 1) keeps, old ones elsewhere; nested structures too."""

    def pick(one: Tensor, other: Any) -> Tensor:
        other = cast_to(convert_to_tensor(other), one.dtype)
        fitting = shaping.reshape(mask, shape=(mask.shape[0], *(1,) * (one.ndim - 1)))
        return choice.where(fitting, one, other)

    return tree.map_structure(pick, new, old)


def _zeros(like: Any) -> Any:
    return tree.map_structure(lambda t: choice.full_like(t, value=0), like)


def _mask_steps(mask: Any, time_major: bool, backwards: bool) -> list[Tensor]:
    """One (batch,) mask per step, in the order of processing."""
    mask = cast_to(convert_to_tensor(mask), BOOL)
    if mask.ndim > 2:
        mask = shaping.reshape(mask, shape=mask.shape[:2])
    steps = unstack(mask if time_major else _swap(mask))
    return steps[::-1] if backwards else steps


def rnn(
    step_function: Step,
    inputs: Any,
    initial_states: Any,
    go_backwards: bool = False,
    mask: Any = None,
    constants: Sequence[Any] | None = None,
    unroll: bool = False,
    input_length: Any = None,
    time_major: bool = False,
    zero_output_for_mask: bool = False,
    return_all_outputs: bool = True,
) -> tuple[Any, Any, Any]:
    """Run a step function over time: last output, all outputs, last states.

    A masked step keeps the states; its output is the one before (the first state, at the start),
    or zero where asked.

    Raises:
        ValueError: unrolling was asked for with no time steps.
    """
    if not time_major:
        inputs = tree.map_structure(_swap, inputs)
    slices = [unstack(t) for t in tree.flatten(inputs)]
    if go_backwards:
        slices = [one[::-1] for one in slices]
    count = len(slices[0])
    if unroll and not count:
        raise ValueError("Unrolling requires a fixed number of timesteps.")
    masks = None if mask is None else _mask_steps(mask, time_major, go_backwards)
    states: Any = initial_states
    outputs: list[Any] = []
    for index in range(count):
        current = tree.pack_sequence_as(inputs, [one[index] for one in slices])
        given = (*states, *constants) if constants else states
        output, new_states = step_function(current, given)
        if masks is not None:
            before = _output_before(outputs, states, output, unroll, zero_output_for_mask)
            output = _choose(masks[index], output, before)
            new_states = _choose(masks[index], new_states, states)
        states = new_states
        if not return_all_outputs:
            outputs.clear()
        outputs.append(output)
    stacked = tree.map_structure(lambda *parts: _stack(parts), *outputs)
    if not time_major:
        stacked = tree.map_structure(_swap, stacked)
    return outputs[-1], stacked, states


def _output_before(outputs: list[Any], states: Any, output: Any, unroll: bool, zero: bool) -> Any:
    """What a masked step puts out."""
    if zero or (unroll and not outputs):
        return _zeros(output)
    if unroll:
        return outputs[-1]
    first = states[0]
    # Stacked cells: the output before is the first state of the last cell.
    return states[-1][0] if tree.is_nested(first) else first


def numpy_scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any,
    reverse: bool = False,
    mask: Any = None,
) -> tuple[Any, Tensor]:
    """Fold f over the leading axis of xs: the last states, and all outputs in xs' own order."""
    parts = [unstack(x) for x in (xs if mask is not None else (xs,))]
    order = list(zip(*parts, strict=True))
    states, outputs = init, []
    for item in reversed(order) if reverse else order:
        states, output = f(states, item if mask is not None else item[0])
        outputs.append(convert_to_tensor(output))
    return states, _stack(outputs[::-1] if reverse else outputs)


def cudnn_ok(*args: Any, **kwargs: Any) -> bool:
    """Never: it would ask Keras to keep to cuDNN's limits, which ours do not have."""
    return False


def _check_activations(activation: Any, recurrent_activation: Any) -> None:
    """Only tanh and sigmoid are fused.

    Raises:
        NotAvailable: the cell has other activations; Keras then runs its cell step by step.
    """
    from keras.src import activations, ops

    if activation not in (activations.tanh, ops.tanh) or recurrent_activation not in (
        activations.sigmoid,
        ops.sigmoid,
    ):
        raise NotAvailable(
            "The fused sequence ops have tanh and sigmoid only.",
            fix="Nothing is to be done: Keras runs the cell step by step.",
        )


def _operands(inputs: Any, given: Sequence[Any]) -> list[Tensor]:
    inputs = convert_to_tensor(inputs)
    tensors = [convert_to_tensor(x) for x in given]
    dtype = inputs.dtype
    if not is_inexact(dtype):
        dtype = result_type(dtype, *(t.dtype for t in tensors))
    return [cast_to(t, dtype) for t in (inputs, *tensors)]


def _optional(bias: Any, mask: Any, dtype: Any) -> list[Tensor]:
    found = [] if bias is None else [cast_to(convert_to_tensor(bias), dtype)]
    if mask is not None:
        mask = cast_to(convert_to_tensor(mask), BOOL)
        found.append(shaping.reshape(mask, shape=mask.shape[:2]))
    return found


def lstm(
    inputs: Any,
    initial_state_h: Any,
    initial_state_c: Any,
    mask: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any,
    activation: Any,
    recurrent_activation: Any,
    return_sequences: bool = False,
    go_backwards: bool = False,
    unroll: bool = False,
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """A whole LSTM in one op: last output, all outputs, last states.

    Raises:
        NotAvailable: the activations are not tanh and sigmoid.
    """
    _check_activations(activation, recurrent_activation)
    given = (initial_state_h, initial_state_c, kernel, recurrent_kernel)
    operands = _operands(inputs, given)
    operands += _optional(bias, mask, operands[0].dtype)
    outputs, last_h, last_c, _, _ = recurrent.lstm(
        *operands,
        backwards=bool(go_backwards),
        has_bias=bias is not None,
        has_mask=mask is not None,
    )
    return last_h, outputs, [last_h, last_c]


def gru(
    inputs: Any,
    initial_state: Any,
    mask: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any,
    activation: Any,
    recurrent_activation: Any,
    return_sequences: bool = False,
    go_backwards: bool = False,
    unroll: bool = False,
    reset_after: bool = True,
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """A whole GRU in one op: last output, all outputs, last states.

    Raises:
        NotAvailable: the activations are not tanh and sigmoid.
    """
    _check_activations(activation, recurrent_activation)
    operands = _operands(inputs, (initial_state, kernel, recurrent_kernel))
    operands += _optional(bias, mask, operands[0].dtype)
    outputs, last, _, _ = recurrent.gru(
        *operands,
        backwards=bool(go_backwards),
        reset_after=bool(reset_after),
        has_bias=bias is not None,
        has_mask=mask is not None,
    )
    return last, outputs, [last]


def bidirectional_lstm(*args: Any, **kwargs: Any) -> NoReturn:
    """Not fused: both directions run as layers of their own, so that both can be looked into.

    Raises:
        NotAvailable: always; Keras then calls the two layers.
    """
    raise NotAvailable(
        "Both directions in one op are not offered.",
        fix="Nothing is to be done: Keras calls the two layers one after the other.",
    )


bidirectional_gru = bidirectional_lstm
