"""Blocks on several threads: the same bits as on one, and errors that come out."""

from __future__ import annotations

import os
import threading
import warnings

import numpy as np
import pytest

from inspector.engine import Tensor, pool, statistics
from inspector.engine.primitive import REGISTRY
from inspector.engine.replay import Replay
from inspector.engine.tape import recording

BLOCK = 1 << 16


@pytest.fixture
def threads():
    """Lets several threads work, and one again after the test."""
    yield pool.allow
    pool.allow(1)


@pytest.fixture
def shared(monkeypatch):
    """What was worked on by several threads."""
    asked, original = [], pool._shared
    monkeypatch.setattr(pool, "_shared", lambda *given: asked.append(given) or original(*given))
    return asked


def numbers(*shape):
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(np.float32)


def test_each_block_answers_in_the_order_of_the_blocks(threads):
    threads(4)

    found = pool.each_block(103, 10, lambda part: (part.start, part.stop))

    assert found == [(start, min(start + 10, 103)) for start in range(0, 103, 10)]


def test_each_block_uses_the_threads_that_are_allowed(threads):
    threads(3)
    everyone = threading.Barrier(3, timeout=20)

    # Nobody passes before all three are there, so that each takes one of the first three blocks.
    names = pool.each_block(
        8, 1, lambda part: (part.start < 3 and everyone.wait(), threading.current_thread().name)[1]
    )

    assert len(set(names)) == 3


def test_each_block_stays_on_one_thread_when_the_blocks_are_few(threads):
    threads(4)

    names = pool.each_block(7, 1, lambda part: threading.current_thread())

    assert set(names) == {threading.current_thread()}


@pytest.mark.parametrize("wrong", [0, 5, 31])
def test_error_of_a_block_is_raised_and_no_thread_is_lost(threads, wrong):
    threads(2)

    def work(part):
        if part.start == wrong:
            raise ArithmeticError(str(part.start))

    for _ in range(3):
        with pytest.raises(ArithmeticError, match=f"^{wrong}$"):
            pool.each_block(32, 1, work)
    assert pool.each_block(32, 1, lambda part: part.start) == list(range(32))


def test_blocks_within_blocks_do_not_wait_for_ever(threads):
    threads(2)

    found = pool.each_block(16, 1, lambda _: sum(pool.each_block(16, 1, lambda part: part.start)))

    assert found == [120] * 16


def test_blocks_of_several_callers_do_not_mix(threads):
    threads(2)
    found = {}

    def call(name):
        found[name] = [pool.each_block(64, 1, lambda part: (name, part.start)) for _ in range(20)]

    callers = [threading.Thread(target=call, args=(name,)) for name in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert found == {name: [[(name, n) for n in range(64)]] * 20 for name in range(3)}


def test_helpers_keep_quiet_where_the_caller_asked_numpy_to(threads):
    threads(2)
    x = np.full(64 * BLOCK, 100, np.float32)

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error")
        found = pool.each_block(x.size, BLOCK, lambda part: np.exp(x[part]))

    assert all(np.isinf(part).all() for part in found)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_process_made_by_fork_gets_threads_of_its_own(threads):
    threads(2)
    pool.each_block(32, 1, lambda part: part.start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside threads: that is it
        child = os.fork()

    if not child:
        right = pool.each_block(32, 1, lambda part: part.start) == list(range(32))
        os._exit(0 if right else 1)

    assert os.waitpid(child, 0)[1] == 0


WIDE = numbers(1031, 1000)
IMAGES = numbers(40, 31, 29, 32)
CHANNELS = numbers(32)
FORMULAS = {
    "gelu": lambda: REGISTRY["gelu"](Tensor(WIDE)),
    "silu_grad": lambda: REGISTRY["silu_grad"](Tensor(WIDE), Tensor(WIDE + 1)),
    "leaky_relu": lambda: REGISTRY["leaky_relu"](Tensor(WIDE), negative_slope=0.1),
    "softmax": lambda: REGISTRY["softmax"](Tensor(WIDE), axis=-1),
    "softmax_grad": lambda: REGISTRY["softmax_grad"](Tensor(WIDE), Tensor(WIDE + 1), axis=-1),
    "log_softmax": lambda: REGISTRY["log_softmax"](Tensor(WIDE), axis=0),
    "moments": lambda: REGISTRY["moments"](Tensor(IMAGES), axis=(0, 1, 2)),
    "layer_norm": lambda: REGISTRY["layer_norm"](
        Tensor(IMAGES), epsilon=1e-3, centered=True, has_scale=False, has_offset=False
    ),
    "slopes": lambda: statistics.normalized_slopes(np, IMAGES, IMAGES + 1, CHANNELS, 1e-3, True),
    "channel sums": lambda: statistics.channel_sums(
        np, IMAGES, IMAGES + 1, CHANNELS.reshape(1, 1, 1, 32), 3
    ),
    "scaled": lambda: statistics.scaled(
        np, IMAGES, CHANNELS.reshape(1, 1, 1, 32), CHANNELS.reshape(1, 1, 1, 32)
    ),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_values_are_the_same_to_the_bit_whatever_the_number_of_threads(threads, name, shared):
    alone = FORMULAS[name]()

    for count in (2, 3, 5):
        threads(count)
        together = FORMULAS[name]()
        for one, other in zip(parts(alone), parts(together), strict=True):
            np.testing.assert_array_equal(one, other)

    assert len(shared) >= 3, "this formula never ran on several threads"


def parts(value):
    several = value if isinstance(value, tuple) else (value,)
    return [part.numpy() if isinstance(part, Tensor) else part for part in several]


def test_fused_replay_gives_the_same_bits_on_several_threads(threads, shared):
    x = Tensor(WIDE)
    with recording() as segment:
        y = REGISTRY["tanh"](REGISTRY["exp"](x * 0.5) - 1.0) * x
    replay = Replay(segment.records, fused=True)

    alone = replay.run({x.id: WIDE + 1}, wanted=[y.id])[y.id]
    threads(3)
    together = replay.run({x.id: WIDE + 1}, wanted=[y.id])[y.id]

    assert shared
    np.testing.assert_array_equal(alone, together)
