"""Scripts that mean harm: nothing is lost, the client goes on, and it says what happened.

What the kernel refuses is tried by `ctypes`, past every policy. Where the system cannot confine a
worker, Protection says so, and the test expects of it what is left.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from inspector.session.client import Client, open_file
from inspector.session.protocol import Lost, Opened, OpenFile, Output, RunUpdated

MODEL = """\
import ctypes, os, sys, threading, time
import keras, numpy as np
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model(np.ones((2, 4), "float32"))
libc = ctypes.CDLL(None, use_errno=True)
"""
LINE = MODEL.count("\n") + 1  # of what comes after the model


@pytest.fixture
def script(tmp_path):
    def write(text):
        path = tmp_path / "script.py"
        path.write_text(MODEL + text)
        return path

    return write


@pytest.fixture
def attack(script):
    """`attack(text, limit="value")`: the result, and what the script printed."""

    def run(text, **limits):
        texts = []
        result = open_file(
            script(text),
            on_event=lambda e: texts.append(e.text) if isinstance(e, Output) else None,
            environment={f"INSPECTOR_{name.upper()}": value for name, value in limits.items()},
            timeout_s=60,
        )
        # Whatever came after it, the model's run is there.
        forward = [run for run in result.trace.runs if run.kind == "forward"]
        assert len(forward) == 1, result.trace.failure
        return result, "".join(texts)

    return run


def is_refused(result, word):
    return any(line.startswith(word) for line in result.trace.protection.in_force)


def test_fork_bomb_leaves_no_process(attack):
    text = """
children = []
for attempt in range(40):
    child = libc.fork()
    if child == 0:
        libc.pause()
    children.append(child)
print("BORN", sum(child > 0 for child in children), *children)
"""
    result, printed = attack(text)

    born, *children = printed.partition("BORN")[2].split()
    assert (born == "0") is is_refused(result, "other processes")
    assert result.trace.failure is None
    alive = [child for child in children if int(child) > 0 and Path("/proc", child).exists()]
    deadline = time.monotonic() + 5
    while any(_runs(child) for child in alive) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_runs(child) for child in alive)


def _runs(pid):
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_endless_fork_bomb_is_stopped_at_its_line(attack):
    result, _ = attack("while True:\n    os.fork()", open_seconds="3")

    assert result.trace.failure.type == "ProcessBlocked"
    assert result.trace.failure.line == LINE + 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x = np.empty(100 << 30, 'uint8')", "MemoryError"),
        ("x = bytearray(100 << 30)", "MemoryError"),
        (
            "import mmap\nx = mmap.mmap(-1, 100 << 30)\n"
            "for i in range(0, 100 << 30, 4096): x[i] = 1",
            ("OutOfMemory", "OSError"),
        ),
    ],
)
def test_hundred_gigabytes_are_refused_or_ended(attack, text, kind):
    result, _ = attack(text, memory_mb="700")

    assert result.trace.failure.type in kind
    assert result.trace.failure.line >= LINE
    assert "emory" in result.trace.failure.message + result.trace.failure.fix


@pytest.mark.parametrize(
    "text", ["while True: print('x' * 100)", "while True: os.write(1, b'x' * 65536)"]
)
def test_endless_output_is_cut_and_the_script_stopped(attack, text):
    result, printed = attack(text, open_seconds="2", output_kb="100")

    assert result.trace.failure.type == "Stopped"
    assert result.trace.failure.line == LINE
    assert len(printed) < 400_000


def test_home_is_not_deleted(attack, tmp_path, monkeypatch):
    home = tmp_path / "ada"
    (home / "work").mkdir(parents=True)
    (home / "work" / "thesis.txt").write_text("three years")
    monkeypatch.setenv("HOME", str(home))
    text = """
import pathlib, shutil
shutil.rmtree(os.environ["HOME"])
print("GONE", not os.path.exists(os.environ["HOME"]))
thesis = os.environ["HOME"].encode() + b"/work/thesis.txt"
print("UNLINK", libc.unlink(thesis), libc.truncate(thesis, 0))
"""
    result, printed = attack(text)

    assert result.trace.failure is None, result.trace.failure
    assert "GONE True" in printed  # the script sees what it did
    assert ("UNLINK -1 -1" in printed) is is_refused(result, "files")
    if is_refused(result, "files"):
        assert (home / "work" / "thesis.txt").read_text() == "three years"
    else:
        assert home.exists()


def test_secrets_of_the_environment_are_not_there(attack, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.setenv("MY_TOKEN", "hunter2")
    text = """
print("OWN", "hunter2" in str(os.environ), b"hunter2" in open("/proc/self/environ", "rb").read())
def of(pid):
    handle = libc.open(b"/proc/%d/environ" % pid, 0)
    return b"hunter2" in os.read(handle, 1 << 20) if handle >= 0 else False
print("PARENT", of(os.getppid()))
"""
    result, printed = attack(text)

    assert "OWN False False" in printed
    assert result.trace.failure is None
    if result.trace.protection.is_whole:
        assert "PARENT False" in printed


def test_parent_is_not_killed(attack):
    text = """
try:
    os.kill(os.getppid(), 9)
except PermissionError as error:
    print("REFUSED", error)
