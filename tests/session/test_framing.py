"""Messages survive the way to bytes and back; what is no message is refused."""

from __future__ import annotations

import dataclasses
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import ProtocolError
from inspector.session import framing
from inspector.session.protocol import COMMANDS, EVENTS, Output, ReadTensor, Stop

_TEXT = st.text(st.characters(), max_size=20)


def _values(annotation: Any) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if dataclasses.is_dataclass(annotation):
        return _instances(annotation)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_values(part) for part in arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(_values(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(_values, arguments))
    return {
        int: st.integers(-(2**80), 2**80),
        float: st.floats(allow_nan=False),
        bool: st.booleans(),
        str: _TEXT,
        bytes: st.binary(max_size=40),
        type(None): st.none(),
    }[annotation]


def _instances(cls: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(
        cls,
        **{
            field.name: st.deferred(lambda h=hints[field.name]: _values(h))
            for field in dataclasses.fields(cls)
        },
    )


@pytest.mark.parametrize("word", sorted(COMMANDS))
def test_command_comes_back_equal_when_sent(word):
    @settings(max_examples=60, deadline=None)
    @given(_instances(COMMANDS[word]))
    def check(command):
        assert framing.decode_command(framing.encode(command)) == command

    check()


@pytest.mark.parametrize("word", sorted(EVENTS))
def test_event_comes_back_equal_when_sent(word):
    @settings(max_examples=25, deadline=None)
    @given(_instances(EVENTS[word]))
    def check(event):
        assert framing.decode_event(framing.encode(event)) == event

    check()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_decode_raises_protocol_error_when_bytes_are_random(packed):
    with pytest.raises(ProtocolError):
        framing.decode_event(packed)


@pytest.mark.parametrize(
    "plain",
    [
        ["Format", {}],
        ["Output", {"stream": "stdout"}],
        ["Output", {"stream": 1, "text": "a"}],
        ["Output", ["stdout", "a"]],
        [["Output"], {}],
        "Output",
        [],
    ],
)
def test_decode_raises_protocol_error_when_message_is_wrong(plain):
    with pytest.raises(ProtocolError):
        framing.decode_event(msgpack.packb(plain))


def test_decode_raises_protocol_error_when_word_is_of_the_other_direction():
    with pytest.raises(ProtocolError):
        framing.decode_event(framing.encode(Stop()))


def test_encode_takes_numpy_scalars_as_numbers():
    command = ReadTensor(request=np.int64(3), run=np.int32(1), tensor=7)

    assert framing.decode_command(framing.encode(command)) == ReadTensor(3, 1, 7)


def test_encode_raises_protocol_error_when_field_is_an_object():
    with pytest.raises(ProtocolError):
        framing.encode(Output("stdout", object()))


def test_encode_raises_protocol_error_when_message_is_too_long(monkeypatch):
    monkeypatch.setattr(framing, "MAX_MESSAGE_BYTES", 100)

    with pytest.raises(ProtocolError, match="more than"):
        framing.encode(Output("stdout", "x" * 200))
