"""What a worker may reach: each claim of its Protection is tried out by a script that means harm.

Where the system offers no confinement the same tests hold: then the claim is not made, and the
reason is named.
"""

from __future__ import annotations

import json
import os

import pytest

from inspector.session.client import open_file
from inspector.session.confinement import Plan, places, plan_text, read_plan
from inspector.session.confinement.environment import worker_environment
from inspector.session.protocol import Output

PROBE = """
import ctypes, json, os, threading
import keras, numpy as np
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model(np.ones((2, 4), "float32"))
libc = ctypes.CDLL(None, use_errno=True)
HOME, HERE, PARENT = os.environ["HOME"], os.path.dirname(__file__), os.getppid()

def opened(path, flags=0):
    handle = libc.open(path.encode(), flags, 0o644)
    return handle >= 0

def in_our_thread():
    # Python code of ours, in a thread of ours, as the script can make it.
    import inspector.session.outbox as outbox
    found, encode = [], outbox.encode
    def evil(event):
        if not found:
            found.append((opened(HERE + "/by_thread", 65), libc.socket(2, 1, 0) >= 0))
        return encode(event)
    outbox.encode = evil
    print("anything", flush=True)
    while not found:
        threading.Event().wait(0.01)
    outbox.encode = encode
    return found[0]

print("FOUND" + json.dumps({
    "reads secret": opened(HOME + "/.ssh/id_rsa"),
    "reads neighbour": opened(HERE + "/data.txt"),
    "lists folder": "data.txt" in os.listdir(HERE),
    "reads work in home": opened(HOME + "/work/data.txt"),
    "writes": opened(HERE + "/written", 65),
    "deletes": libc.unlink((HOME + "/work/data.txt").encode()) == 0,
    "changes mode": libc.chmod((HERE + "/data.txt").encode(), 0o777) and False,
    "writes scratch": opened(os.environ["TMPDIR"] + "/written", 65),
    "connects": libc.socket(2, 1, 0) >= 0,
    "forks": (child := libc.fork()) >= 0 and (child > 0 or libc._exit(0)),
    "signals parent": libc.kill(PARENT, 0) == 0,
    "reads parent": opened(f"/proc/{PARENT}/environ"),
    "thread writes": (by_thread := in_our_thread())[0],
    "thread connects": by_thread[1],
    "environment": dict(os.environ),
}), flush=True)
"""


