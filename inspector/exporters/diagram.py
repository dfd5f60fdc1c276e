"""What an exporter is given, and the words that several of them write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from inspector.exporters.palette import ThemeName
from inspector.layout.scene import Scene
from inspector.trace import Call, Run, Trace

_PASSES = {
    "build": "symbolic build",
    "forward": "forward pass",
    "train_step": "training step",
}


@dataclass(frozen=True, slots=True)
class Diagram:
    """One run of a trace, laid out."""

    trace: Trace
    run: Run
    scene: Scene
    theme: ThemeName = "light"

    @property
    def title(self) -> str:
        """The model, what was done with it, and the file."""
        name = self.run.model or "layers"
        return f"{name}: {_PASSES[self.run.kind]} of {PurePath(self.trace.file).name}"

    @property
    def failure_text(self) -> str:
        """Why the run stopped, in one line; empty when it did not."""
        failure = self.run.failure
        if failure is None:
            return ""
        first = failure.message.strip().splitlines()[0] if failure.message.strip() else ""
        return f"{failure.type}: {first}"

    @property
    def failing_box(self) -> int:
        """The box of the failing call (or a collapsed one around it); -1 for none."""
        if self.run.failure is None or self.run.failure.call is None:
            return -1
        return self.scene.call_boxes.get(self.run.failure.call, -1)


def where(call: Call) -> str:
    """`file:line` of the user's code, empty where it is not known."""
    if call.file is None:
        return ""
    name = PurePath(call.file).name
    return name if call.line is None else f"{name}:{call.line}"


def printable(text: str) -> str:
    """The text without what XML cannot hold: control characters and lone surrogates."""
    return "".join(char if _allowed(ord(char)) else "\N{REPLACEMENT CHARACTER}" for char in text)


def _allowed(code: int) -> bool:
    if code < 0x20:
        return code in (0x9, 0xA, 0xD)
    return not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)
