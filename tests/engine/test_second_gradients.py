"""The gradient rules are differentiable themselves, and what they are made of is so again."""

from __future__ import annotations

import numpy as np
import pytest
import test_registry as walker

from inspector import engine
from inspector.engine import Tensor, autodiff

CASES = [
    (name, case)
    for name, case in zip(walker.NAMES, walker.CASES, strict=True)
    if walker.checked_inputs(case)
]
STEP = 1e-5


@pytest.fixture(autouse=True)
def quiet():
    """As the engine runs in the product: what `where` leaves out may be infinite."""
    with np.errstate(all="ignore"):
        yield


def slope(case, arrays, seeds, weights):
    """The inputs, the record, and the slope of what the op gives, as often as there are weights.

    Each time it is the sum of weight · gradient over all checked inputs, None where it is 0.
    """
    inputs = [Tensor(array.copy()) for array in arrays]
    sources = [inputs[number] for number in walker.checked_inputs(case)]
    with engine.recording() as segment:
        targets = walker.checked_outputs(case, walker.outputs_of(case, *inputs))
        for factors in weights:
            found: dict[int, Tensor] = {}
            list(autodiff.backward(targets, sources, list(segment.records), seeds, found))
            parts = [
                (found[source.id] * Tensor(factor)).sum()
                for source, factor in zip(sources, factors, strict=True)
                if source.id in found
            ]
            if not parts:
                return sources, segment.records, None
            targets, seeds = [sum(parts)], [None]
    return sources, segment.records, targets[0]


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_gradient_of_the_gradient_is_the_central_difference(case, order):
    generator = np.random.default_rng(5)
    numbers = walker.checked_inputs(case)
    outputs = walker.checked_outputs(case, walker.outputs_of(case, *map(Tensor, case.inputs)))
    seeds = [Tensor(generator.normal(size=t.shape).astype(t.dtype)) for t in outputs]
    weights = [
        [generator.normal(size=case.inputs[number].shape) for number in numbers]
        for _ in range(order - 1)
    ]

    sources, records, total = slope(case, case.inputs, seeds, weights)
    if total is None:
        return
    found = engine.gradients(total, sources, records)

    for number, gradient in zip(numbers, found, strict=True):
        direction = generator.normal(size=case.inputs[number].shape)
        values = []
        for sign in (1, -1):
            arrays = list(case.inputs)
            arrays[number] = arrays[number] + sign * STEP * direction
            moved = slope(case, arrays, seeds, weights)[2]
            values.append(float(np.real(moved.numpy())))
        right = (values[0] - values[1]) / (2 * STEP)
        mine = 0.0 if gradient is None else float(np.real((gradient.numpy() * direction).sum()))
        assert mine == pytest.approx(right, rel=1e-4, abs=1e-4)
