"""The user's lines of calls, ops and layers.

A call is on the line that made it. In a Functional model that is the line that made its inbound
node, in a Sequential one the line that made the layer; elsewhere the innermost user line on the
stack. Ops are on the innermost user line too, and where no user code runs inside a layer, on the
line of its call, so that most walks up the stack are saved.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from inspector.capture import keras_private as private
from inspector.capture.frames import Frame
from inspector.capture.identity import ByIdentity
from inspector.capture.location import Location, Locator
from inspector.engine import tape


class Lines:
    """Knows which line made what. `current` gives the call that runs now, or None."""

    def __init__(self, locator: Locator, current: Callable[[], Frame | None]) -> None:
        self.locator = locator
        # The code of the wrapper around `Layer.__call__`, where a walk up the stack may stop.
        self.call_code: CodeType | None = None
        self._current = current
        self._first_calls: ByIdentity[Location] = ByIdentity()
        self._made_at: ByIdentity[Location] = ByIdentity()
        self._node_lines: dict[int, tuple[Any, Location | None]] = {}
        self._node_line: Location | None = None
        self._plain: ByIdentity[bool] = ByIdentity()

    def note_made(self, operation: Any) -> None:
        """A layer or operation is being made, here."""
        location, _ = self.locator.find()
        if location is not None:
            self._made_at[operation] = location

    def place(self, operation: Any, location: Location) -> None:
        """A layer that no line of Python made, as one from an archive, belongs to a line."""
        self._made_at[operation] = location

    def note_node(self, frame: Frame) -> None:
        """A symbolic call has ended; on KerasTensors it has made an inbound node."""
        if any(private.is_symbol(output) for output in frame.outputs):
            frame.node = private.last_inbound_node(frame.layer)
            self._node_lines[id(frame.node)] = (frame.node, frame.location)

    def note_first_call(self, frame: Frame) -> None:
        """A call has returned: the first one of a layer built it."""
        if frame.layer not in self._first_calls and frame.location is not None:
            self._first_calls[frame.layer] = frame.location

    def that_first_called(self, layer: Any) -> Location | None:
        """The line of a layer's first call, which built it."""
        return self._first_calls.get(layer)

    def that_made(self, operation: Any) -> Location | None:
        """The line that made a layer or operation."""
        return self._made_at.get(operation)

    def during_node(self, operation: Any, original: Callable[[], Any]) -> Any:
        """Run a Functional model's stateless node: its ops are on the line that made it."""
        running = tape.current
        before = self._node_line, running.line if running is not None else None
        self._node_line = self._made_at.get(operation)
        if running is not None:
            running.line = self._node_line
        try:
            return original()
        finally:
            self._node_line = before[0]
            if running is not None:
                running.line = before[1]

    def here(self) -> Location | None:
        """The line of what runs now."""
        if self._node_line is not None:
            return self._node_line
        current = self._current()
        if current is not None and current.is_plain:
            return current.location
        location, met = self.locator.find(self.call_code)
        return current.location if met and current is not None else location

    def set_on(self, frame: Frame) -> None:
        """Give a call that begins its line."""
        frame.location = self._of_call(frame)
        frame.is_plain = self._is_plain(frame.layer)

    def is_users(self, layer: Any) -> bool:
        """Whether a layer's `call` is user code."""
        return self.locator.is_user_code(type(layer).call)

    def _is_plain(self, layer: Any) -> bool:
        """Whether no user code runs directly in the layer's calls."""
        found = self._plain.get(layer)
        if found is None:
            functions = private.functions_run_by(layer)
            found = not any(map(self.locator.is_user_code, functions))
            self._plain[layer] = found
        return found

    def _of_call(self, frame: Frame) -> Location | None:
        parent = frame.parent
        if parent is not None:
            line = self._in_functional(parent, frame.layer)
            if line is not None:
                return line
        # The first wrapper on the way up is this call's own.
        location, met = self.locator.find(self.call_code, skip=1)
        if met and parent is not None:
            return parent.location
        return location or self._made_at.get(frame.layer)

    def _in_functional(self, parent: Frame, layer: Any) -> Location | None:
        """The line of a call that a Functional or Sequential model makes; else None."""
        if not private.is_functional(parent.layer):
            inside = private.functional_inside(parent.layer)
            return self._made_at.get(layer) if inside is not None else None
        node = parent.next_node(layer)
        found = self._node_lines.get(id(node))
        line = found[1] if found is not None else None
        return line or self._made_at.get(layer)
