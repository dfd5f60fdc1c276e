"""Messages to bytes and back: msgpack of `[word, fields]`, closed tables, bounded length.

What arrives was perhaps written by foreign code in the worker, so nothing is guessed: a word that
is not in the table, a missing field or a value of the wrong kind is a `ProtocolError`.

msgpack itself refuses two things that user code can put into a message. Lone surrogates (a file
name that is not UTF-8, text from a broken file) travel under "surrogatepass", which, other than
"surrogateescape", takes every one of them. Whole numbers that need more than 64 bits travel as an
extension type of their own.
"""

from __future__ import annotations

import numbers
from typing import Any

import msgpack

from inspector.errors import ProtocolError
from inspector.session.protocol import COMMANDS, EVENTS, Command, Event
from inspector.trace import from_plain, to_plain

MAX_MESSAGE_BYTES = 1 << 29
_SURROGATES = "surrogatepass"
_BIG_INTEGER = 1
_MAX_INTEGER_BYTES = 4096


def encode(message: Command | Event) -> bytes:
    """A command or an event as bytes.

    Raises:
        ProtocolError: a field holds what cannot be sent, or the message is too long.
    """
    try:
        packed: bytes = msgpack.packb(
            [type(message).__name__, to_plain(message)],
            default=_pack_other,
            unicode_errors=_SURROGATES,
        )
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ProtocolError(
            f"A {type(message).__name__} message cannot be sent: {error}.",
            fix="Report this with the file that was open: it is a fault of Inspector.",
        ) from error
    if len(packed) > MAX_MESSAGE_BYTES:
        raise ProtocolError(
            f"A {type(message).__name__} message has {len(packed)} bytes, more than the "
            f"{MAX_MESSAGE_BYTES} that may be sent at once.",
            fix="Open a file with fewer calls, or ask for a smaller window of values.",
        )
    return packed


def decode_command(packed: bytes) -> Command:
    """The command that `encode` packed.

    Raises:
        ProtocolError: the bytes are no command.
    """
    command: Command = _decode(packed, COMMANDS)
    return command


def decode_event(packed: bytes) -> Event:
    """The event that `encode` packed.

    Raises:
        ProtocolError: the bytes are no event.
    """
    event: Event = _decode(packed, EVENTS)
    return event


def _decode(packed: bytes, table: dict[str, type]) -> Any:
    try:
        word, fields = msgpack.unpackb(
            packed,
            ext_hook=_unpack_other,
            unicode_errors=_SURROGATES,
            max_ext_len=_MAX_INTEGER_BYTES,
        )
    # msgpack's own errors are ValueErrors; the others come from its unpacking of bad bytes.
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException) as error:
        raise _misunderstood(f"{type(error).__name__}: {error}") from error
    if not isinstance(word, str) or word not in table:
        raise _misunderstood(f"the word {word!r} is not one of {', '.join(table)}")
    if not isinstance(fields, dict):
        raise _misunderstood(f"the fields of {word} are a {type(fields).__name__}")
    return from_plain(table[word], fields)


def _misunderstood(why: str) -> ProtocolError:
    return ProtocolError(
        f"A message between the window and the worker cannot be understood: {why}.",
        fix="Restart the worker; check that both run the same version of Inspector.",
    )


def _pack_other(value: Any) -> Any:
    # NumPy's scalars are registered with `numbers`; no need to know NumPy here.
    if isinstance(value, int):
        return _pack_big_integer(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(f"a {type(value).__name__} is no plain value")


def _pack_big_integer(value: int) -> msgpack.ExtType:
    size = value.bit_length() // 8 + 1
    if size > _MAX_INTEGER_BYTES:
        raise ValueError(f"a whole number of {size} bytes is too long")
    return msgpack.ExtType(_BIG_INTEGER, value.to_bytes(size, "little", signed=True))


def _unpack_other(code: int, data: bytes) -> Any:
    if code != _BIG_INTEGER:
        raise ValueError(f"extension type {code} is unknown")
    return int.from_bytes(data, "little", signed=True)
