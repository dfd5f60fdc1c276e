"""Elementwise chains: which ops join, and what the kernels made of them compute."""

from __future__ import annotations

import functools

import ml_dtypes
import numpy as np
import nvrtc
import pytest
from case import Case
from case_runs import CASES, difference, upload
from cupy_stand_in import namespace
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector import engine
from inspector.engine import REGISTRY, Tensor, array_module
from inspector.engine.cuda import dispatch, fused, launch
from inspector.engine.expressions import EXPRESSIONS, has_expression
from inspector.engine.fusion import LONGEST, Chain, needed, planned

random = np.random.default_rng(0)


def op(name, *tensors, **constants):
    return REGISTRY[name](*tensors, **constants)


def tensor(*shape, dtype="float32"):
    return Tensor(random.normal(size=shape).astype(dtype))


def names(plan):
    return [
        [r.primitive.name for r in part.records] if isinstance(part, Chain) else part.primitive.name
        for part in plan
    ]


def plan_of(function, *tensors):
    with engine.recording() as segment:
        y = function(*tensors)
    return planned(segment.records, [y.id], has_expression), segment.records, y


def test_chain_ends_where_another_op_reads_it():
    def function(x):
        y = op("relu", op("exp", x))
        return op("add", op("softmax", y, axis=-1), op("tanh", y))

    plan, _, _ = plan_of(function, tensor(2, 3))

    assert names(plan) == [["exp", "relu"], "softmax", ["tanh", "add"]]
    assert [t.shape for t in plan[0].outputs] == [(2, 3)]


def test_chains_of_one_shape_become_one_where_they_meet():
    def function(x, y):
        return op("add", op("exp", x), op("sin", y))

    plan, _, y = plan_of(function, tensor(2, 3), tensor(2, 3))

    assert names(plan) == [["exp", "sin", "add"]]
    assert [t.id for t in plan[0].outputs] == [y.id]


def test_smaller_operands_stay_outside_of_a_chain():
    def function(x, row):
        return op("multiply", op("exp", x), op("sqrt", op("square", row)))

    plan, _, _ = plan_of(function, tensor(2, 3), tensor(3))

    assert names(plan) == [["square", "sqrt"], ["exp", "multiply"]]


def test_chains_stay_short():
    def function(x):
        for _ in range(LONGEST + 3):
            x = op("tanh", x)
        return x

    plan, _, _ = plan_of(function, tensor(2))

    assert [len(part.records) for part in plan] == [LONGEST, 3]


def test_needed_ops_lead_from_what_is_given_to_what_is_wanted():
    with engine.recording() as segment:
        a = op("exp", tensor(2))
        b = op("sin", a)
        op("cos", b)
        d = op("tanh", b)

    assert names(needed(segment.records, [d.id], [a.id])) == ["sin", "tanh"]


OPS = ["exp", "tanh", "negative", "square", "sigmoid", "relu", "gelu", "silu", "softplus"]
PAIRS = ["add", "subtract", "multiply", "maximum", "minimum"]


@st.composite
def programs(draw):
    """A list of ops on earlier values; now and then one that is not elementwise."""
    steps = []
    for number in range(draw(st.integers(1, 12))):
        earlier = st.integers(0, number + 1)
        kind = draw(st.sampled_from([*OPS, *PAIRS, "where", "cumsum"]))
        steps.append((kind, [draw(earlier) for _ in range(3)]))
    return steps


def run_program(steps, values):
    values = list(values)
    for kind, places in steps:
        a, b, c = (values[place] for place in places)
        if kind == "where":
            values.append(op("where", op("less", a, b), b, c))
        elif kind == "cumsum":
            values.append(op("softmax", a, axis=-1))
        else:
            values.append(op(kind, a, b) if kind in PAIRS else op(kind, a))
    return values[-1]


@settings(max_examples=25, deadline=None)
@given(programs(), st.sampled_from(["float32", "float64"]), st.data())
def test_plan_gives_what_the_ops_give(steps, dtype, data):
    """In the plan's order, each op on its own: no value is read before it was made."""
    x, y = tensor(2, 3, dtype=dtype), tensor(2, 3, dtype=dtype)
    plan, records, out = plan_of(lambda *values: run_program(steps, values), x, y)
    ran = [r for part in plan for r in (part.records if isinstance(part, Chain) else [part])]
    values = {x.id: x.data, y.id: y.data}
    for part in plan:
        inside = part.records if isinstance(part, Chain) else [part]
        local = {t.id: values[t.id] for t in part.inputs}
        for record in inside:
            made = record.primitive.forward(
                np, *[local[t.id] for t in record.inputs], **record.constants
            )
            local[record.outputs[0].id] = made
        values.update((t.id, local[t.id]) for t in part.outputs)

    assert sorted(r.index for r in ran) == list(range(len(records)))
    np.testing.assert_array_equal(values[out.id], out.data)


