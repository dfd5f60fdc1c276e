"""Which folders above a file belong to its project: where imports of its other parts may lead.

lab/README.md
lab/nets/vgg.py
lab/nets/unet.py        `from nets.vgg import VGG` works for whoever runs it from lab
"""

from __future__ import annotations

from pathlib import Path

_MOST_LEVELS = 4
_MARKS = (
    ".git", "setup.py", "setup.cfg", "pyproject.toml", "requirements.txt", "environment.yml",
    "README.md", "README.rst", "README", "README.txt", "LICENSE", "Makefile", "Dockerfile",
)  # fmt: skip


def project_folders(file: Path) -> tuple[Path, ...]:
    """The folders above a file's own, up to its project's; without a sign of one, the next."""
    home = Path.home()
    found: list[Path] = []
    for folder in list(file.parent.parents)[:_MOST_LEVELS]:
        # Nobody's project: all of a person's files, or the machine's.
        if folder == home or home.is_relative_to(folder) or len(folder.parts) <= 2:
            break
        found.append(folder)
        if _is_project(folder):
            return tuple(found)
    return tuple(found[:1]) if not _is_project(file.parent) else ()


def _is_project(folder: Path) -> bool:
    return any((folder / mark).exists() for mark in _MARKS)
