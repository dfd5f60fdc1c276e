"""Replay: a record run again from its ops alone, as it was and on changed values."""

from __future__ import annotations

import numpy as np
import pytest

from inspector import engine
from inspector.engine import Tensor
from inspector.engine.primitives import activation, contraction, random, shaping, sorting
from inspector.engine.primitives.indexing import take
from inspector.engine.replay import Replay
from inspector.errors import ReplayError

SEED = (7, 11)


def _tensor(*shape):
    return Tensor(np.random.default_rng(len(shape)).normal(size=shape).astype("float32"))


def _network():
    """Input → dropout-like noise → two products with an activation; and its record."""
    x, first, second = _tensor(4, 6), _tensor(6, 8), _tensor(8, 3)
    with engine.recording() as segment:
        noise = random.random_normal(shape=(4, 6), dtype=np.dtype("float32"), seed=SEED)
        hidden = activation.relu(contraction.matmul(x + noise, first))
        y = contraction.matmul(hidden, second)
    return (x, first, second, hidden, y), segment


def _spy(primitive, ran):
    forward = primitive.forward

    def spied(*arrays, **constants):
        ran.append(primitive.name)
        return forward(*arrays, **constants)

    return spied


def _same(left, right):
    return left.dtype == right.dtype and left.tobytes() == right.tobytes()


def test_unchanged_replay_gives_every_value_to_the_bit():
    _, segment = _network()
    recorded = {t.id: t.data for record in segment.records for t in record.outputs}

    values = Replay(segment.records).run()

    assert values.keys() == recorded.keys()
    assert all(_same(values[key], array) for key, array in recorded.items())


def test_gradients_are_replayed_with_the_forward_pass():
    x, w = _tensor(5, 3), _tensor(3, 2)
    with engine.recording() as segment:
        y = activation.sigmoid(contraction.matmul(x, w))
        gradient = engine.gradients(y, [w], segment.records)[0]
    other = np.ones((5, 3), "float32")
    with engine.recording() as again:
        y2 = activation.sigmoid(contraction.matmul(Tensor(other), w))
        expected = engine.gradients(y2, [w], again.records)[0]

    values = Replay(segment.records).run({x.id: other}, wanted=[gradient.id])

    assert _same(values[gradient.id], expected.data)


def test_new_input_gives_what_the_ops_give_on_it():
    (x, first, second, _, y), segment = _network()
    other = np.full((4, 6), 0.25, "float32")
    noise = segment.records[0].outputs[0].data

    values = Replay(segment.records).run({x.id: other})

    expected = np.maximum((other + noise) @ first.data, 0) @ second.data
    assert _same(values[y.id], expected)


def test_only_what_depends_on_a_change_is_run_when_asked(monkeypatch):
    (_, _, second, _, y), segment = _network()
    ran = []
    for primitive in {record.primitive for record in segment.records}:
        monkeypatch.setattr(primitive, "forward", _spy(primitive, ran))

    values = Replay(segment.records).run({second.id: second.data * 2}, only_changed=True)

    assert ran == ["matmul"]
    assert set(values) == {second.id, y.id}
    assert np.allclose(values[y.id], 2 * y.data)


def test_wanted_runs_only_what_leads_there_and_lets_go_of_the_rest():
    (_, _, _, hidden, _), segment = _network()

    values = Replay(segment.records).run(wanted=[hidden.id])

    assert list(values) == [hidden.id]
    assert _same(values[hidden.id], hidden.data)


def test_changed_value_in_the_middle_takes_the_place_of_its_op():
    (_, _, second, hidden, y), segment = _network()
    zeros = np.zeros(hidden.shape, "float32")

    values = Replay(segment.records).run({hidden.id: zeros}, wanted=[y.id, hidden.id])

    assert _same(values[hidden.id], zeros)
    assert _same(values[y.id], zeros @ second.data)


def test_one_changed_output_of_an_op_with_several_is_kept():
    x = _tensor(3, 5)
    with engine.recording() as segment:
        values, places = sorting.top_k(x, k=2)
        shifted = values + 1.0
        cast = shaping.cast(places, dtype=np.dtype("float32"))
    other = np.zeros((3, 2), "float32")

    found = Replay(segment.records).run({values.id: other})

    assert _same(found[shifted.id], other + np.float32(1))
    assert _same(found[cast.id], cast.data)


def test_random_leaves_draw_what_was_drawn_when_the_input_changes():
    (x, *_), segment = _network()
    noise = segment.records[0].outputs[0]

    values = Replay(segment.records).run({x.id: np.zeros((4, 6), "float32")})

    assert _same(values[noise.id], noise.data)


def test_changes_are_taken_in_the_recorded_dtype():
    (x, *_, y), segment = _network()

    values = Replay(segment.records).run({x.id: [[1] * 6] * 4})

    assert values[y.id].dtype == np.float32


def test_op_that_cannot_take_the_changed_values_is_named():
    x, table = Tensor(np.array([0, 2])), _tensor(3, 4)
    with engine.recording() as segment:
        rows = take(table, x, axis=0)
        shaping.reshape(rows, shape=(8,))
    replay = Replay(segment.records)

    with pytest.raises(ReplayError, match=r"Op 1 \(reshape\).*\(3, 4\) float32"):
        replay.run({x.id: np.array([0, 1, 2])})


def test_tensor_of_another_record_is_refused():
    _, segment = _network()

    with pytest.raises(ReplayError, match="no tensor"):
        Replay(segment.records).run({_tensor(1).id: np.zeros(1)})


def test_symbolic_record_is_refused():
    with engine.recording() as segment:
        activation.relu(engine.meta((2, 3), np.dtype("float32")))

    with pytest.raises(ReplayError, match="symbolic"):
        Replay(segment.records)


def test_leaves_are_the_tensors_that_no_op_made():
    (x, first, second, _, _), segment = _network()

    assert {t.id for t in Replay(segment.records).leaves} == {x.id, first.id, second.id}


def test_results_may_overwrite_only_what_nothing_else_reads():
    x, w, bias = _tensor(4, 6), _tensor(6, 6), _tensor(6)
    with engine.recording() as segment:
        first = contraction.matmul(x, w)
        shown = first + bias
        twice = activation.relu(shown)
        view = shaping.reshape(twice, shape=(24,))
        shifted = twice * 2.0
        y = activation.relu(x + bias) + shaping.reshape(view, shape=(4, 6)) - shifted
    replay = Replay(segment.records)
    before = [t.data.copy() for t in (x, w, bias)]

    found = replay.run({x.id: x.data}, wanted=[shown.id, y.id])
    only = replay.run({bias.id: bias.data}, wanted=[y.id], only_changed=True)

    assert _same(found[shown.id], shown.data)
    assert _same(found[y.id], y.data)
    assert _same(only[y.id], y.data)
    assert all(_same(t.data, array) for t, array in zip((x, w, bias), before, strict=True))


def test_operand_that_grows_by_broadcasting_is_not_overwritten():
    x, w, column = _tensor(1, 6), _tensor(6, 3), _tensor(1, 1)
    with engine.recording() as segment:
        y = contraction.matmul(x, w) + column

    values = Replay(segment.records).run({column.id: np.ones((5, 1))}, wanted=[y.id])

    assert values[y.id].shape == (5, 3)
