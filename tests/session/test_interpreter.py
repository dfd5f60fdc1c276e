"""Another Python for the worker: real virtual environments without pip, and what is no Python."""

from __future__ import annotations

import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.session.client import open_file
from inspector.session.interpreter import interpreter

LEFT_OUT = (
    "msgpack",
    "networkx",
    "keras_inspector",
    "__editable__",
    "_keras_inspector",
    "_virtualenv",
)


@pytest.fixture(scope="module")
def empty_venv(tmp_path_factory):
    """A virtual environment with no packages at all."""
    folder = tmp_path_factory.mktemp("venvs") / "empty"
    venv.create(folder, with_pip=False)
    return folder


@pytest.fixture(scope="module")
def users_venv(tmp_path_factory):
    """One with Keras and a package of the user's, without what only Inspector needs."""
    folder = tmp_path_factory.mktemp("venvs") / "users"
    venv.create(folder, with_pip=False)
    packages = packages_of(folder)
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(LEFT_OUT) and entry.suffix != ".pth":
            (packages / entry.name).symlink_to(entry)
    (packages / "only_here.py").write_text("UNITS = 7\n")
    return folder


def packages_of(folder):
    (found,) = folder.glob("lib/python*/site-packages")
    return found


def test_file_runs_in_the_virtual_environment_that_is_named(users_venv, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, keras, numpy as np, only_here\n"
        "print('PREFIX', sys.prefix)\n"
        "keras.Sequential([keras.layers.Dense(only_here.UNITS)])(np.ones((1, 2)))\n"
    )
    texts = []

    result = open_file(
        script, python=users_venv, on_event=lambda event: texts.append(getattr(event, "text", ""))
    )

    assert result.trace.failure is None, result.trace.failure
    assert f"PREFIX {users_venv}" in "".join(texts)
    assert result.trace.models[0].parameters == 21


def test_interpreter_takes_what_is_missing_from_ours(users_venv):
    found = interpreter(users_venv)

    assert found.path == str(users_venv / "bin" / "python")
    assert sysconfig.get_path("purelib") in found.spare


def test_interpreter_is_our_own_when_none_is_named():
    assert interpreter(None).path == sys.executable
    assert interpreter(None).environment() == {}


def test_interpreter_without_keras_is_refused_with_the_command_that_helps(empty_venv):
    with pytest.raises(UsageError, match="has no Keras") as caught:
        interpreter(empty_venv)

    assert "pip install" in caught.value.fix
    assert "keras" in caught.value.fix


def test_interpreter_with_another_keras_is_refused(empty_venv):
    described = packages_of(empty_venv) / "keras-3.9.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: keras\nVersion: 3.9.0\n")
    try:
        with pytest.raises(UsageError, match=r"has Keras 3\.9\.0; Inspector runs keras"):
            interpreter(empty_venv)
    finally:
        (described / "METADATA").unlink()
        described.rmdir()


@pytest.mark.parametrize("name", ["folder", "missing", "text.txt"])
def test_what_is_no_python_is_refused(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.txt").write_text("no program")

    with pytest.raises(UsageError, match=r"no Python|cannot be started"):
        interpreter(tmp_path / name)


def test_program_that_is_no_python_is_refused(tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho hello\n")
    program.chmod(0o755)

    with pytest.raises(UsageError, match="does not answer as a Python"):
        interpreter(program)
