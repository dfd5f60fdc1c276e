"""What the window and the layout process say to each other: length-framed msgpack, no pickle.

    window ── [request, outline | None, expanded, direction, engine] ─▶ child
    window ◀─ [request, scene | None, [message, fix] | None] ────────── child

The outline is sent once and kept by the child; None means "the one you have". Both ends are our
own code, so that frames are only bounded and counted, not guarded against forgery.
"""

from __future__ import annotations

import struct
from dataclasses import fields
from typing import IO, Any

import msgpack
import numpy as np

from inspector.errors import LayoutError
from inspector.layout.outline import Link, Outline, Pass, Vertex
from inspector.layout.scene import Scene

_LENGTH = struct.Struct("<Q")
_MAX_BYTES = 1 << 30
_SURROGATES = "surrogatepass"  # a layer may be named by a broken string
_ARRAYS = {
    "rects": "<f8",
    "points": "<f8",
    "label_rects": "<f8",
    "is_group": "|b1",
    "is_expanded": "|b1",
    "parents": "<i8",
    "sources": "<i8",
    "targets": "<i8",
    "offsets": "<i8",
    "counts": "<i8",
}
_WIDTHS = {"rects": 4, "points": 2, "label_rects": 4}


def write_frame(stream: IO[bytes], message: object) -> None:
    """Send one message."""
    packed = msgpack.packb(message, unicode_errors=_SURROGATES)
    stream.write(_LENGTH.pack(len(packed)))
    stream.write(packed)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Any:
    """The next message; None when the other end is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > _MAX_BYTES:
        raise LayoutError(
            f"A layout message of {length} bytes is too long.",
            fix="Collapse some groups and try again.",
        )
    packed = stream.read(length)
    if len(packed) < length:
        return None
    return msgpack.unpackb(packed, unicode_errors=_SURROGATES, use_list=False)


def pack_outline(lines: Outline) -> list[Any]:
    """An outline as plain rows."""
    return [
        [
            (v.id, v.kind, v.parent, v.title, v.subtitle, v.category, v.is_group)
            for v in lines.vertices
        ],
        [(k.source, k.target, k.tensor, k.label, k.edges) for k in lines.links],
        [(p.group, p.entering, p.leaving) for p in lines.passes],
    ]


def unpack_outline(rows: Any) -> Outline:
    """The outline that `pack_outline` packed."""
    vertices, links, passes = rows
    return Outline(
        tuple(Vertex(*row) for row in vertices),
        tuple(Link(*row) for row in links),
        tuple(Pass(*row) for row in passes),
    )


def pack_scene(scene: Scene) -> dict[str, Any]:
    """A scene as plain values; arrays as their bytes, little endian."""
    packed = {field.name: getattr(scene, field.name) for field in fields(scene)}
    for name, dtype in _ARRAYS.items():
        packed[name] = packed[name].astype(dtype).tobytes()
    packed["call_boxes"] = (list(scene.call_boxes), list(scene.call_boxes.values()))
    return packed


def unpack_scene(packed: dict[str, Any]) -> Scene:
    """The scene that `pack_scene` packed; its arrays cannot be written to."""
    values = dict(packed)
    for name, dtype in _ARRAYS.items():
        array = np.frombuffer(packed[name], dtype=dtype)
        values[name] = array.reshape(-1, _WIDTHS[name]) if name in _WIDTHS else array
    values["call_boxes"] = dict(zip(*packed["call_boxes"], strict=True))
    return Scene(**values)
