"""The record of a run within a byte budget: what is held, what is answered, what is let go."""

from __future__ import annotations

import gc
import tracemalloc
import weakref

import numpy as np
import pytest

from inspector.errors import CaptureError, ReplayError

# 24 blocks of 4 activations of 256 KiB each, with weights of 16 KiB.
DEEP = """
    class Block(layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.dense = layers.Dense(64)
            self.norm = layers.LayerNormalization()

        def call(self, x):
            return x + ops.tanh(self.norm(self.dense(x)))

    numbers = np.random.default_rng(0)
    x = numbers.normal(size=(1024, 64)).astype("float32")
    model = keras.Sequential([Block(name=f"block{i}") for i in range(24)], name="deep")
    y = model(x)
    watched = y
"""
ONE = 1024 * 64 * 4

TRAINED = """
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((64,)), *[layers.Dense(64, activation="tanh") for _ in range(12)]], name="net"
    )
    model.compile(optimizer="sgd", loss="mse")
    x = np.random.default_rng(0).normal(size=(256, 64)).astype("float32")
    model.fit(x, x, batch_size=256, epochs=3, verbose=0)
"""


def _values(scene, run):
    """Every value of a run that ops made or took, in the order of its ops."""
    records = scene.recorder.store.records(run.number)
    ids = [t.id for record in records for t in (*record.inputs, *record.outputs)]
    return [scene.recorder.tensor(run.number, key).numpy() for key in ids]


def _same(left, right):
    return len(left) == len(right) and all(
        a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in zip(left, right, strict=True)
    )


def _peak(watch, budget):
    """Bytes that the record holds in the end, and the most that Python and NumPy had in use."""
    gc.collect()
    tracemalloc.start()
    try:
        scene = watch(DEEP, budget_bytes=budget)
        return scene.recorder.store.budget.held, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_model_of_ten_times_the_budget_is_inspected_within_it(watch):
    free = watch(DEEP, budget_bytes=1 << 40)
    whole = free.recorder.store.budget.held
    budget = whole // 10
    expected = _values(free, free.run("forward"))

    tight = watch(DEEP, budget_bytes=budget)
    run = tight.run("forward")

    assert whole >= 4 * 24 * ONE
    assert tight.recorder.store.budget.held <= budget
    assert _same(_values(tight, run), expected)
    assert tight.recorder.store.budget.held <= budget
    assert len(run.calls) == len(free.run("forward").calls)


def test_memory_in_use_is_less_by_what_is_over_the_budget_while_the_model_runs(watch):
    watch(DEEP)  # what Keras imports and keeps on first use is no part of it
    budget = 10 * ONE

    whole, free_peak = _peak(watch, 1 << 40)
    _, tight_peak = _peak(watch, budget)

    assert whole > 9 * budget
    assert free_peak - tight_peak > 0.95 * (whole - budget)


def test_values_say_whether_they_were_computed_again(watch):
    scene = watch(DEEP, budget_bytes=10 * ONE)
    run, store = scene.run("forward"), scene.recorder.store
    made = [t.id for record in store.records(run.number) for t in record.outputs]
    given = run.calls[0].inputs[0].tensor

    before = [store.is_recomputed(run.number, key) for key in made]
    _values(scene, run)

    assert 60 < sum(before) < len(before)
    assert not store.is_recomputed(run.number, given)
    assert [store.is_recomputed(run.number, key) for key in made] == before


def test_training_within_a_budget_gives_the_same_weights_and_gradients(watch):
    free = watch(TRAINED, budget_bytes=1 << 40)
    tight = watch(TRAINED, budget_bytes=300_000)

    steps = [s for s in tight.recorder.runs() if s.kind == "train_step"]
    reference = [s for s in free.recorder.runs() if s.kind == "train_step"]
    last, same = steps[-1], reference[-1]

    assert tight.recorder.store.budget.dropped > 50
    assert [u.gradient_norm for u in last.updates] == [u.gradient_norm for u in same.updates]
    assert last.total_loss == same.total_loss
    assert _same(_values(tight, last), _values(free, same))


def test_oldest_runs_go_when_inputs_alone_are_too_much(watch):
    scene = watch(
        """
        layer = layers.Flatten(name="flat")
        for _ in range(4):
            layer(np.ones((64, 256), "float32"))
        """,
        budget_bytes=150_000,
    )
    runs = scene.recorder.runs()
    kept = [scene.recorder.tensor(r.number, r.calls[0].inputs[0].tensor) for r in runs]

    assert [tensor is not None for tensor in kept] == [False, True, True, True]


