"""Overrides: what a value of a recorded run is changed to, as plain values and as text.

encoder/dense.kernel=zeros              a weight
encoder/dense.output=clamp:-1..1        what a call gives
encoder/dense#1.input[0]=noise:0.1      what one call of several is given
net.input=constant:0.5
net.input=scale:2
net.input=images.npy                    from a file
encoder/drop.training=on                a layer's training flag; the model is run again
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from inspector.errors import ExpressionError
from inspector.trace.document import Call, Run
from inspector.trace.naming import is_named

How = Literal["zeros", "constant", "clamp", "noise", "scale", "file", "training"]
Array = np.ndarray[Any, Any]
_MOST_BYTES = 1 << 32
_EXAMPLES = (
    "encoder/dense.kernel=zeros, net.input=noise:0.1, dense.output=clamp:-1..1, "
    "net.input=images.npy or drop.training=on"
)
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
_PART = re.compile(r"(input|output)(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Override:
    """One change.

    call:  path of a call, or its id where one of several calls is meant.
    part:  "input", "output", "training", or the name of a weight; `index` of an input or output.
    numbers: of a constant, a clamp, noise or a scale; 1.0 or 0.0 for training on or off.
    """

    call: str
    part: str
    how: How
    index: int = 0
    numbers: tuple[float, ...] = ()
    file: str = ""

    def __str__(self) -> str:
        index = f"[{self.index}]" if self.index else ""
        return f"{self.call}.{self.part}{index}={self._how_text()}"

    def _how_text(self) -> str:
        if self.how == "training":
            return "on" if self.numbers[0] else "off"
        if self.how == "file":
            return self.file
        if self.how == "zeros":
            return "zeros"
        return f"{self.how}:{'..'.join(f'{number:g}' for number in self.numbers)}"


def parse_override(text: str) -> Override:
    """An override from its text.

    >>> parse_override("encoder/dense.kernel=clamp:-1..1").numbers
    (-1.0, 1.0)

    Raises:
        ExpressionError: it makes no sense.
    """
    target, equals, how = (part.strip() for part in text.partition("="))
    call, dot, part = target.rpartition(".")
    if not equals or not how or not dot or not call or not part:
        raise ExpressionError(f"{text.strip()!r} names no change.", fix=f"Write {_EXAMPLES}.")
    if part == "training":
        if how not in ("on", "off"):
            raise ExpressionError(
                f"training is on or off, not {how!r}.", fix=f"Write {call}.training=on."
            )
        return Override(call, part, "training", numbers=(float(how == "on"),))
    found = _PART.fullmatch(part)
    name, index = (found[1], int(found[2] or 0)) if found else (part, 0)
    if how.endswith(".npy"):
        return Override(call, name, "file", index, file=how)
    word, _, rest = how.partition(":")
    return Override(call, name, _word(word, how), index, _numbers(word, rest, how))


def _word(word: str, how: str) -> How:
    if word in ("zeros", "constant", "clamp", "noise", "scale"):
        return word  # type: ignore[return-value]  # mypy does not narrow by `in`
    raise ExpressionError(
        f"{how!r} is no change.",
        fix="Write zeros, constant:1, clamp:-1..1, noise:0.1, scale:2, or a .npy file.",
    )


def _numbers(word: str, rest: str, how: str) -> tuple[float, ...]:
    wanted = {"zeros": 0, "clamp": 2}.get(word, 1)
    pattern = r"\.\.".join([f"({_NUMBER})"] * wanted)
    found = re.fullmatch(pattern, rest.strip(), re.IGNORECASE)
    numbers = tuple(map(float, found.groups())) if found else ()
    if found is None or not all(map(np.isfinite, numbers)) or list(numbers) != sorted(numbers):
        example = {"zeros": "zeros", "clamp": "clamp:-1..1"}.get(word, f"{word}:0.5")
        raise ExpressionError(f"{how!r} is no change.", fix=f"Write {example}.")
    return numbers


def tensor_of(run: Run, override: Override) -> int:
    """The id of the tensor that an override changes.

    Raises:
        ExpressionError: the run has no such call, weight, input or output.
    """
    call = _call(run, override.call)
    if override.part in ("input", "output"):
        refs = call.inputs if override.part == "input" else call.outputs
        tensors = [ref.tensor for ref in refs]
        if override.index >= len(tensors):
            raise ExpressionError(
                f"{call.id} has {len(tensors)} {override.part}s, no [{override.index}].",
                fix=f"Count {override.part}s from 0.",
            )
        found = tensors[override.index]
    else:
        found = _weight(call, override.part)
    if found is None:
        raise ExpressionError(
            f"{override.call}.{override.part} has no values in this run.",
            fix="Take a forward pass or a training step.",
        )
    return found


def _call(run: Run, name: str) -> Call:
    calls = [call for call in run.calls if name in (call.id, call.path)]
    # The end of a path is enough where it is the only one.
    calls = calls or [c for c in run.calls if is_named(c.path, name) or is_named(c.id, name)]
    if len({call.path for call in calls}) > 1:
        paths = ", ".join(dict.fromkeys(call.path for call in calls))
        raise ExpressionError(f"{name!r} may be {paths}.", fix="Write the whole path.")
    if not calls:
        names = ", ".join(dict.fromkeys(call.path for call in run.calls[:8]))
        raise ExpressionError(
            f"There is no call {name!r} in this run.", fix=f"Its calls are {names}…"
        )
    return calls[0]


def _weight(call: Call, name: str) -> int | None:
    for weight in call.weights:
        if name in (weight.name, weight.name.rpartition("/")[2]):
            return weight.tensor
    names = ", ".join(weight.name.rpartition("/")[2] for weight in call.weights) or "none"
    raise ExpressionError(
        f"{call.path} has no weight {name!r}.",
        fix=f"Its weights are: {names}; or change its input or output.",
    )


def changed(array: Array, override: Override) -> Array:
    """An array as an override makes it, of the same shape and dtype; noise is the same each time.

    Raises:
        ExpressionError: it is no array of numbers, or the file's array does not fit.
    """
    if array.dtype.kind not in "biuf":
        raise ExpressionError(
            f"{override.call}.{override.part} holds {array.dtype}, not real numbers.",
            fix="Change another value.",
        )
    numbers = override.numbers
    if override.how == "file":
        return _from_file(array, override)
    if override.how == "zeros":
        return np.zeros_like(array)
    if override.how == "constant":
        return np.full_like(array, numbers[0])
    values = array.astype(np.float64)
    if override.how == "clamp":
        values = np.clip(values, numbers[0], numbers[1])
    elif override.how == "noise":
        values = values + np.random.default_rng(0).normal(0.0, abs(numbers[0]), array.shape)
    else:
        values = values * numbers[0]
    return values.astype(array.dtype)


def _from_file(array: Array, override: Override) -> Array:
    path = Path(override.file)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it has more than 4 GB")
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ExpressionError(
            f"{path} cannot be read: {error}.", fix="Name a .npy file that numpy.save wrote."
        ) from error
    if found.shape != array.shape or found.dtype.kind not in "biuf":
        raise ExpressionError(
            f"{path.name} holds {found.dtype} of shape {found.shape}; "
            f"{override.call}.{override.part} is {array.dtype} of shape {array.shape}.",
            fix="Save an array of that shape.",
        )
    fitting: Array = found.astype(array.dtype)
    return fitting
