"""What Keras gave on another backend, answered like a session answers for its worker."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from inspector.errors import UsageError
from inspector.session import values
from inspector.session.confinement.environment import worker_environment
from inspector.session.protocol import ReadTensor, TensorRead
from inspector.trace import Run

_PROGRAM = Path(__file__).with_name("program.py")
_LONGEST_S = 600.0
_ERROR = re.compile(r"[\w.]*(Error|Exception)\b").match
Arrays = Mapping[int, np.ndarray[Any, Any]]


class Reference:
    """Values by tensor id, for `value_difference`."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays

    def ask(
        self, run: int, tensor: int, start: tuple[int, ...], stop: tuple[int, ...]
    ) -> ReadTensor:
        """The question, as a session would send it."""
        limit = 1 << 62
        return ReadTensor(0, run, tensor, start, stop, limit, with_statistics=False)

    def answer(self, question: ReadTensor) -> TensorRead:
        """The values, or that the other side has none."""
        array = self._arrays.get(question.tensor)
        if array is None:
            return values.problem(question, "The other backend gave no such value.")
        return values.read(question, array, array.dtype.name)


def run_reference(python: Path, backend: str, folder: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Run the handed-over model there; gives what each call gave, by `CALL:PLACE`.

    Raises:
        UsageError: that Python has no such backend, or the run failed or took too long.
    """
    environment = {
        **worker_environment(os.environ),
        "KERAS_BACKEND": backend,
        "CUDA_VISIBLE_DEVICES": "",
    }
    try:
        done = subprocess.run(
            [str(python), "-P", str(_PROGRAM), str(folder)],
            capture_output=True,
            env=environment,
            timeout=_LONGEST_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(
            f"Keras on {backend} could not be run in {python}: {error}.",
            fix="Name a Python that has it with --python.",
        ) from error
    if done.returncode:
        said = [line for line in done.stderr.decode(errors="replace").splitlines() if _ERROR(line)]
        raise UsageError(
            f"Keras on {backend} did not run in {python}: {said[-1] if said else 'no word'}",
            fix=f"Name a Python that has keras and {backend} with --python.",
        )
    with np.load(folder / "outputs.npz") as found:
        return {name: found[name] for name in found.files}


def as_run(run: Run, outputs: Mapping[str, np.ndarray[Any, Any]]) -> tuple[Run, Arrays]:
    """The run as the other side did it: the same calls, with ids for what came out there."""
    arrays: dict[int, np.ndarray[Any, Any]] = {}
    calls = []
    for call in run.calls:
        if f"{call.id}:0" not in outputs:
            continue
        refs = []
        for place, ref in enumerate(call.outputs):
            array = outputs.get(f"{call.id}:{place}")
            if array is not None:
                arrays[len(arrays)] = array
                ref = replace(
                    ref, tensor=len(arrays) - 1, shape=array.shape, dtype=array.dtype.name
                )
            refs.append(ref)
        calls.append(replace(call, outputs=tuple(refs), inputs=(), weights=()))
    return replace(run, calls=tuple(calls)), arrays
