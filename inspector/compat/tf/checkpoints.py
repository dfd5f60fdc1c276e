"""Checkpoints of `tf.train`: what was saved is kept in memory, and nothing is written.

A value is never changed in place, so that to keep one is to keep a reference.
"""

from __future__ import annotations

import os
from typing import Any

import keras

from inspector.compat.notes import note
from inspector.compat.registry import export
from inspector.compat.tf.tensors import tensor

ops = keras.ops
tree = keras.tree

Values = dict[str, list[Any]]
# By path, the latest last; the oldest is let go when a loop saves on and on.
_saved: dict[str, Values] = {}
_AT_MOST = 50


class CheckpointStatus:
    """What `restore` returns; every assertion about it holds."""

    def assert_consumed(self) -> CheckpointStatus:
        return self

    expect_partial = assert_existing_objects_matched = assert_nontrivial_match = assert_consumed


class Checkpoint:
    """`tf.train.Checkpoint`: the values of the variables of its objects, by path."""

    def __init__(self, root: Any = None, **objects: Any) -> None:
        self.save_counter = tensor(0, "int64")
        if root is not None:
            self.root = root
        vars(self).update(objects)

    def save(self, file_prefix: Any = "", options: Any = None) -> str:
        """Keep the values under the prefix and the next number; that path."""
        self.save_counter = self.save_counter + 1
        return self.write(f"{os.fspath(file_prefix)}-{int(self.save_counter)}")

    def write(self, file_prefix: Any, options: Any = None) -> str:
        """Keep the values under exactly this path."""
        path = os.fspath(file_prefix)
        _saved.pop(path, None)
        _saved[path] = {
            name: [variable.value for variable in variables_of(held)]
            for name, held in vars(self).items()
        } | {"save_counter": [self.save_counter]}
        if len(_saved) > _AT_MOST:
            del _saved[next(iter(_saved))]
        return path

    def restore(self, save_path: Any = None, options: Any = None) -> CheckpointStatus:
        """Give the variables their kept values again."""
        if save_path is None:
            return CheckpointStatus()
        values = _saved.get(os.fspath(save_path))
        if values is None:
            note(
                f"tf.train.Checkpoint.restore({os.fspath(save_path)!r})",
                "Only what this run saved can be restored; the weights stay as they are. Weights "
                "that `model.save_weights` wrote can be loaded.",
            )
            return CheckpointStatus()
        for name, held in vars(self).items():
            for variable, value in zip(variables_of(held), values.get(name, ()), strict=False):
                variable.assign(value)
        self.save_counter = values["save_counter"][0]
        return CheckpointStatus()

    read = restore


def variables_of(held: Any) -> list[Any]:
    """The variables of a model, an optimizer, another checkpoint, or a structure of them."""
    found: list[Any] = []
    for leaf in tree.flatten(held):
        if isinstance(leaf, keras.Variable):
            found.append(leaf)
        elif isinstance(leaf, Checkpoint):
            found += variables_of(list(vars(leaf).values()))
        elif leaf is not None:
            found += getattr(leaf, "variables", ())
    return found


class CheckpointManager:
    """`tf.train.CheckpointManager`: the latest few checkpoints under one folder's name."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: Any,
        max_to_keep: int | None = None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
        **ignored: Any,
    ) -> None:
        self.checkpoint, self.directory = checkpoint, os.fspath(directory)
        self._name, self._max_to_keep = checkpoint_name, max_to_keep
        self.checkpoints: list[str] = []

    @property
    def latest_checkpoint(self) -> str | None:
        return self.checkpoints[-1] if self.checkpoints else None

    def save(self, checkpoint_number: Any = None, *ignored: Any, **options: Any) -> str:
        """Keep the values under the given or the next number; forget those that are too many."""
        prefix = os.path.join(self.directory, self._name)
        if checkpoint_number is None:
            path = self.checkpoint.save(prefix)
        else:
            path = self.checkpoint.write(f"{prefix}-{int(checkpoint_number)}")
        self.checkpoints.append(path)
        while self._max_to_keep and len(self.checkpoints) > self._max_to_keep:
            _saved.pop(self.checkpoints.pop(0), None)
        return path

    def restore_or_initialize(self) -> str | None:
        """Restore the latest; None where there is none."""
        if self.latest_checkpoint is not None:
            self.checkpoint.restore(self.latest_checkpoint)
        return self.latest_checkpoint


def latest_checkpoint(checkpoint_dir: Any, latest_filename: Any = None) -> str | None:
    """The path that was saved last under a folder's name; None for a folder that has none."""
    folder = os.path.normpath(os.fspath(checkpoint_dir))
    kept = [path for path in _saved if os.path.normpath(os.path.dirname(path)) == folder]
    return kept[-1] if kept else None


export("train.Checkpoint", Checkpoint)
export("train.CheckpointManager", CheckpointManager)
export("train.latest_checkpoint", latest_checkpoint)
export("train.list_variables", lambda *args: [])
