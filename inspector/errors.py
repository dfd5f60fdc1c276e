"""Every exception of Inspector, in one tree.

    InspectorError
    ├── UsageError          the command line or a setting is wrong; nothing was run
    │   └── ExpressionError an expression, a breakpoint or an override cannot be understood
    ├── OpenError           a file could not be opened, or holds nothing to inspect
    ├── EngineError         an op of the engine was given what it cannot take
    │   ├── ShapeMismatch   operands whose shapes do not fit together (also a ValueError)
    │   ├── NoValue         the value of a meta tensor was asked for
    │   ├── OutOfMemory     an array is larger than the memory left (also a MemoryError)
    │   └── ReplayError     a record cannot be run again on what was changed
    ├── NotAvailable        a name that Inspector does not offer yet (also a NotImplementedError)
    ├── GradientError       a gradient was asked for that the record cannot give
    ├── CaptureError        a model could not be run the way it was asked for
    ├── ExportError         a diagram could not be written
    ├── ProtocolError       the two processes did not understand each other
    └── LayoutError         a graph could not be laid out

`message` says which thing, what was expected and what was found; `fix` is one sentence on what
to do. Across the process boundary an error travels as those values, never as an object.
"""

from __future__ import annotations


class InspectorError(Exception):
    """An error that ends with the way out."""

    def __init__(self, message: str, *, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}" if self.fix else self.message


class UsageError(InspectorError):
    """Raised when an argument or a setting is wrong and nothing was run."""


class ExpressionError(UsageError):
    """Raised when a condition, a watch, a breakpoint or an override makes no sense."""


class OpenError(InspectorError):
    """Raised when a file cannot be opened or holds nothing to inspect."""


class EngineError(InspectorError):
    """Raised when an op is given what it cannot take."""

    # Keras makes an exception anew from its message alone when it adds a layer's arguments to it.
    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message, fix=fix)


class ShapeMismatch(EngineError, ValueError):
    """Raised when the shapes of an op's operands do not fit together."""


class NoValue(EngineError):
    """Raised when code asks a meta tensor, which has no data, for its value."""


class OutOfMemory(EngineError, MemoryError):
    """Raised when an op asks for more bytes than there are."""


class ReplayError(EngineError):
    """Raised when a record cannot be run again on what was changed."""


class NotAvailable(InspectorError, NotImplementedError):
    """Raised when a function or a name is used that Inspector does not offer yet."""


class GradientError(InspectorError):
    """Raised when a gradient is asked for that the record cannot give."""


class CaptureError(InspectorError):
    """Raised when a model cannot be run the way it was asked for."""


class ExportError(InspectorError):
    """Raised when a diagram cannot be written."""


class ProtocolError(InspectorError):
    """Raised when a message between the two processes cannot be understood."""


class LayoutError(InspectorError):
    """Raised when a graph cannot be laid out."""
