"""tf.train.Checkpoint and its manager: what was saved comes back."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


def trained(model: Any) -> None:
    model.train_on_batch(np.ones((4, 2), "float32"), np.zeros((4, 1), "float32"))


def test_restore_brings_weights_and_optimizer_back(tf: Any) -> None:
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("adam", "mse")
    trained(model)
    checkpoint = tf.train.Checkpoint(model, optimizer=model.optimizer, step=tf.Variable(7))
    path = checkpoint.save("folder/training")
    weights, moments = model.get_weights(), [v.numpy() for v in model.optimizer.variables]

    trained(model)
    checkpoint.step.assign(9)
    changed = model.get_weights()
    checkpoint.restore(path).assert_consumed()

    assert path == "folder/training-1"
    assert not np.array_equal(changed[0], weights[0])
    assert all(map(np.array_equal, model.get_weights(), weights))
    assert all(map(np.array_equal, [v.numpy() for v in model.optimizer.variables], moments))
    assert int(checkpoint.step) == 7


def test_manager_keeps_the_latest_and_restores_it(tf: Any) -> None:
    v = tf.Variable(0.0)
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(v=v), "kept", max_to_keep=2)
    for value in (1.0, 2.0, 3.0):
        v.assign(value)
        manager.save()
    v.assign(5.0)

    latest = manager.restore_or_initialize()

    assert float(v) == 3.0
    assert manager.checkpoints == ["kept/ckpt-2", "kept/ckpt-3"]
    assert latest == tf.train.latest_checkpoint("kept") == "kept/ckpt-3"
    assert tf.train.latest_checkpoint("elsewhere") is None


def test_manager_that_saved_nothing_has_nothing_to_restore(tf: Any) -> None:
    v = tf.Variable(1.0)
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(v=v), "nothing", max_to_keep=1)

    assert manager.restore_or_initialize() is None
    assert manager.latest_checkpoint is None
    assert float(v) == 1.0


def test_checkpoint_that_another_run_wrote_is_told_and_changes_nothing(tf: Any, user: Any) -> None:
    v = tf.Variable(1.0)

    tf.train.Checkpoint(v=v).restore("of/another/run-1")

    assert float(v) == 1.0
    assert any("of/another/run-1" in what for what, _ in user.notes)
