"""Modules of the user's project that lie above the opened file, as for whoever runs it from there.

A folder without `__init__.py` counts as a package too, but only where nothing else has its name.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from inspector.files.projects import project_folders
from inspector.loading.situation import Situation
from inspector.loading.stand_ins.finder import KNOWN


def install(situation: Situation) -> None:
    """Look there for what is found nowhere else."""
    folders = project_folders(situation.path)
    if folders:
        finder = ProjectFinder(folders)
        situation.patches.set(sys, "meta_path", [*sys.meta_path, finder])


class ProjectFinder(importlib.abc.MetaPathFinder):
    """Finds top-level modules and packages in some folders, the nearest first."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if "." in name:
            return None
        for folder in self._folders:
            package = folder / name
            if (package / "__init__.py").is_file():
                return _spec(name, package / "__init__.py", package)
            if (folder / f"{name}.py").is_file():
                return _spec(name, folder / f"{name}.py", None)
            if package.is_dir() and name not in KNOWN and any(package.glob("*.py")):
                spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
                spec.submodule_search_locations = [str(package)]
                return spec
        return None


def _spec(name: str, file: Path, package: Path | None) -> importlib.machinery.ModuleSpec | None:
    inside = None if package is None else [str(package)]
    return importlib.util.spec_from_file_location(name, file, submodule_search_locations=inside)
