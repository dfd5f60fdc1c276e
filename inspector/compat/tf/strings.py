"""`tf.strings`: text functions on string tensors, computed on the host."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from inspector.compat.registry import public
from inspector.compat.tf.ragged import RaggedTensor
from inspector.compat.tf.shapes import static_axis
from inspector.compat.tf.tensors import StringTensor, host, strings, tensor


def _each(value: Any, change: Callable[[str], Any]) -> Any:
    """`change` on every string; ragged inputs stay ragged."""
    if isinstance(value, RaggedTensor):
        return RaggedTensor(_deep(value.to_list(), change), "string")
    return strings(np.asarray(np.frompyfunc(change, 1, 1)(strings(value).texts()), object))


def _deep(rows: Any, change: Callable[[str], Any]) -> Any:
    return [_deep(r, change) if isinstance(r, list) else change(r) for r in rows]


@public("strings.lower")
def lower(input: Any, encoding: str = "", name: str | None = None) -> Any:
    return _each(input, str.lower)


@public("strings.upper")
def upper(input: Any, encoding: str = "", name: str | None = None) -> Any:
    return _each(input, str.upper)


@public("strings.strip")
def strip(input: Any, name: str | None = None) -> Any:
    return _each(input, str.strip)


@public("strings.regex_replace")
def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Any:
    """RE2 patterns; those that scripts use mean the same in Python."""
    found = re.compile(_re2(_as_text(pattern)))
    text = re.sub(r"\\(\d)", r"\\g<\1>", _as_text(rewrite))
    count = 0 if replace_global else 1
    return _each(input, lambda s: found.sub(text, s, count=count))


def _re2(pattern: str) -> str:
    """RE2's POSIX classes, which Python lacks."""
    pattern = pattern.replace("[[:punct:]]", r"""[!-/:-@\[-`{-~]""")
    return pattern.replace("[:punct:]", r"""!-/:-@\[-`{-~""").replace("[:space:]", r"\s")


@public("strings.regex_full_match")
def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Any:
    found = re.compile(_re2(_as_text(pattern)))
    texts = strings(input).texts()
    return tensor(np.asarray(np.frompyfunc(lambda s: bool(found.fullmatch(s)), 1, 1)(texts), bool))


def _as_text(value: Any) -> str:
    return str(strings(value).texts().item())


@public("strings.length")
def length(input: Any, unit: str = "BYTE", name: str | None = None) -> Any:
    count = len if unit == "UTF8_CHAR" else (lambda text: len(text.encode()))
    return tensor(np.asarray(np.frompyfunc(count, 1, 1)(strings(input).texts()), "int32"))


@public("strings.substr")
def substr(input: Any, pos: Any, len: Any, unit: str = "BYTE", name: str | None = None) -> Any:
    start, count = np.asarray(pos), np.asarray(len)
    cut = np.frompyfunc(lambda s, p, n: s[int(p) :][: int(n)], 3, 1)
    return strings(np.asarray(cut(strings(input).texts(), start, count), object))


def _split(value: Any, pieces: Callable[[str], list[str]]) -> Any:
    """One list of pieces per string: a tensor for a scalar, else one more ragged axis."""
    if isinstance(value, RaggedTensor):
        return RaggedTensor(_deep(value.to_list(), pieces), "string")
    texts = strings(value).texts()
    if texts.ndim == 0:
        return strings(np.array(pieces(texts.item()), object))
    return RaggedTensor(_deep(texts.tolist(), pieces), "string")


@public("strings.split", "compat.v1.string_split")
def split(input: Any, sep: Any = None, maxsplit: int = -1, name: str | None = None) -> Any:
    by = _as_text(sep) if sep is not None else None
    return _split(input, lambda text: text.split(by or None, maxsplit))


@public("strings.unicode_split")
def unicode_split(input: Any, input_encoding: str = "UTF-8", **ignored: Any) -> Any:
    return _split(input, list)


@public("strings.bytes_split")
def bytes_split(input: Any, name: str | None = None) -> Any:
    return _split(input, list)


@public("strings.unicode_decode")
def unicode_decode(input: Any, input_encoding: str = "UTF-8", **ignored: Any) -> Any:
    texts = strings(input).texts()
    if texts.ndim == 0:
        return tensor([ord(c) for c in texts.item()], "int32")
    return RaggedTensor([[ord(c) for c in text] for text in texts.tolist()], "int32")


