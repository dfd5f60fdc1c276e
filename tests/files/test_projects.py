"""Which folders above a file are searched for its imports."""

from __future__ import annotations

import pytest

from inspector.files.projects import project_folders


@pytest.fixture
def lab(tmp_path):
    folder = tmp_path / "lab" / "src" / "nets"
    folder.mkdir(parents=True)
    return tmp_path / "lab"


def test_folders_reach_up_to_the_sign_of_a_project(lab):
    (lab / "README.md").touch()

    assert project_folders(lab / "src" / "nets" / "unet.py") == (lab / "src", lab)
    assert project_folders(lab / "train.py") == ()


def test_only_the_next_folder_counts_without_a_sign(lab):
    assert project_folders(lab / "src" / "nets" / "unet.py") == (lab / "src",)


def test_home_is_no_project(lab, monkeypatch):
    monkeypatch.setenv("HOME", str(lab))
    (lab / "README.md").touch()

    assert project_folders(lab / "src" / "nets" / "unet.py") == (lab / "src",)
    assert project_folders(lab / "train.py") == ()
    assert project_folders(lab / "src" / "train.py") == ()
