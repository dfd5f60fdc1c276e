"""PNG pictures without Pillow: zlib and five filters.

Whole numbers of 1 to 16 bits, grey, palette, colour and alpha, not interlaced; the result has 8
bits. Source: Portable Network Graphics Specification, W3C.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_START = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR, _PALETTE, _GREY_ALPHA, _COLOUR_ALPHA = 0, 2, 3, 4, 6
_CHANNELS = {_GREY: 1, _COLOUR: 3, _PALETTE: 1, _GREY_ALPHA: 2, _COLOUR_ALPHA: 4}
_MAX_PIXELS = 1 << 28


def read_png(data: bytes) -> Array:
    """The pixels: (height, width, channels) of uint8; 1, 2 (grey, alpha), 3 or 4 channels.

    Raises:
        ValueError: the data is no PNG, broken, or of a kind that is not read here.
    """
    if not data.startswith(_START):
        raise ValueError("it is no PNG picture")
    chunks = list(_chunks(data))
    kinds = dict(reversed(chunks))
    if len(kinds.get(b"IHDR", b"")) != 13:
        raise ValueError("it has no header")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", kinds[b"IHDR"])
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise ValueError(f"colour type {colour} with {depth} bits is unknown")
    if interlaced:
        raise ValueError("it is interlaced; save it without")
    if not 0 < width * height <= _MAX_PIXELS:
        raise ValueError(f"it has {width} by {height} pixels")
    bits = depth * _CHANNELS[colour]
    row_bytes = (width * bits + 7) // 8
    packed = _inflated(
        b"".join(part for kind, part in chunks if kind == b"IDAT"), height * (row_bytes + 1)
    )
    rows = _unfiltered(packed.reshape(height, row_bytes + 1), max(bits // 8, 1))
    pixels = _unpacked(rows, depth)[:, : width * _CHANNELS[colour]]
    pixels = pixels.reshape(height, width, _CHANNELS[colour])
    if colour == _PALETTE:
        return _looked_up(pixels[..., 0], kinds.get(b"PLTE", b""))
    return _as_bytes(pixels, depth)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_START)
    while place + 8 <= len(data):
        (size,) = struct.unpack_from(">I", data, place)
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + size]
        place += size + 12


def _inflated(data: bytes, size: int) -> Array:
    try:
        plain = zlib.decompressobj().decompress(data, size)  # no more than there are pixels
    except zlib.error as error:
        raise ValueError(f"its data is broken ({error})") from error
    if len(plain) != size:
        raise ValueError("its data ends too early")
    return np.frombuffer(plain, "uint8")


def _unfiltered(rows: Array, step: int) -> Array:
    """Undo each row's filter; `step` is the number of bytes from a pixel to the next."""
    above = np.zeros(rows.shape[1] - 1, "uint8")
    done = np.empty((rows.shape[0], rows.shape[1] - 1), "uint8")
    for number, row in enumerate(rows):
        above = done[number] = _unfiltered_row(int(row[0]), row[1:], above, step)
    return done


def _unfiltered_row(kind: int, row: Array, above: Array, step: int) -> Array:
    if kind == 0:
        return row
    if kind == 1:  # the pixel to the left
        whole = np.zeros(-(-len(row) // step) * step, "uint8")
        whole[: len(row)] = row
        return np.cumsum(whole.reshape(-1, step), axis=0, dtype="uint8").reshape(-1)[: len(row)]
    if kind == 2:  # the pixel above
        return row + above
    if kind not in (3, 4):
        raise ValueError(f"filter {kind} is unknown")
    done = [0] * (len(row) + step)
    over = [0] * step + above.tolist()
    for place, value in enumerate(row.tolist(), step):
        left, up, corner = done[place - step], over[place], over[place - step]
        guess = (left + up) // 2 if kind == 3 else _paeth(left, up, corner)
        done[place] = (value + guess) & 255
    return np.array(done[step:], "uint8")


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    to_left, to_up, to_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner


def _unpacked(rows: Array, depth: int) -> Array:
    if depth == 8:
        return rows
    if depth == 16:
        return rows.view(">u2")
    bits = np.unpackbits(rows, axis=1).reshape(rows.shape[0], -1, depth)
    return np.asarray(bits @ (1 << np.arange(depth - 1, -1, -1)), "uint8")


def _as_bytes(pixels: Array, depth: int) -> Array:
    if depth == 16:
        return (pixels >> 8).astype("uint8")
    return (pixels * (255 // ((1 << depth) - 1))).astype("uint8")


def _looked_up(places: Array, palette: bytes) -> Array:
    colours = np.frombuffer(palette, "uint8")
    if colours.size % 3 or not colours.size or places.max() >= colours.size // 3:
        raise ValueError("its palette lacks colours")
    return colours.reshape(-1, 3)[places]