@public("strings.unicode_encode")
def unicode_encode(input: Any, output_encoding: str = "UTF-8", **ignored: Any) -> Any:
    rows = input.to_list() if isinstance(input, RaggedTensor) else host(tensor(input)).tolist()
    if rows and not isinstance(rows[0], list):
        return strings("".join(map(chr, rows)))
    return strings(np.array(["".join(map(chr, row)) for row in rows], object))


@public("strings.join")
def join(inputs: Any, separator: str = "", name: str | None = None) -> Any:
    parts = np.broadcast_arrays(*(strings(part).texts() for part in inputs))
    together = np.frompyfunc(lambda *texts: separator.join(texts), len(parts), 1)
    return strings(np.asarray(together(*parts), object))


@public("strings.reduce_join")
def reduce_join(
    inputs: Any, axis: Any = None, keepdims: bool = False, separator: str = "", **ignored: Any
) -> Any:
    if isinstance(inputs, RaggedTensor):
        return strings(np.array([separator.join(row) for row in inputs.to_list()], object))
    texts, axis = strings(inputs).texts(), static_axis(axis)
    if axis is None:
        return strings(separator.join(texts.reshape(-1).tolist()))
    joined = np.apply_along_axis(lambda row: np.array(separator.join(row), object), axis, texts)
    return strings(np.expand_dims(joined, axis) if keepdims else joined)


@public("strings.ngrams")
def ngrams(
    data: Any,
    ngram_width: Any,
    separator: str = " ",
    pad_values: Any = None,
    padding_width: Any = None,
    preserve_short_sequences: bool = False,
    name: str | None = None,
) -> RaggedTensor:
    widths = (ngram_width,) if isinstance(ngram_width, int) else tuple(ngram_width)
    rows = data.to_list() if isinstance(data, RaggedTensor) else strings(data).texts().tolist()
    rows = rows if rows and isinstance(rows[0], list) else [rows]
    return RaggedTensor([_grams(row, widths, separator) for row in rows], "string")


def _grams(row: list[str], widths: tuple[int, ...], separator: str) -> list[str]:
    return [
        separator.join(row[start : start + width])
        for width in widths
        for start in range(len(row) - width + 1)
    ]


@public("strings.as_string", "as_string")
def as_string(input: Any, precision: int = -1, **ignored: Any) -> StringTensor:
    def text(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float):
            return f"{value:.{precision}f}" if precision >= 0 else f"{value:f}"
        return str(value)

    values = host(tensor(input))
    return strings(np.asarray(np.frompyfunc(text, 1, 1)(values.astype(object)), object))


@public("strings.to_number")
def to_number(input: Any, out_type: Any = "float32", name: str | None = None) -> Any:
    values = np.frompyfunc(float, 1, 1)(strings(input).texts())
    return tensor(np.asarray(values, "float64"), out_type)


@public("strings.to_hash_bucket_fast")
def to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Any:
    import farmhash

    texts = strings(input).texts()
    hashed = np.frompyfunc(lambda s: farmhash.fingerprint64(s) % num_buckets, 1, 1)(texts)
    return tensor(np.asarray(hashed, "int64"))


@public("strings.to_hash_bucket_strong")
def to_hash_bucket_strong(input: Any, num_buckets: int, key: Any, name: str | None = None) -> Any:
    import siphash24

    secret = b"".join(int(part).to_bytes(8, "little") for part in key)

    def bucket(text: str) -> int:
        digest = siphash24.siphash24(text.encode(), key=secret).digest()
        return int.from_bytes(digest, "little") % num_buckets

    hashed = np.frompyfunc(bucket, 1, 1)(strings(input).texts())
    return tensor(np.asarray(hashed, "int64"))


@public("strings.to_hash_bucket")
def to_hash_bucket(input: Any, num_buckets: int, name: str | None = None) -> Any:
    return to_hash_bucket_fast(input, num_buckets)


@public("strings.format")
def format_(template: str, inputs: Any, placeholder: str = "{}", **ignored: Any) -> Any:
    parts = inputs if isinstance(inputs, list | tuple) else [inputs]
    for part in parts:
        template = template.replace(placeholder, str(host(tensor(part))), 1)
    return strings(template)
