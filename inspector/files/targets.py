"""What a word on the command line (or a dropped path) means: which file, and what in it.

model.py                    the file
model.py:build_model        what the file calls `build_model`: a function that is called, a model
package.module:build_model  the same, of a module found here or among the installed ones
project/                    the file of that folder that builds the models
"""

from __future__ import annotations

import re
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import OpenError
from inspector.files.kinds import FOLDER, FileKind, kind_of

_ENTRIES = ("__main__.py", "train.py", "model.py", "main.py")
_IMPORTS_KERAS = re.compile(
    rb"^[ \t]*(?:import|from)[ \t]+(?:keras|tensorflow|tf_keras|keras_hub)\b", re.MULTILINE
)
_SAVED = (".keras", ".h5", ".hdf5", ".ipynb")
_NOT_LOOKED_AT = {"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"}
_TESTS = re.compile(r"(test_.*|.*_test|conftest|setup)\.py")
_MOST_LISTED = 8
_MOST_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be opened.

    attribute: dotted name of what in the file is meant, None for all of it.
    folder:    the folder that was named in its place, None when the file itself was.
    others:    what else could have been opened of that folder.
    """

    path: Path
    kind: FileKind
    attribute: str | None = None
    folder: Path | None = None
    others: tuple[str, ...] = ()


def target_of(word: str | Path) -> Target:
    """Find what a word means.

    Raises:
        OpenError: there is no such file, it cannot be opened, or a folder holds no single entry.
    """
    path, attribute = _split(str(word))
    kind = kind_of(path)
    if kind is FOLDER:
        return _in_folder(path, attribute)
    if not kind.opens:
        raise kind.refusal(path)
    if attribute is not None and kind.name != "python":
        raise OpenError(
            f"{path} is {kind.words}, which has no {attribute!r}.",
            fix="Name the file without what follows the colon.",
        )
    return Target(path, kind, attribute)


def package_of(path: Path) -> tuple[Path, str]:
    """The folder to import from, and the dotted package that a file belongs to ("" for none)."""
    folder = path.parent
    parts: list[str] = []
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts)


def _split(word: str) -> tuple[Path, str | None]:
    path = Path(word)
    left, colon, right = word.rpartition(":")
    is_name = bool(right) and all(part.isidentifier() for part in right.split("."))
    if not colon or not left or not is_name or path.exists():
        return path, None
    if Path(left).exists():
        return Path(left), right
    found = _module_file(left)
    if found is None:
        raise OpenError(
            f"There is no file {left} and no module of that name here.",
            fix="Name a file and what is in it, as model.py:build_model, or run this in the folder "
            "that holds the package.",
        )
    return found, right


def _module_file(name: str) -> Path | None:
    """The file of a dotted module, found without importing anything."""
    if not all(part.isidentifier() for part in name.split(".")):
        return None
    below = Path(*name.split("."))
    installed = [Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")]
    for root in (Path.cwd(), Path.cwd() / "src", *installed):
        for file in (root / below.with_suffix(".py"), root / below / "__init__.py"):
            if file.is_file():
                return file
    return None


def _in_folder(folder: Path, attribute: str | None) -> Target:
    candidates = _candidates(folder)
    entry = _entry(folder, candidates)
    if entry is None:
        raise _no_entry(folder, candidates)
    others = tuple(_name(folder, path) for path in candidates if path != entry)
    return Target(entry, kind_of(entry), attribute, folder, others)


def _entry(folder: Path, candidates: list[Path]) -> Path | None:
    """The file that a folder is opened by: by its name, else the only one that uses Keras."""
    named = [folder / name for name in _ENTRIES if (folder / name).is_file()]
    if named and named[0].name == "__main__.py":
        return named[0]
    using = [path for path in named if path in candidates]
    if using or named:
        return (using or named)[0]
    if len(candidates) == 1:
        return candidates[0]
    for name in _ENTRIES:
        below = [path for path in candidates if path.name == name]
        if len(below) == 1 or (below and len(below[0].parts) < len(below[1].parts)):
            return below[0]
    return None


def _candidates(folder: Path) -> list[Path]:
    """Files below a folder that can hold a model, those at its top first."""
    found = []
    looked_at = 0
    for path in sorted(folder.rglob("*"), key=lambda path: (len(path.parts), str(path))):
        inside = path.relative_to(folder).parts[:-1]
        if any(part.startswith(".") or part in _NOT_LOOKED_AT for part in inside):
            continue
        looked_at += 1
        if looked_at > _MOST_LOOKED_AT:
            break
        if _TESTS.fullmatch(path.name):
            continue
        if path.suffix in _SAVED or (path.suffix == ".py" and _uses_keras(path)):
            found.append(path)
    return found


def _uses_keras(path: Path) -> bool:
    try:
        return _IMPORTS_KERAS.search(path.read_bytes()[: 1 << 20]) is not None
    except OSError:
        return False


def _no_entry(folder: Path, candidates: list[Path]) -> OpenError:
    if not candidates:
        return OpenError(
            f"{folder} is a folder, and no file in it imports Keras.",
            fix="Name the folder or the file that builds the model.",
        )
    names = [_name(folder, path) for path in candidates]
    listed = ", ".join(names[:_MOST_LISTED])
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return OpenError(
        f"{folder} is a folder with several files that could be opened: {listed}{more}.",
        fix=f"Name one of them, as {folder / names[0]}.",
    )


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
