"""What a `.keras` archive holds, unpacked into a scratch folder under guard.

Only the four parts that Keras wrote are taken: the config, the metadata, the weights, the assets.
A size is believed only as far as bytes really come.
"""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from inspector.loading.python_file import NotReadable

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_NPZ = "model.weights.npz"
_ASSETS = "assets/"
_MAX_TEXT = 64 << 20
_MAX_MEMBERS = 20_000
# Keras stores weights uncompressed; zip at its best makes a thousandth of zeros.
_MAX_EXPANSION = 100
_BOMB_FLOOR = 64 << 20
_BLOCK = 1 << 20
_COPY_AGAIN = "Copy or download it again, or save the model again."


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Where the parts lie; `weights` is None where the archive has none."""

    folder: Path
    config: bytes
    metadata: bytes
    weights: Path | None


def unpack(path: Path, into: Path) -> Unpacked:
    """Unpack an archive, or copy the parts of an unpacked one.

    Raises:
        NotReadable: it is damaged, or is not what Keras writes.
    """
    into.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        _copy_folder(path, into)
    else:
        with _reading(path), zipfile.ZipFile(path) as archive:
            for member in _wanted(archive, path):
                _extract(archive, member, into, path)
    weights = [into / name for name in (WEIGHTS, _NPZ) if (into / name).exists()]
    metadata = into / METADATA
    return Unpacked(
        into,
        (into / CONFIG).read_bytes(),
        metadata.read_bytes() if metadata.exists() else b"",
        weights[0] if weights else None,
    )


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError,
        RuntimeError, OverflowError,
    ) as error:  # fmt: skip
        raise damaged(path, str(error)) from error


def damaged(path: Path, why: str) -> NotReadable:
    """A file that begins like a saved model and does not go on like one."""
    return NotReadable(
        f"{path.name} is damaged: {why.strip().rstrip('.') or 'it cannot be read'}.",
        fix=_COPY_AGAIN,
        kind="DamagedFile",
    )


def refused(path: Path, why: str) -> NotReadable:
    """A file that could be read, but that would do harm."""
    return NotReadable(
        f"{path.name} was not opened: {why}.",
        fix="No version of Keras writes such a file: ask where it comes from.",
        kind="RefusedFile",
    )


def _wanted(archive: zipfile.ZipFile, path: Path) -> Iterator[zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        raise refused(path, f"it holds {len(members)} files")
    for member in members:
        name = member.filename
        if _leads_out(name):
            raise refused(path, f"it holds a file whose name leads out of it ({name[:80]!r})")
        if name in (CONFIG, METADATA, WEIGHTS, _NPZ) or name.startswith(_ASSETS):
            _check_size(member, path)
            yield member


def _leads_out(name: str) -> bool:
    posix, windows = PurePosixPath(name.replace("\\", "/")), PureWindowsPath(name)
    return posix.is_absolute() or bool(windows.drive) or ".." in posix.parts or "\0" in name


def _check_size(member: zipfile.ZipInfo, path: Path) -> None:
    declared, stored = member.file_size, member.compress_size
    if declared > _BOMB_FLOOR and declared > _MAX_EXPANSION * max(stored, 1):
        raise refused(
            path,
            f"{member.filename} would unpack {stored:,} bytes to {declared:,}, as a zip bomb does",
        )
    if member.filename in (CONFIG, METADATA) and declared > _MAX_TEXT:
        raise refused(path, f"its {member.filename} has {declared:,} bytes")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, into: Path, path: Path) -> None:
    if member.is_dir():
        return
    _check_room(into, member.file_size, path)
    target = into / PurePosixPath(member.filename)
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with archive.open(member) as source, target.open("wb") as out:
        while block := source.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise damaged(path, f"{member.filename} is longer than it says")
            out.write(block)


def _check_room(folder: Path, size: int, path: Path) -> None:
    free = shutil.disk_usage(folder).free
    if size > free // 2:
        raise NotReadable(
            f"{path.name} needs {size >> 20} MB to be unpacked, and {free >> 20} MB are free.",
            fix="Make room on the disk of the temporary folder (TMPDIR).",
            kind="OSError",
        )


def _copy_folder(path: Path, into: Path) -> None:
    """The parts of an unpacked archive; links are not followed out of it."""
    try:
        for name in (CONFIG, METADATA):
            if (path / name).is_file():
                shutil.copy(path / name, into / name)
        for name in (WEIGHTS, _NPZ):
            if (path / name).is_file():
                os.symlink(path / name, into / name)
        if (path / "assets").is_dir():
            shutil.copytree(path / "assets", into / "assets", symlinks=True)
    except (OSError, shutil.Error) as error:
        raise damaged(path, str(error)) from error