print("BY C", libc.kill(os.getppid(), 0))
"""
    result, printed = attack(text)

    assert "REFUSED The script wants to end process" in printed
    assert ("BY C -1" in printed) is is_refused(result, "other processes")


def test_recursion_without_end_is_ended_when_the_limit_is_lifted(attack):
    result, _ = attack("sys.setrecursionlimit(10 ** 9)\ndef f(): return f()\nf()", memory_mb="700")

    assert result.trace.failure.type in ("OutOfMemory", "MemoryError", "WorkerLost")
    assert "emory" in result.trace.failure.message


def test_tampering_with_guards_opens_nothing(attack, tmp_path):
    text = f"""
import gc
sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None); threading.settrace(lambda *a: None)
for thing in gc.get_objects():
    if type(thing).__name__ == "Guard":
        thing.active = False
        thing.handlers.clear()
    if type(thing).__name__ == "Patches":
        thing.undo()
sys.addaudithook(lambda event, arguments: None)
model(np.zeros((1, 4), "float32"))
try:
    open({str(tmp_path / "evil.txt")!r}, "w").write("x")
    print("WROTE")
except OSError as error:
    print("REFUSED", type(error).__name__)
import socket
try:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
except OSError as error:
    print("NETWORK", type(error).__name__)
"""
    texts = []
    path = tmp_path / "script.py"
    path.write_text(MODEL + text)

    result = open_file(
        path, on_event=lambda e: texts.append(e.text) if isinstance(e, Output) else None
    )

    printed = "".join(texts)
    assert len([run for run in result.trace.runs if run.kind == "forward"]) == 2
    if is_refused(result, "files"):
        assert "REFUSED PermissionError" in printed
        assert not (tmp_path / "evil.txt").exists()
    if is_refused(result, "network"):
        assert "NETWORK PermissionError" in printed


def test_threads_that_never_end_do_not_keep_the_worker(attack):
    text = """
def work():
    while True:
        time.sleep(0.001)
for _ in range(30):
    threading.Thread(target=work).start()
"""
    began = time.monotonic()
    result, _ = attack(text)

    assert result.trace.failure is None
    assert result.lost is None
    assert time.monotonic() - began < 30


def test_large_file_is_refused_at_its_line(attack):
    text = """
with open('big.bin', 'wb') as file:
    for _ in range(10_240): file.write(bytes(1 << 20))
"""

    result, _ = attack(text, file_mb="30")

    assert result.trace.failure.type == "OSError"
    assert "large" in result.trace.failure.message
    assert result.trace.failure.line >= LINE


def test_flood_of_files_is_ended_with_the_reason(attack):
    text = """
for i in range(1_000_000):
    with open(f"{i}.bin", "wb") as file:
        file.write(bytes(1 << 20))
"""
    result, _ = attack(text, scratch_mb="40")

    assert result.trace.failure.type == "OutOfDisk"
    assert "INSPECTOR_SCRATCH_MB" in result.trace.failure.fix


def test_too_many_open_files_are_an_error_of_the_script(attack):
    result, _ = attack("kept = [open(os.devnull) for _ in range(5000)]", open_files="200")

    assert result.trace.failure.type == "OSError"
    assert "Too many open files" in result.trace.failure.message


def test_import_without_end_is_stopped_in_the_users_module(attack, tmp_path):
    (tmp_path / "endless.py").write_text("import time\nwhile True:\n    time.sleep(0.01)\n")

    result, _ = attack("import endless", open_seconds="2")

    assert result.trace.failure.type == "Stopped"
    assert result.trace.failure.file.endswith("endless.py")


def test_busy_threads_are_stopped_by_their_processor_time(attack):
    result, _ = attack("while True: pass", cpu_seconds="2", open_seconds="50")

    assert result.trace.failure.type == "Stopped"
    assert "processor time" in result.trace.failure.message
    assert "INSPECTOR_CPU_SECONDS" in result.trace.failure.fix


def test_native_loop_that_holds_the_lock_is_ended_by_the_system(attack):
    # One call of C code that never looks up: no signal handler and no thread of ours gets to run.
    text = "import re\nre.match('(a+)+$', 'a' * 60 + 'b')"

    result, _ = attack(text, cpu_seconds="2", open_seconds="50")

    assert result.trace.failure is not None
    assert "processor time" in result.trace.failure.message


def test_client_stays_responsive_while_a_script_attacks(script):
    text = """
def flood():
    while True: os.write(2, b"x" * 65536)
for _ in range(3): threading.Thread(target=flood, daemon=True).start()
while True: print("x" * 1000)
"""
    events, ended = [], []
    client = Client(
        lambda e: (events.append(e), ended.append(e) if isinstance(e, Opened | Lost) else 0)
    )
    client.start()
    client.send(OpenFile(str(script(text))))
    deadline = time.monotonic() + 40
    while not any(isinstance(e, RunUpdated) for e in events) and time.monotonic() < deadline:
        time.sleep(0.02)

    slowest = 0.0
    for _ in range(50):
        began = time.monotonic()
        time.sleep(0.01)
        slowest = max(slowest, time.monotonic() - began)
    client.stop()
    while not ended and time.monotonic() < deadline:
        time.sleep(0.02)
    client.close()

    assert slowest < 1.0
    assert ended
    assert not os.path.exists(f"/proc/{client.pid}")
