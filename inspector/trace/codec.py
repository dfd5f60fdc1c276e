"""Trace values to plain dicts and lists and back, for JSON files and for the wire.

A float that JSON cannot hold is written as the string "NaN", "Infinity" or "-Infinity".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from inspector.errors import ProtocolError

T = TypeVar("T")
_FROM_TEXT = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def to_plain(value: Any) -> Any:
    """Dataclasses to dicts, tuples to lists, non-finite floats to their names."""
    if is_dataclass(value) and not isinstance(value, type):
        return {_key(field.name): to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def from_plain(cls: type[T], plain: Any) -> T:
    """Build `cls` from what `to_plain` made; unknown keys are ignored (newer writers).

    Raises:
        ProtocolError: a key is missing or a value is of the wrong kind.
    """
    try:
        built: T = _decoder(cls)(plain)  # type: ignore[arg-type]  # classes are hashable
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(
            f"This is not a {cls.__name__}: {type(error).__name__}: {error}.",
            fix="Check that the file was written by `inspector run --json`.",
        ) from error
    return built


def _key(name: str) -> str:
    return name.rstrip("_")


@cache
def _decoder(annotation: Any) -> Callable[[Any], Any]:
    if is_dataclass(annotation):
        return _dataclass_decoder(annotation)  # type: ignore[arg-type]  # is_dataclass also admits instances
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (UnionType, Union):
        inner = [_decoder(part) for part in arguments if part is not NoneType]
        return lambda plain: None if plain is None else inner[0](plain)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _decoder(arguments[0])
        return lambda plain: tuple(item(part) for part in plain)
    if origin is tuple:
        items = [_decoder(part) for part in arguments]
        return lambda plain: tuple(decode(part) for decode, part in zip(items, plain, strict=True))
    if annotation is float:
        return _decode_float
    return _plain_decoder(annotation, origin, arguments)


def _plain_decoder(annotation: Any, origin: Any, arguments: Any) -> Callable[[Any], Any]:
    if origin is Literal:
        return lambda plain: _one_of(plain, arguments)
    if annotation in (int, str, bool, bytes):
        return lambda plain: _instance(plain, annotation)
    return lambda plain: plain


def _decode_float(plain: Any) -> float:
    if isinstance(plain, str):
        return _FROM_TEXT[plain]
    return float(_instance(plain, (int, float)))


def _instance(plain: Any, kind: Any) -> Any:
    if not isinstance(plain, kind):
        raise TypeError(f"expected {kind}, found {plain!r}")
    return plain


def _one_of(plain: Any, words: tuple[Any, ...]) -> Any:
    if plain not in words:
        raise ValueError(f"expected one of {words}, found {plain!r}")
    return plain


def _dataclass_decoder(cls: type[Any]) -> Callable[[Any], Any]:
    hints = get_type_hints(cls)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields(cls)}
    required = {field.name for field in fields(cls) if _is_required(field)}

    def decode(plain: Any) -> Any:
        values = {
            name: decoder(plain[_key(name)])
            for name, decoder in decoders.items()
            if name in required or _key(name) in plain
        }
        return cls(**values)

    return decode


def _is_required(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
