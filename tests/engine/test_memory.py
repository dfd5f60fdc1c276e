"""The byte budget: what is dropped, that it comes back to the bit, and that it goes when let go."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from inspector import engine
from inspector.engine import Tape, Tensor, recompute
from inspector.engine.memory import Budget
from inspector.engine.primitives import activation, contraction, shaping
from inspector.errors import OutOfMemory, ReplayError

DEPTH, WIDTH, BATCH = 60, 32, 64
ONE = BATCH * WIDTH * 4  # bytes of one activation


def _chain(tape, depth=DEPTH):
    """`depth` times a product, an offset and a relu; the outputs of all ops, in order."""
    numbers = np.random.default_rng(0)
    x = Tensor(numbers.normal(size=(BATCH, WIDTH)).astype("float32"))
    weights = [Tensor(numbers.normal(size=(WIDTH, WIDTH)).astype("float32")) for _ in range(depth)]
    y = x
    with engine.recording(tape):
        for w in weights:
            y = activation.relu(contraction.matmul(y, w) * 0.1)
    return x, weights, [t for record in tape.records for t in record.outputs]


def _budgeted(limit, depth=DEPTH):
    budget, tape = Budget(limit), Tape()
    ledger = budget.watch(tape)
    made = _chain(tape, depth)
    return budget, ledger, tape, made


@pytest.fixture(scope="module")
def reference():
    return [t.data for t in _chain(Tape())[2]]


def test_held_bytes_stay_in_the_budget_while_ops_run_and_after():
    budget, tape = Budget(12 * ONE), Tape()
    ledger = budget.watch(tape)
    tape.listener = lambda record, told=tape.listener: (told(record), most.append(budget.held))
    most: list[int] = []

    _chain(tape)
    ledger.close()

    assert max(most) <= budget.limit
    assert budget.held <= budget.limit
    assert 3 * DEPTH * ONE > 10 * budget.limit


def test_dropped_values_come_back_to_the_bit(reference):
    budget, ledger, _, (_, _, outputs) = _budgeted(12 * ONE)
    ledger.close()

    dropped = [recompute.is_dropped(tensor) for tensor in outputs]
    arrays = [recompute.array_of(tensor) for tensor in outputs]

    assert sum(dropped) > 150
    assert all(a.tobytes() == b.tobytes() for a, b in zip(arrays, reference, strict=True))
    assert [recompute.is_dropped(tensor) for tensor in outputs] == dropped
    assert budget.held <= budget.limit


def test_cheap_ops_are_dropped_before_products():
    _, ledger, tape, _ = _budgeted(2 * DEPTH * ONE)
    ledger.close()

    names = {r.primitive.name for r in tape.records if recompute.is_dropped(r.outputs[0])}

    assert names
    assert "matmul" not in names


def test_nothing_is_dropped_within_the_budget():
    budget, ledger, _, (_, _, outputs) = _budgeted(4 * DEPTH * ONE)
    ledger.close()

    assert not any(map(recompute.is_dropped, outputs))
    assert budget.held == 3 * DEPTH * ONE


def test_dropped_tensor_is_no_symbolic_tensor():
    _, ledger, _, (_, _, outputs) = _budgeted(12 * ONE)
    ledger.close()
    dropped = next(t for t in outputs if recompute.is_dropped(t))

    assert not dropped.is_meta
    assert (dropped.shape, dropped.dtype) == ((BATCH, WIDTH), np.float32)
    assert recompute.is_dropped(dropped)


def test_user_code_that_reads_a_dropped_tensor_goes_on_with_it(reference):
    _, ledger, _, (_, _, outputs) = _budgeted(12 * ONE)
    ledger.close()
    place, dropped = next((i, t) for i, t in enumerate(outputs) if recompute.is_dropped(t))

    y = dropped + dropped

    assert np.array_equal(y.data, 2 * reference[place])
    assert type(dropped) is Tensor


def test_gradients_over_dropped_activations_are_the_same_to_the_bit():
    tape = Tape()
    x, weights, outputs = _chain(tape, 20)
    expected = engine.gradients(outputs[-1], [x, *weights], tape.records)
    budget, _, small, (x2, weights2, outputs2) = _budgeted(6 * ONE, 20)

    with engine.recording(small):
        found = engine.gradients(outputs2[-1], [x2, *weights2], small.records)

    assert all(a.data.tobytes() == b.data.tobytes() for a, b in zip(found, expected, strict=True))
    assert budget.dropped > 30


def test_views_count_once_and_go_with_their_buffer():
    budget, tape = Budget(10**9), Tape()
    ledger = budget.watch(tape)
    x = Tensor(np.ones((8, 8), "float32"))
    with engine.recording(tape):
        y = activation.relu(x)
        view = shaping.reshape(shaping.transpose(y, axes=(1, 0)), shape=(8, 8))
        flat = shaping.reshape(y, shape=(64,))
        of_leaf = shaping.reshape(x, shape=(64,))
    ledger.close()

    assert budget.held == y.nbytes
    assert budget.leaves == x.nbytes
    budget.limit = 0
    budget.settle()
    assert [recompute.is_dropped(t) for t in (x, y, view, flat, of_leaf)] == [
        False, True, True, True, False,
    ]  # fmt: skip


def test_op_that_fails_when_computed_again_is_named(monkeypatch):
    _, ledger, _, (_, _, outputs) = _budgeted(12 * ONE)
    ledger.close()
    dropped = next(t for t in outputs if recompute.is_dropped(t))

    def broken(*arrays, **constants):
        raise ValueError("no more")

    for primitive in (activation.relu, contraction.matmul, engine.REGISTRY["multiply"]):
        monkeypatch.setattr(primitive, "forward", broken)

    with pytest.raises(ReplayError, match=r"Op \d+ \((relu|matmul|multiply)\).*no more"):
        recompute.array_of(dropped)


def test_memory_that_runs_out_when_an_op_is_computed_again_is_told_with_its_bytes(monkeypatch):
    _, ledger, _, (_, _, outputs) = _budgeted(12 * ONE)
    ledger.close()
    dropped = next(t for t in outputs if recompute.is_dropped(t))

    def too_large(*arrays, **constants):
        raise MemoryError("Unable to allocate 3.00 GiB for an array with shape (3, 1)")

    for primitive in (activation.relu, contraction.matmul, engine.REGISTRY["multiply"]):
        monkeypatch.setattr(primitive, "forward", too_large)

    with pytest.raises(OutOfMemory, match=r"Op \d+ \((relu|matmul|multiply)\).*3.00 GiB"):
        recompute.array_of(dropped)


def test_long_chain_of_dropped_tensors_needs_no_deep_stack():
    budget, tape = Budget(10**9), Tape()
    ledger = budget.watch(tape)
    y = Tensor(np.zeros(4, "float32"))
    with engine.recording(tape):
        for _ in range(3000):
            y = y + 1.0
    ledger.close()
    budget.limit = 0

    budget.settle()

    assert recompute.is_dropped(y)
    assert recompute.array_of(y)[0] == 3000


def test_dropped_tensor_that_is_read_near_and_far_is_computed_in_order():
    budget, tape = Budget(10**9), Tape()
    ledger = budget.watch(tape)
    x = Tensor(np.full((4, 4), 3.0, "float32"))
    with engine.recording(tape):
        first = x + 1.0
        far = activation.relu(first * 2.0)
        y = far + first
        z = y * y
    ledger.close()
    expected = z.data.copy()
    budget.limit = 0

    budget.settle()

    assert all(recompute.is_dropped(t) for t in (first, far, y, z))
    assert np.array_equal(recompute.array_of(z), expected)


def test_forgotten_run_counts_no_more():
    budget, ledger, _, _ = _budgeted(10**9)
    ledger.close()

    budget.forget(ledger)

    assert (budget.held, budget.leaves) == (0, 0)


def test_dropping_frees_the_memory_without_the_garbage_collector():
    budget, ledger, _, (_, _, outputs) = _budgeted(10**9, 4)
    ledger.close()
    arrays = [weakref.ref(t.data) for t in outputs]
    gc.disable()
    try:
        budget.limit = 0
        budget.settle()
        alive = [ref() for ref in arrays if ref() is not None]
    finally:
        gc.enable()

    assert alive == []
