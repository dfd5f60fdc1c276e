"""What a kept run would have been on another input or with another weight; no Keras, no new run.

    found = what_if(recorder, run, {tensor: array})
    found[output]     what came out instead; ids are the run's own

Only the ops that depend on the change are run again, gradients of a training step among them, one
by one: a fused replay would differ in the last digits, and no value here is only passed on. The
run's own values stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inspector.capture.recorder import Recorder
from inspector.engine import Tensor
from inspector.engine.replay import Replay
from inspector.errors import CaptureError


def what_if(
    recorder: Recorder,
    run: int,
    changes: Mapping[int, Any],
    wanted: Sequence[int] | None = None,
) -> dict[int, Tensor]:
    """The tensors that come out otherwise, by the ids that the run gave them.

    changes: arrays in place of recorded inputs, weights or values between, by tensor id.
    wanted:  only these tensors; without it, everything that depends on a change.

    Raises:
        CaptureError: the run has no record of ops (any more).
        ReplayError: an id is not the run's, or an op cannot take the changed values.
    """
    records = recorder.store.records(run)
    if not records:
        raise CaptureError(
            f"Run {run} has no recorded ops (any more).", fix="Run the model again, then ask."
        )
    values = Replay(records).run(changes, wanted=wanted, only_changed=True)
    return {key: Tensor(array) for key, array in values.items()}
