"""What an HDF5 file holds, looked at before Keras reads it.

A file may point to other files on the disk, or say that a few bytes are a terabyte: both are
refused. All of it runs in the worker, since the HDF5 library itself may crash on broken files.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from inspector.loading.archives.members import damaged, refused

# Processor seconds for looking at a file: a damaged one can keep HDF5's own code, which nothing
# in this process can stop, in a loop for ever. Then the system ends the worker.
LOOK_S = 10
_BYTES_A_SECOND = 50 << 20
_MAX_OBJECTS = 200_000
_MAX_DEPTH = 64
_BOMB_FLOOR = 64 << 20
_MAX_EXPANSION = 1000


@dataclass(frozen=True, slots=True)
class Contents:
    """What an HDF5 file is for Keras.

    config, training: the JSON of a whole model that Keras 1 or 2 (or 3 with `.h5`) saved.
    is_old: weights laid out by layer names, as Keras 1 and 2 do, not by attribute as Keras 3.
    datasets: path → shape of every array.
    """

    config: str | None
    training: str | None
    version: str
    is_old: bool
    datasets: dict[str, tuple[int, ...]]


def look_at(path: Path) -> Contents:
    """Walk through a file.

    Raises:
        NotReadable: it is damaged, or would do harm.
    """
    with _limited(path), reading(path) as file:
        datasets = dict(_datasets(file, path))
        root = file.get("model_weights", file)
        return Contents(
            config=_text(file, "model_config", path),
            training=_text(file, "training_config", path),
            version=_text(file, "keras_version", path) or _text(root, "keras_version", path) or "",
            is_old="layer_names" in root.attrs or "layer_names0" in root.attrs,
            datasets=datasets,
        )


@contextmanager
def reading(path: Path) -> Iterator[Any]:
    """The open file; what the library finds wrong with it is told as damage."""
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError) as error:
        raise damaged(path, _plain(error)) from error


@contextmanager
def _limited(path: Path) -> Iterator[None]:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    own = int(time.process_time() + LOOK_S + path.stat().st_size / _BYTES_A_SECOND) + 1
    if hard != resource.RLIM_INFINITY:
        own = min(own, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (own, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def arrays_below(file: Any, group: str) -> Iterator[tuple[str, Any]]:
    """Every array below a group, by its path from there; none where there is no such group."""
    before = f"{group}/" if group else ""
    for path in sorted(_names(file)):
        if path.startswith(before):
            yield path[len(before) :], file[path]


def _names(file: Any) -> list[str]:
    found: list[str] = []
    file.visititems(lambda name, it: found.append(name) if isinstance(it, h5py.Dataset) else None)
    return found


def _datasets(file: Any, path: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    waiting: list[tuple[str, Any, int]] = [("", file, 0)]
    seen: set[Any] = set()
    count = 0
    while waiting:
        prefix, group, depth = waiting.pop()
        for name in group:
            count += 1
            if count > _MAX_OBJECTS or depth > _MAX_DEPTH:
                raise refused(path, "it holds more groups than any model has layers")
            link = group.get(name, getlink=True)
            if isinstance(link, h5py.SoftLink | h5py.ExternalLink):
                where = getattr(link, "filename", "") or link.path
                raise refused(path, f"{prefix}{name} in it is a link to {where!r}")
            item = group[name]
            if isinstance(item, h5py.Dataset):
                _check(item, path)
                yield f"{prefix}{name}", tuple(item.shape or ())
            elif isinstance(item, h5py.Group):
                dict(item.attrs)  # Keras reads them: what is wrong with them shows here
            if isinstance(item, h5py.Group) and item.id.__hash__() not in seen:
                seen.add(item.id.__hash__())
                waiting.append((f"{prefix}{name}/", item, depth + 1))


def _check(dataset: Any, path: Path) -> None:
    if dataset.external or dataset.is_virtual:
        raise refused(path, f"{dataset.name} in it takes its values from another file")
    declared = math.prod(dataset.shape or ()) * dataset.dtype.itemsize
    stored = dataset.id.get_storage_size()
    if declared > _BOMB_FLOOR and declared > _MAX_EXPANSION * max(stored, 1):
        raise refused(
            path, f"{dataset.name} says that {stored:,} bytes are {declared:,}, as a bomb does"
        )


def _text(group: Any, name: str, path: Path) -> str | None:
    value = group.attrs.get(name)
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value
    raise damaged(path, f"its {name} is no text")


def _plain(error: BaseException) -> str:
    """What the library says, without its own addresses and numbers."""
    text = str(error.args[0]) if error.args else str(error)
    return text.partition("(")[0].strip() or type(error).__name__


def parsed(text: str | bytes, path: Path, what: str) -> Any:
    """JSON of a saved model.

    Raises:
        NotReadable: it is none, or is nested without end.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise damaged(path, f"its {what} is no JSON ({error})") from error