@pytest.mark.parametrize("budget", [1, 1 << 40])
def test_run_that_is_let_go_is_freed_without_the_garbage_collector(watch, budget):
    source = """
        layer = layers.Dense(64, name="dense")
        layer(np.ones((64, 256), "float32"))
    """
    scene = watch(source, budget_bytes=budget)
    (run,) = scene.recorder.runs()
    store = scene.recorder.store
    records = store.records(run.number)
    arrays = [weakref.ref(t) for record in records for t in (*record.inputs, *record.outputs)]
    gone = weakref.ref(next(r for r in records if r.primitive.name == "matmul").inputs[0].data)
    del records
    gc.collect()
    gc.disable()
    try:
        assert gone() is not None
        store.let_go(run.number)
        weights = {id(v.value) for v in scene.recorder.keras_models()["dense"].weights}
        alive = [ref() for ref in arrays if ref() is not None and id(ref()) not in weights]
        assert alive == []
        assert gone() is None
    finally:
        gc.enable()


def test_weights_are_not_dropped_with_the_run_that_made_them(watch):
    scene = watch(DEEP, budget_bytes=ONE)
    from inspector.engine import recompute

    weights = scene.recorder.keras_models()["deep"].weights

    assert len(weights) == 4 * 24
    assert not any(recompute.is_dropped(variable.value) for variable in weights)


def test_what_if_gives_the_outputs_of_the_changed_input(watch):
    scene = watch(DEEP, budget_bytes=10 * ONE)
    run = scene.run("forward")
    given, out = run.calls[0].inputs[0].tensor, run.calls[0].outputs[0].tensor
    from inspector.capture.what_if import what_if

    other = np.linspace(-1, 1, 1024 * 64, dtype="float32").reshape(1024, 64)
    found = what_if(scene.recorder, run.number, {given: other}, wanted=[out])

    model = scene.recorder.keras_models()["deep"]
    assert found[out].numpy().tobytes() == model(other).numpy().tobytes()


def test_what_if_on_a_weight_runs_only_what_depends_on_it(watch):
    scene = watch(DEEP)
    run = scene.run("forward")
    last = next(call for call in run.calls if call.name == "block23")
    weight = next(w for call in run.calls if call.parent == last.id for w in call.weights)
    from inspector.capture.what_if import what_if

    found = what_if(scene.recorder, run.number, {weight.tensor: np.zeros(weight.shape)})

    assert run.calls[0].outputs[0].tensor in found
    assert last.inputs[0].tensor not in found


def test_what_if_refuses_a_run_without_a_record_and_a_tensor_of_another(watch):
    scene = watch(DEEP)
    from inspector.capture.what_if import what_if

    with pytest.raises(CaptureError, match="Run 99"):
        what_if(scene.recorder, 99, {})
    with pytest.raises(ReplayError, match="no tensor -5"):
        what_if(scene.recorder, scene.run("forward").number, {-5: np.zeros(1)})


def test_failed_allocation_names_the_call_its_line_and_the_bytes(watch):
    scene = watch("""
        class Huge(layers.Layer):
            def call(self, x):
                return ops.repeat(x, 10**13, axis=0)

        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="net")
                self.huge = Huge(name="huge")

            def call(self, x):
                return self.huge(x)

        Net()(np.ones((2, 3), "float32"))
    """)
    failure = scene.run("forward").failure

    assert failure.call == "net/huge#0"
    assert failure.type == "MemoryError"
    assert failure.line == scene.line("ops.repeat(x")
    assert "TiB" in failure.message
    assert "repeat" in failure.message


def test_failed_allocation_outside_of_an_op_names_the_call_and_the_bytes(watch):
    scene = watch("""
        class Huge(layers.Layer):
            def call(self, x):
                return x + ops.zeros((10**7, 10**8, 3))

        Huge(name="huge")(np.ones((2, 3), "float32"))
    """)
    failure = scene.run("forward").failure

    assert failure.call == "huge#0"
    assert failure.type == "MemoryError"
    assert failure.line == scene.line("ops.zeros(")
    assert "PiB" in failure.message