def run_chain(chain):
    """The outputs of a chain's kernel, run by the host."""
    xp = namespace.xp
    made = fused.runner(chain)(xp, *[xp.asarray(t.data) for t in chain.inputs])
    return [array.get() for array in made]


FUSED = sorted({*EXPRESSIONS, "batch_norm"})
ROUND = np.round(random.normal(size=(2, 3, 4)))
MORE = [Case(name, (ROUND, ROUND[:, :1])) for name in ("equal", "not_equal", "less_equal")]


@functools.cache
def chains(dtype):
    """Every case of every primitive that has an expression, as a chain of one op."""
    found = []
    for case in [*CASES, *MORE]:
        if case.primitive in FUSED:
            inputs = [Tensor(a.astype(dtype) if a.dtype == np.float64 else a) for a in case.inputs]
            with engine.recording() as segment, np.errstate(all="ignore"):
                made = REGISTRY[case.primitive](*inputs, **case.constants)
            if has_expression(segment.records[0]):
                found.append(Chain((segment.records[0],), segment.records[0].inputs, (made,)))
    return found


def text_of(dtype):
    """All of them as kernels of one module, which is compiled far sooner than many."""
    kernels = [fused.kernel(chain, f"fused{n}") for n, chain in enumerate(chains(dtype))]
    return "\n".join([launch.prelude(launch.STORED[dtype]), *kernels])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_expressions_give_what_numpy_gives(dtype):
    xp, off = namespace.xp, {}
    module = xp.RawModule(code=text_of(dtype))
    for n, chain in enumerate(chains(dtype)):
        (right,) = chain.outputs
        made = xp.empty(right.shape, right.dtype)
        operands = [xp.asarray(np.ascontiguousarray(t.data)) for t in chain.inputs]
        module.get_function(f"fused{n}")((right.size // 256 + 1,), (256,), (*operands, made))
        if said := difference(Tensor(made.get()), right, 1e-6):
            off[f"{n} {chain.records[0].primitive.name}"] = said

    assert off == {}
    assert {chain.records[0].primitive.name for chain in chains(dtype)} == set(FUSED)


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_expressions_compile_for_gpus(dtype, architecture):
    assert nvrtc.compiled(text_of(dtype), architecture) == ""


@pytest.mark.parametrize("dtype", launch.STORED)
def test_activations_run_as_one_kernel_in_every_dtype(dtype, monkeypatch):
    """On the stand-in; right within the rounding of the dtype."""
    dispatch.install(monkeypatch.setattr)
    wanted = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    narrow = wanted.itemsize < 4
    ran = set()
    for case in CASES:
        if case.primitive in fused.RULES:
            inputs = [a.astype(wanted) for a in case.inputs]
            monkeypatch.setattr(array_module, "xp", np)
            right = REGISTRY[case.primitive](*map(Tensor, inputs), **case.constants)
            monkeypatch.setattr(array_module, "xp", namespace.xp)
            with engine.recording() as segment:
                made = REGISTRY[case.primitive](*map(upload, inputs), **case.constants)
            assert segment.records[0].implementation == f"kernel {case.primitive}"
            assert difference(made, right, 2e-2 if narrow else 1e-6) == "", case.primitive
            ran.add(case.primitive)

    assert ran == set(fused.RULES)


SHAPES = st.lists(st.sampled_from([1, 2, 3, 5]), min_size=1, max_size=4).map(tuple)


@settings(max_examples=30, deadline=None)
@given(SHAPES, st.data())
def test_positions_are_those_of_broadcasting(whole, data):
    kept = [data.draw(st.booleans()) for _ in whole]
    shape = tuple(n if keep else 1 for n, keep in zip(whole, kept, strict=True))
    shape = shape[data.draw(st.integers(0, len(shape) - 1)) :]
    places = np.broadcast_to(np.arange(np.prod(shape)).reshape(shape), whole).reshape(-1)
    formula = fused.position(shape, whole).replace("/", "//")

    assert [eval(formula, {"i": i}) for i in range(places.size)] == places.tolist()


@settings(max_examples=12, deadline=None)
@given(programs(), st.sampled_from(["float32", "float64"]))
def test_generated_kernels_give_what_numpy_gives(steps, dtype):
    x, y = tensor(2, 3, dtype=dtype), tensor(2, 3, dtype=dtype)
    plan, _, _ = plan_of(lambda *values: run_program(steps, values), x, y)
    for chain in plan:
        if isinstance(chain, Chain):
            for made, right in zip(run_chain(chain), chain.outputs, strict=True):
                assert difference(Tensor(made), right, 1e-6) == ""
