"""Replays captured as CUDA graphs, on the stand-in, which does again what was captured."""

from __future__ import annotations

import numpy as np
import pytest
from case_runs import UNCAPTURED, capture_cases, capture_trial
from cupy_stand_in import blas as stand_in_blas
from cupy_stand_in import capturing, namespace

from inspector import engine
from inspector.engine import REGISTRY, Tensor, array_module
from inspector.engine.cuda import blas, dispatch
from inspector.engine.cuda.graph import GraphReplay
from inspector.errors import ReplayError


@pytest.fixture(autouse=True)
def xp(monkeypatch):
    monkeypatch.setattr(array_module, "xp", namespace.xp)
    monkeypatch.setattr(array_module, "special", lambda: namespace.special)
    dispatch.install(monkeypatch.setattr)
    library = stand_in_blas.library()
    monkeypatch.setattr(blas, "_cublas", lambda: library)
    return namespace.xp


def op(name, *tensors, **constants):
    return REGISTRY[name](*tensors, **constants)


def tensor(*shape, dtype="float32"):
    values = np.random.default_rng(len(shape)).normal(size=shape).astype(dtype)
    return Tensor(array_module.xp.asarray(values))


def network(x, w, vectors):
    """A convolution, a batch norm, a residual sum, a product, a softmax."""
    how = {"strides": (1, 1), "padding": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": 1}
    y = op("conv", x, w, **how)
    axis = {"axis": 3, "epsilon": 1e-3, "has_scale": True, "has_offset": True}
    y = op("relu", op("add", op("batch_norm", y, *vectors, **axis), x))
    y = op("multiply", op("sigmoid", y), y)
    return op("softmax", op("reshape", y, shape=(2, -1)), axis=-1)


@pytest.fixture
def recorded():
    """(records, input, weights, output) of the network."""
    x, w = tensor(2, 5, 5, 3), tensor(3, 3, 3, 3)
    mean, scale, offset = (tensor(1, 1, 1, 3) for _ in range(3))
    vectors = [mean, op("square", scale), scale, offset]
    with engine.recording() as segment:
        y = network(x, w, vectors)
    return segment.records, x, (w, vectors), y


@pytest.mark.parametrize("use_fusion", [False, True])
def test_graph_gives_the_output_for_another_input(recorded, use_fusion, xp):
    records, x, weights, y = recorded
    replay = GraphReplay(records, given=[x.id], wanted=[y.id], use_fusion=use_fusion)
    other = Tensor(xp.asarray(np.cos(x.numpy() * 3)))

    found = [replay.run({x.id: value.data})[y.id] for value in (other, x, other)]

    right = [network(value, *weights) for value in (other, x, other)]
    for one, two in zip(found, right, strict=True):
        np.testing.assert_allclose(one.get(), two.numpy(), rtol=1e-6 * use_fusion, atol=1e-7)


def test_fused_graph_runs_fewer_kernels(recorded):
    records, x, _, y = recorded
    counts = [
        GraphReplay(records, given=[x.id], wanted=[y.id], use_fusion=fuse).kernels
        for fuse in (False, True)
    ]

    assert counts == [8, 4]  # conv, a chain of five, reshape, softmax


def test_graph_takes_changed_weights_that_were_given(recorded, xp):
    records, x, (w, vectors), y = recorded
    replay = GraphReplay(records, given=[w.id], wanted=[y.id])
    other = Tensor(xp.asarray(w.numpy() * 2))

    found = replay.run({w.id: other.data})[y.id]

    np.testing.assert_allclose(found.get(), network(x, other, vectors).numpy(), rtol=1e-6)


def test_outputs_of_one_launch_stay_when_the_next_one_runs(recorded, xp):
    records, x, _, y = recorded
    replay = GraphReplay(records, given=[x.id], wanted=[y.id])
    first = replay.run({x.id: x.data})[y.id]
    kept = first.get()
    replay.run({x.id: xp.zeros(x.shape, "float32")})

    np.testing.assert_array_equal(first.get(), kept)


def test_graph_refuses_what_was_not_given(recorded):
    records, x, (w, _), y = recorded
    replay = GraphReplay(records, given=[x.id], wanted=[y.id])

    with pytest.raises(ReplayError, match=f"Tensor {w.id} is no input"):
        replay.run({w.id: w.data})


def test_graph_says_after_its_launch_that_an_index_is_wrong(xp):
    table, numbers = tensor(4, 3), Tensor(xp.asarray(np.array([1, 3])))
    with engine.recording() as segment:
        y = op("take", table, numbers, axis=0)
    replay = GraphReplay(segment.records, given=[numbers.id], wanted=[y.id])

    found = replay.run({numbers.id: np.array([0, -1])})[y.id]
    np.testing.assert_array_equal(found.get(), table.numpy()[[0, -1]])
    with pytest.raises(IndexError, match="out of range"):
        replay.run({numbers.id: np.array([0, 4])})


def test_only_the_named_primitives_cannot_be_captured():
    said, refused = set(), set()
    for case in capture_cases():
        try:
            said.add(capture_trial(case))
        except ReplayError:
            refused.add(case.primitive)

    assert said == {""}
    assert refused == {name for names in UNCAPTURED for name in names.split()}
    assert capturing.now is None


def test_graph_refuses_random_draws():
    x = tensor(3)
    with engine.recording() as segment:
        drawn = op("random_normal", shape=(3,), seed=(1, 2), dtype=np.dtype("float32"))
        y = op("add", x, drawn)

    with pytest.raises(ReplayError, match="draws numbers on the host"):
        GraphReplay(segment.records, given=[x.id], wanted=[y.id])
