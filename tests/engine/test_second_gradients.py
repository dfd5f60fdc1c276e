"""The gradient rules of the general families are differentiable themselves."""

from __future__ import annotations

import numpy as np
import pytest
import test_registry as walker

from inspector import engine
from inspector.engine import REGISTRY, Tensor, autodiff

# Of linalg, fft, special functions and CTC some have no second gradients, and say so by name.
FAMILIES = {
    "activation", "arithmetic", "attention", "bits", "choice", "contraction", "convolution",
    "elementwise", "indexing", "joining", "normalization", "pooling", "recurrent", "reduction",
    "segment", "shaping", "softmax", "sorting",
}  # fmt: skip
CASES = [
    (name, case)
    for name, case in zip(walker.NAMES, walker.CASES, strict=True)
    if REGISTRY[case.primitive].family in FAMILIES
    and walker.checked_inputs(case)
    # An activation has two derivatives: its gradient's own second one is a third.
    and not (REGISTRY[case.primitive].family == "activation" and name.endswith("_grad"))
]
STEP = 1e-5


def slope_of_gradients(case, arrays, seeds, weights):
    """The inputs, the record, and the sum of weight · gradient over all checked inputs."""
    inputs = [Tensor(array.copy()) for array in arrays]
    numbers = walker.checked_inputs(case)
    with engine.recording() as segment:
        outputs = walker.checked_outputs(case, walker.outputs_of(case, *inputs))
        found: dict[int, Tensor] = {}
        sources = [inputs[number] for number in numbers]
        list(autodiff.backward(outputs, sources, list(segment.records), seeds, found))
        gradients = [found.get(source.id) for source in sources]
        parts = [
            (gradient * Tensor(weight)).sum()
            for gradient, weight in zip(gradients, weights, strict=True)
            if gradient is not None
        ]
        total = sum(parts) if parts else None
    return sources, segment.records, total


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_gradient_of_the_gradient_is_the_central_difference(case):
    generator = np.random.default_rng(5)
    numbers = walker.checked_inputs(case)
    outputs = walker.checked_outputs(case, walker.outputs_of(case, *map(Tensor, case.inputs)))
    seeds = [Tensor(generator.normal(size=t.shape).astype(t.dtype)) for t in outputs]
    weights = [generator.normal(size=case.inputs[number].shape) for number in numbers]

    sources, records, total = slope_of_gradients(case, case.inputs, seeds, weights)
    if total is None:
        return
    found = engine.gradients(total, sources, records)

    for number, gradient in zip(numbers, found, strict=True):
        direction = generator.normal(size=case.inputs[number].shape)
        values = []
        for sign in (1, -1):
            arrays = list(case.inputs)
            arrays[number] = arrays[number] + sign * STEP * direction
            moved = slope_of_gradients(case, arrays, seeds, weights)[2]
            values.append(float(np.real(moved.numpy())))
        right = (values[0] - values[1]) / (2 * STEP)
        mine = 0.0 if gradient is None else float((gradient.numpy() * direction).sum())
        assert mine == pytest.approx(right, rel=1e-4, abs=1e-4)