@pytest.fixture(scope="module", params=["1", "0"], ids=["confined", "switched off"])
def probed(tmp_path_factory, request):
    """(what the script could do, the protection that was claimed, the script's folder)."""
    folder = tmp_path_factory.mktemp("probe")
    home = folder / "home" / "ada"
    for path in (home / ".ssh" / "id_rsa", home / "work" / "data.txt", folder / "data.txt"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (folder / "data.txt").chmod(0o600)
    script = folder / "script.py"
    script.write_text(PROBE)
    texts = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("GITHUB_TOKEN", "hunter2")
        patch.setenv("SOME_SETTING", "1")
        patch.setenv("INSPECTOR_CONFINE", request.param)
        result = open_file(
            script, on_event=lambda e: texts.append(e.text) if isinstance(e, Output) else None
        )
    assert result.trace.failure is None, result.trace.failure
    (found,) = [line for line in "".join(texts).splitlines() if line.startswith("FOUND")]
    return json.loads(found.removeprefix("FOUND")), result.trace.protection, folder


def claims(protection, word):
    """Whether the protection says that this is refused; else it must say why not."""
    in_force = any(line.startswith(word) for line in protection.in_force)
    missing = any(line.startswith(f"{word} (") for line in protection.missing)
    assert in_force != missing
    return in_force


def test_files_are_closed_as_far_as_is_claimed(probed):
    found, protection, folder = probed
    is_closed = claims(protection, "files")

    for harm in ("reads secret", "writes", "deletes", "thread writes"):
        assert found[harm] is not is_closed, harm
    assert (folder / "written").exists() is not is_closed
    assert (folder / "home" / "ada" / "work" / "data.txt").exists() is is_closed


def test_files_that_scripts_need_are_open(probed):
    found, _, _ = probed

    for need in ("reads neighbour", "lists folder", "reads work in home", "writes scratch"):
        assert found[need], need


def test_network_is_off_as_far_as_is_claimed(probed):
    found, protection, _ = probed
    is_closed = claims(protection, "network")

    assert found["connects"] is not is_closed
    assert found["thread connects"] is not is_closed


def test_other_processes_are_out_of_reach_as_far_as_is_claimed(probed):
    found, protection, folder = probed
    is_closed = claims(protection, "other processes")

    assert found["forks"] is not is_closed
    assert found["signals parent"] is not is_closed
    if is_closed:
        assert (folder / "data.txt").stat().st_mode & 0o777 == 0o600
    if protection.is_whole:
        assert not found["reads parent"]


def test_environment_of_the_script_has_no_secrets(probed):
    found, _, _ = probed

    assert "HOME" in found["environment"]
    assert "GITHUB_TOKEN" not in found["environment"]
    assert "SOME_SETTING" not in found["environment"]


def test_protection_is_whole_where_the_system_offers_it(probed):
    _, protection, _ = probed

    assert protection.mode == "inspect"
    assert protection.is_whole is not bool(protection.missing)


def test_file_run_for_real_is_not_confined_and_says_so(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import keras, numpy as np, subprocess, socket, os\n"
        "keras.layers.Dense(2)(np.ones((1, 2)))\n"
        "open('out.txt', 'w').write(subprocess.check_output(['echo', 'hi'], text=True))\n"
        "socket.socket().close()\n"
    )

    result = open_file(script, real=True)

    assert result.trace.failure is None
    assert (tmp_path / "out.txt").read_text() == "hi\n"
    assert result.trace.protection.mode == "real"
    assert str(result.trace.protection).startswith("unprotected")
    assert not [one for one in result.trace.replaced if "scratch" in one.why]


@pytest.mark.parametrize(
    ("name", "real", "passes"),
    [
        ("PATH", False, True),
        ("LC_ALL", False, True),
        ("CUDA_VISIBLE_DEVICES", False, True),
        ("KERAS_HOME", False, True),
        ("DATA_FOLDER", False, False),
        ("DATA_FOLDER", True, True),
        ("AWS_SECRET_ACCESS_KEY", True, False),
        ("HF_TOKEN", True, False),
        ("KERAS_API_KEY", False, False),
        ("DB_PASSWORD", True, False),
        ("PWD", True, True),
    ],
)
def test_environment_passes_on_what_is_needed_and_no_secret(name, real, passes):
    assert (name in worker_environment({name: "x"}, real=real)) is passes


def test_environment_passes_on_what_the_person_names():
    given = {"DATA_FOLDER": "/data", "HF_TOKEN": "x", "INSPECTOR_PASS_ENV": "DATA_FOLDER, HF_TOKEN"}

    assert worker_environment(given) == given


def test_plan_travels_as_one_line():
    plan = Plan("/tmp/scratch", "/home/ada/odd\nname.py", real=True)

    assert "\n" not in plan_text(plan)
    assert read_plan(plan_text(plan)) == plan


def is_open(path, pieces):
    return any(str(path) == piece or str(path).startswith(piece + os.sep) for piece in pieces)


def test_places_leave_closed_what_is_hidden_at_home(tmp_path, monkeypatch):
    home = tmp_path / "ada"
    for name in (".ssh", ".keras", ".venv/lib", "work", "snap"):
        (home / name).mkdir(parents=True)
    (tmp_path / "eve").mkdir()
    (home / "keys").symlink_to(home / ".ssh")
    monkeypatch.setenv("HOME", str(home))

    found = places.readable(str(home / ".venv" / "model.py"), str(tmp_path / "scratch"))
    at_home = places.readable(str(home / "model.py"), str(tmp_path / "scratch"))

    opened = {
        name
        for name in (".ssh", ".keras", ".venv", "work", "snap", "keys")
        if is_open(home / name, found)
    }
    assert opened == {".keras", ".venv", "work"}
    assert not is_open(tmp_path / "eve", found)
    assert not is_open(home / ".ssh", at_home)
    assert is_open("/usr", found)
