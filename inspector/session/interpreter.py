"""Another Python for the worker: `--python`, a virtual environment that has the user's packages.

It is looked at before a worker starts there: its version, its Keras, and what Inspector itself
needs. Of the latter nothing has to be installed there when both Pythons are of the same version:
what is missing is taken from ours, behind everything of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

from inspector.errors import UsageError
from inspector.session.confinement.environment import worker_environment

SPARE_PACKAGES = "INSPECTOR_SPARE_PACKAGES"
_OLDEST = (3, 11)
_LOOK_S = 30.0
# What the modules of the worker import besides Keras and what comes with it.
_NEEDED = ("msgpack", "networkx", "numpy", "scipy", "threadpoolctl", "pyfarmhash", "siphash24")
_QUESTION = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
def found(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None
print(json.dumps({"version": sys.version_info[:2],
                  "packages": {name: found(name) for name in sys.argv[1:]}}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that a worker can run in.

    spare: folders of packages to put behind its own.
    """

    path: str
    spare: tuple[str, ...] = ()

    def environment(self) -> dict[str, str]:
        """What a worker in it is started with, besides the rest."""
        return {SPARE_PACKAGES: os.pathsep.join(self.spare)} if self.spare else {}


def interpreter(chosen: str | Path | None) -> Interpreter:
    """The Python that is meant by a program, or by the folder of a virtual environment.

    Raises:
        UsageError: it is none, it cannot be started, or it has no Keras that we can run.
    """
    if chosen is None:
        return Interpreter(sys.executable)
    path = _program(Path(chosen).expanduser())
    answer = _ask(path)
    version = tuple(answer["version"])
    if version < _OLDEST:
        raise UsageError(
            f"{path} is Python {_dotted(version)}; Inspector needs {_dotted(_OLDEST)} or newer.",
            fix="Choose a newer Python for the worker.",
        )
    packages = answer["packages"]
    _check_keras(path, packages.pop("keras"))
    missing = sorted(name for name, found in packages.items() if found is None)
    if not missing:
        return Interpreter(str(path))
    if version != sys.version_info[:2]:
        raise UsageError(
            f"{path} is Python {_dotted(version)} and has no {', '.join(missing)}, "
            f"which Inspector needs; ours are for {_dotted(sys.version_info[:2])}.",
            fix=f"Run: {path} -m pip install {' '.join(missing)}",
        )
    return Interpreter(str(path), _own_packages())


def _program(chosen: Path) -> Path:
    names = ("bin/python", "Scripts/python.exe") if chosen.is_dir() else ("",)
    for name in names:
        if (path := chosen / name).is_file():
            return path.absolute()  # not resolved: a link is what makes a virtual environment
    raise UsageError(
        f"There is no Python at {chosen}.",
        fix="Name a Python program, or the folder of a virtual environment.",
    )


def _ask(path: Path) -> dict[str, Any]:
    command = [str(path), "-I", "-c", _QUESTION, "keras", *_NEEDED]
    fix = "Name a Python program, or the folder of a virtual environment."
    try:
        answered = subprocess.run(
            command, capture_output=True, timeout=_LOOK_S, env=worker_environment(os.environ)
        )
        answer: dict[str, Any] = json.loads(answered.stdout)
    except OSError as error:
        raise UsageError(
            f"The Python {path} cannot be started: {error.strerror}.", fix=fix
        ) from error
    except (ValueError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"{path} does not answer as a Python does.", fix=fix) from error
    return answer


def _check_keras(path: Path, found: str | None) -> None:
    wanted = _keras_range()
    if found is not None and Version(found) in wanted.specifier:
        return
    has = "has no Keras" if found is None else f"has Keras {found}"
    raise UsageError(
        f"{path} {has}; Inspector runs {wanted.name}{wanted.specifier}.",
        fix=f"Run: {path} -m pip install '{wanted}'",
    )


def _keras_range() -> Requirement:
    try:
        lines = requires("keras-inspector") or []
    except PackageNotFoundError:  # a checkout that nobody installed
        lines = []
    found = [Requirement(line) for line in lines if Requirement(line).name == "keras"]
    return found[0] if found else Requirement("keras>=3.15.1,<3.16")


def _own_packages() -> tuple[str, ...]:
    return tuple(path for path in sys.path if os.path.basename(path) == "site-packages")


def _dotted(version: tuple[object, ...]) -> str:
    return ".".join(map(str, version))
