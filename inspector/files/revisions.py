"""`model.py@REVISION`: a file as it was at a revision of its Git repository.

The whole tree of the revision is written into a temporary folder, so that the file finds the
modules beside it as they were then.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inspector.errors import OpenError

_LONGEST_S = 120


def names_revision(word: Path) -> bool:
    """Whether a word means a file at a revision: `file@revision`, and no such file is there."""
    name, at, revision = word.name.rpartition("@")
    return bool(name and at and revision) and not word.exists()


@contextmanager
def checked_out(word: Path) -> Iterator[Path]:
    """The file as it was at the revision, for as long as the block lasts.

    Raises:
        OpenError: there is no repository, no such revision, or no such file in it.
    """
    name, _, revision = word.name.rpartition("@")
    folder = word.parent.resolve()
    top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
    # A commit's id cannot be taken for an option, whatever the word looks like.
    words = ("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    commit = _git(folder, *words, otherwise=f"There is no revision {revision} in {top.name}.")
    with tempfile.TemporaryDirectory(prefix="inspector-revision-") as scratch:
        tree = Path(scratch, "tree")
        _write_tree(top, commit.decode().strip(), tree, Path(scratch, "index"))
        path = tree / folder.relative_to(top) / name
        if not path.exists():
            raise OpenError(
                f"{word.parent / name} is not there at revision {revision}.",
                fix="Name a revision that has it: `git log -- FILE` lists those that changed it.",
            )
        yield path


def _write_tree(top: Path, commit: str, tree: Path, index: Path) -> None:
    """Write the files of a commit into a folder, with an index of its own.

    The user's index and files stay as they are, and no hook runs.
    """
    tree.mkdir()
    places = {"GIT_INDEX_FILE": str(index), "GIT_WORK_TREE": str(tree)}
    _git(top, "read-tree", commit, **places)
    _git(top, "checkout-index", "--all", **places)


def _git(folder: Path, *words: str, otherwise: str = "", **environment: str) -> bytes:
    """What git prints; `otherwise`: what its failure means, in the place of its own words."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            env=os.environ | environment,
            capture_output=True,
            timeout=_LONGEST_S,
            check=False,
        )
    except FileNotFoundError as error:
        raise OpenError(
            "A file at a revision was asked for, and there is no git on this machine.",
            fix="Install git, or write the file's other version beside it.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise OpenError(
            f"git did not answer within {_LONGEST_S} s.", fix="Try `git archive` by hand."
        ) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OpenError(
            otherwise or f"git {words[0]}: {said[-1] if said else 'failed'}",
            fix="Name a file in a Git repository and a revision of it: model.py@HEAD~1.",
        )
    return done.stdout
