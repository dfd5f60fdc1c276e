"""The overlay: reads see real files, writes land in the scratch folder."""

from __future__ import annotations

import os

import pytest

from inspector.loading.overlay import Overlay


@pytest.fixture
def real(tmp_path):
    folder = tmp_path / "real"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.txt").write_text("b")
    return folder


@pytest.fixture
def overlay(tmp_path):
    return Overlay(tmp_path / "scratch")


def write(overlay, path, text, **options):
    with open(overlay.for_writing(path, **options), "a" if options else "w") as file:
        file.write(text)


def read(overlay, path):
    with open(overlay.for_reading(path)) as file:
        return file.read()


def test_read_sees_the_real_file_when_nothing_was_written(overlay, real):
    assert read(overlay, real / "a.txt") == "a"


def test_read_sees_what_was_written_and_the_real_file_stays(overlay, real):
    write(overlay, real / "a.txt", "new")

    assert read(overlay, real / "a.txt") == "new"
    assert (real / "a.txt").read_text() == "a"


def test_append_begins_with_the_real_content(overlay, real):
    write(overlay, real / "a.txt", "+", keep_content=True)

    assert read(overlay, real / "a.txt") == "a+"
    assert (real / "a.txt").read_text() == "a"


def test_write_fails_as_usual_when_the_folder_is_missing(overlay, real):
    with pytest.raises(FileNotFoundError):
        overlay.for_writing(real / "none" / "x.txt")


def test_removed_file_is_gone_for_the_script_only(overlay, real):
    overlay.remove(real / "a.txt")

    assert not overlay.exists(real / "a.txt")
    assert overlay.listdir(real) == ["sub"]
    assert (real / "a.txt").exists()
    with pytest.raises(FileNotFoundError):
        overlay.remove(real / "a.txt")


def test_file_is_there_again_when_written_after_its_removal(overlay, real):
    overlay.remove(real / "a.txt")
    write(overlay, real / "a.txt", "again")

    assert read(overlay, real / "a.txt") == "again"


def test_nothing_below_a_removed_folder_is_seen(overlay, real):
    overlay.remove(real / "sub" / "b.txt")
    overlay.rmdir(real / "sub")

    assert not overlay.exists(real / "sub" / "b.txt")
    assert (real / "sub" / "b.txt").exists()


def test_rmdir_refuses_a_folder_that_is_not_empty(overlay, real):
    with pytest.raises(OSError, match="not empty"):
        overlay.rmdir(real / "sub")


def test_listdir_merges_real_and_written_names(overlay, real):
    write(overlay, real / "c.txt", "c")
    overlay.mkdir(real / "made")

    assert sorted(overlay.listdir(real)) == ["a.txt", "c.txt", "made", "sub"]
    assert sorted(os.listdir(real)) == ["a.txt", "sub"]


def test_mkdir_refuses_what_is_there(overlay, real):
    with pytest.raises(FileExistsError):
        overlay.mkdir(real / "sub")


def test_rename_moves_a_real_folder_for_the_script_only(overlay, real):
    overlay.rename(real / "sub", real / "moved")

    assert read(overlay, real / "moved" / "b.txt") == "b"
    assert not overlay.exists(real / "sub")
    assert (real / "sub" / "b.txt").exists()


def test_scratch_and_devices_are_left_as_they_are(overlay):
    inside = os.path.join(overlay.scratch, "x")

    assert overlay.for_writing(inside) == inside
    assert overlay.for_writing("/dev/null") == "/dev/null"
