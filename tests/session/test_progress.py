"""What is known of a run before it has ended."""

from __future__ import annotations

from inspector.session.client import open_file
from inspector.session.protocol import RunUpdated

SCRIPT = """
import ctypes, time, types
import keras, numpy as np

class Slow(keras.layers.Layer):
    def call(self, x):
        if self.name == "slow4":
            ctypes.CDLL(None).kill(ctypes.CDLL(None).getpid(), 9)
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            pass
        return x + 1.0

x = np.ones((2, 2), "float32")
layers = [Slow(name=f"slow{i}") for i in range(5)]
for layer in layers:
    layer.built = True

class Chain(keras.Model):
    def call(self, x):
        for layer in layers:
            x = layer(x)
        return x

model = Chain(name="chain")
model.built = True
model(x)
"""


def test_calls_are_kept_when_the_worker_dies_inside_a_long_run(tmp_path):
    path = tmp_path / "slow.py"
    path.write_text(SCRIPT)
    updates = []

    result = open_file(
        path, on_event=lambda e: updates.append(e) if isinstance(e, RunUpdated) else None
    )

    assert result.lost.exit_code == -9
    run = next(run for run in result.trace.runs if run.kind == "forward")
    assert [call.name for call in run.calls][:3] == ["chain", "slow0", "slow1"]
    assert all(not update.ended for update in updates if update.run.kind == "forward")
