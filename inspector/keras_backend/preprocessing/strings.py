"""Text into tokens, on the host: rows of Python strings.

The rules are those of TensorFlow's string ops that Keras documents: lower case and white space
are ASCII only, and punctuation is a fixed set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from inspector.engine.tensor import Tensor

_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_PUNCTUATION = re.compile(r"[!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']")
_WORD = re.compile(r"[^ \t\n\r\f\v]+")


def host_array(values: Any) -> Any:
    """Any array-like on the host; text as an object array of `str`."""
    if isinstance(values, Tensor):
        values = values.numpy()
    if not isinstance(values, np.ndarray):
        to_list = getattr(values, "to_list", None)  # a ragged stand-in
        values = to_list() if to_list is not None else values
        is_rows = isinstance(values, list | tuple) and _is_ragged(values)
        values = np.asarray(values, dtype=object if is_rows else None)
    if values.dtype.kind in "TUSO":
        texts = [_text(item) for item in values.flat]
        made = np.empty(len(texts), dtype=object)
        made[:] = texts
        return made.reshape(values.shape)
    return values


def _is_ragged(values: Sequence[Any]) -> bool:
    return (
        len({len(row) if isinstance(row, list | tuple | np.ndarray) else -1 for row in values}) > 1
    )


def _text(item: Any) -> Any:
    if isinstance(item, bytes):
        return item.decode("utf-8", "surrogateescape")
    return item if isinstance(item, list | tuple) else str(item)


def each(function: Callable[[str], Any], texts: Any) -> Any:
    """The function on each string of an array of any shape."""
    made = np.empty(texts.size, dtype=object)
    made[:] = [function(text) for text in texts.flat]
    return made.reshape(texts.shape)


def standardized(texts: Any, how: Any) -> Any:
    """Lower case and without punctuation, as `how` says; a callable gets a NumPy text array."""
    if callable(how):
        return host_array(how(texts.astype(str)))
    if how in ("lower", "lower_and_strip_punctuation"):
        texts = each(lambda text: text.translate(_LOWER), texts)
    if how in ("strip_punctuation", "lower_and_strip_punctuation"):
        texts = each(lambda text: _PUNCTUATION.sub("", text), texts)
    return texts


def split(texts: Any, how: Any) -> list[list[str]]:
    """The tokens of each text."""
    if how == "whitespace":
        return [_WORD.findall(text) for text in texts]
    if how == "character":
        return [list(text) for text in texts]
    return rows_of(how(texts.astype(str)))


def rows_of(values: Any) -> list[list[str]]:
    """What a user's own split function gave: an array, or rows of any lengths."""
    array = host_array(values)
    if array.ndim == 1 and array.size and not isinstance(array[0], list | tuple):
        return [[str(item)] for item in array]
    return [[str(_text(item)) for item in row] for row in array]


def ngrams(rows: Iterable[Sequence[str]], widths: Sequence[int]) -> list[list[str]]:
    """Runs of tokens joined by blanks: all of the first width, then all of the next."""
    return [
        [" ".join(row[i : i + n]) for n in widths for i in range(len(row) - n + 1)] for row in rows
    ]


def ranks_as_text(values: Any) -> Any:
    """Numbers written out, for hashing: floating ones lose their fraction."""
    if values.dtype.kind == "f":
        values = values.astype(np.int64)
    return values if values.dtype == object else each(str, values)
