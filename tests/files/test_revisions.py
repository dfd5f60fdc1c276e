"""A file as it was at a revision of its repository."""

from __future__ import annotations

import subprocess

import pytest

from inspector.errors import OpenError
from inspector.files.revisions import checked_out


@pytest.fixture
def repository(tmp_path):
    """A repository with one commit, and a function that runs git in it."""
    folder = tmp_path / "a repository"
    folder.mkdir()

    def git(*words: str) -> str:
        names = ("-c", "user.name=x", "-c", "user.email=x@x")
        command = ["git", "-C", str(folder), *names, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    (folder / "models").mkdir()
    (folder / "models" / "net.py").write_text("first")
    (folder / "parts.py").write_text("parts")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return folder, git


def test_checked_out_gives_the_file_with_the_whole_tree_around_it(repository):
    folder, _ = repository
    (folder / "models" / "net.py").write_text("second")

    with checked_out(folder / "models" / "net.py@HEAD") as path:
        found = path.read_text(), (path.parents[1] / "parts.py").read_text()

    assert found == ("first", "parts")
    assert not path.exists()


def test_checked_out_leaves_what_is_staged_and_changed_as_it_was(repository):
    folder, git = repository
    (folder / "parts.py").write_text("staged")
    git("add", "parts.py")
    (folder / "models" / "net.py").write_text("changed")
    before = git("status", "--porcelain")

    with checked_out(folder / "models" / "net.py@HEAD"):
        pass

    assert before == git("status", "--porcelain") == " M models/net.py\nM  parts.py\n"
    assert (folder / "parts.py").read_text() == "staged"


def test_checked_out_says_that_the_file_was_not_there_yet(repository):
    folder, _ = repository
    (folder / "new.py").write_text("new")

    with (
        pytest.raises(OpenError, match="not there at revision HEAD"),
        checked_out(folder / "new.py@HEAD"),
    ):
        pass
