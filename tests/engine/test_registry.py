"""Every primitive: its case exists, its rules agree with each other and with the numbers."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from case import Case

from inspector import engine
from inspector.engine import REGISTRY, Tensor, autodiff, meta
from inspector.engine.higher_order import WrittenOut
from inspector.engine.promotion import is_inexact
from inspector.errors import NoValue

FOLDER = Path(__file__).parent / "cases"


def all_cases() -> list[Case]:
    cases: list[Case] = []
    for path in sorted(FOLDER.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"engine_cases_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        cases += module.CASES
    return cases


CASES = all_cases()
NAMES = [f"{number}-{case.primitive}" for number, case in enumerate(CASES)]
each_case = pytest.mark.parametrize("case", CASES, ids=NAMES)


def outputs_of(case: Case, *tensors: Tensor) -> tuple[Tensor, ...]:
    made = REGISTRY[case.primitive](*tensors, **case.constants)
    return tuple(made) if isinstance(made, tuple | list) else (made,)


def checked_inputs(case: Case) -> tuple[int, ...]:
    if case.differentiable is not None:
        return case.differentiable
    if REGISTRY[case.primitive].vjp is None:
        return ()
    floating = [array.dtype == np.float64 for array in case.inputs]
    return tuple(number for number, is_floating in enumerate(floating) if is_floating)


def checked_outputs(case: Case, outputs: tuple[Tensor, ...]) -> list[Tensor]:
    numbers = range(len(outputs)) if case.outputs is None else case.outputs
    return [outputs[number] for number in numbers if is_inexact(outputs[number].dtype)]


def test_every_primitive_has_a_case():
    missing = sorted(set(REGISTRY) - {case.primitive for case in CASES})

    assert missing == []


def test_every_case_names_a_primitive():
    unknown = sorted({case.primitive for case in CASES} - set(REGISTRY))

    assert unknown == []


def test_every_primitive_says_what_it_is():
    silent = sorted(name for name, op in REGISTRY.items() if not op.doc.strip())

    assert silent == []


def test_every_gradient_rule_is_checked():
    rules = {name: op.vjp for name, op in REGISTRY.items() if op.vjp is not None}
    # What is written out takes values of the forward op that fit together only as that op's own
    # second gradient, which test_second_gradients.py checks.
    ruled = {name for name, rule in rules.items() if not isinstance(rule, WrittenOut)}
    checked = {case.primitive for case in CASES if checked_inputs(case)}

    assert sorted(ruled - checked) == []


@each_case
def test_meta_shape_and_dtype_are_those_of_the_values(case):
    outputs = outputs_of(case, *map(Tensor, case.inputs))
    symbolic = [meta(array.shape, Tensor(array).dtype) for array in case.inputs]

    if not case.meta:
        with pytest.raises(NoValue):
            outputs_of(case, *symbolic)
        return
    predicted = outputs_of(case, *symbolic)

    assert [(t.shape, t.dtype) for t in predicted] == [(t.shape, t.dtype) for t in outputs]


@each_case
def test_inputs_are_left_as_they_were(case):
    before = [array.copy() for array in case.inputs]

    outputs_of(case, *[Tensor(array.copy()) for array in case.inputs])
    frozen = [array.copy() for array in case.inputs]
    for array in frozen:
        array.setflags(write=False)
    outputs_of(case, *map(Tensor, frozen))

    for array, old in zip(case.inputs, before, strict=True):
        np.testing.assert_array_equal(array, old)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.expected is not None],
    ids=[name for name, case in zip(NAMES, CASES, strict=True) if case.expected is not None],
)
def test_values_are_those_expected(case):
    outputs = outputs_of(case, *map(Tensor, case.inputs))

    wanted = case.expected(*case.inputs)
    wanted = list(wanted) if isinstance(wanted, tuple | list) else [wanted]
    if case.outputs is not None:  # the others are kept for the gradient
        outputs = outputs[: len(wanted)]
    for found, right in zip(outputs, wanted, strict=True):
        np.testing.assert_allclose(found.numpy(), right, rtol=case.tolerance, atol=1e-12)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if checked_inputs(case)],
    ids=[name for name, case in zip(NAMES, CASES, strict=True) if checked_inputs(case)],
)
def test_gradient_is_the_central_difference(case):
    generator = np.random.default_rng(7)
    inputs = [Tensor(array.copy()) for array in case.inputs]
    with engine.recording() as segment:
        outputs = outputs_of(case, *inputs)
    targets = checked_outputs(case, outputs)
    seeds = [Tensor(generator.normal(size=t.shape).astype(t.dtype)) for t in targets]
    numbers = checked_inputs(case)

    found: dict[int, Tensor] = {}
    sources = [inputs[number] for number in numbers]
    list(autodiff.backward(targets, sources, segment.records, seeds, found))

    for number, source in zip(numbers, sources, strict=True):
        gradient = found.get(source.id)
        shape = case.inputs[number].shape
        values = np.zeros(shape) if gradient is None else gradient.numpy()
        assert values.shape == shape
        for direction in generator.normal(size=(4, *shape)):
            right = central_difference(case, number, direction, seeds)
            scale = max(1.0, abs(right))
            assert float(np.real((values * direction).sum())) == pytest.approx(
                right, rel=0, abs=5 * case.tolerance * scale
            )


def central_difference(
    case: Case, number: int, direction: np.ndarray, seeds: list[Tensor]
) -> float:
    """The slope of (sum of seed · output) as one input moves in a direction."""

    def total(array: np.ndarray) -> float:
        arrays = list(case.inputs)
        arrays[number] = array
        outputs = outputs_of(case, *map(Tensor, arrays))
        values = [t.numpy() for t in checked_outputs(case, outputs)]
        return sum(
            float(np.real((seed.numpy() * v).sum())) for seed, v in zip(seeds, values, strict=True)
        )

    ahead = case.inputs[number] + case.step * direction
    behind = case.inputs[number] - case.step * direction
    return (total(ahead) - total(behind)) / (2 * case.step)
