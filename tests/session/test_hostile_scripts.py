"""Scripts that end, crash, flood or never end: the client lives, and what was recorded stays."""

from __future__ import annotations

import os
import threading
import time

import pytest

from inspector.session.client import Client, open_file
from inspector.session.protocol import Hello, Lost, Opened, OpenFile, Output, RunUpdated

MODEL = """\
import keras, numpy as np
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model(np.ones((2, 4), "float32"))
"""
LINE = MODEL.count("\n") + 1  # of what comes after the model


@pytest.fixture
def script(tmp_path):
    def write(text, name="script.py"):
        path = tmp_path / name
        path.write_text(MODEL + text)
        return path

    return write


def forward_runs(trace):
    return [run for run in trace.runs if run.kind == "forward"]


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("import sys; sys.exit(3)", "SystemExit", "sys.exit(3)"),
        ("exit()", None, ""),
        ("import os; os._exit(5)", "SystemExit", "os._exit(5)"),
        ("import os; os.abort()", "SystemExit", "os.abort()"),
        ("import os; os.kill(os.getpid(), 9)", "SystemExit", "signal 9"),
        ("raise ValueError('on purpose')", "ValueError", "on purpose"),
        ("def f(): return f()\nf()", "RecursionError", "without end"),
        ("x = np.ones((100, 1 << 27))", "MemoryError", "GiB"),
        ("import os\nos.fork()", "ProcessBlocked", "process"),
        ("import nowhere", "ModuleNotFoundError", "nowhere"),
        ("class E(Exception):\n    def __str__(self): raise E()\nraise E()", "E", "E"),
    ],
)
def test_opening_keeps_the_run_and_names_the_line_when_script_ends_badly(
    script, text, kind, message
):
    path = script(text)

    result = open_file(path)

    assert len(forward_runs(result.trace)) == 1
    assert result.lost is None
    if kind is None:
        assert result.trace.failure is None
    else:
        failure = result.trace.failure
        assert (failure.type, failure.file) == (kind, str(path))
        assert failure.line >= LINE
        assert message in failure.message
        assert failure.fix


@pytest.mark.parametrize(
    ("text", "exit_code", "line"),
    [
        ("import ctypes\nctypes.string_at(0)", -11, LINE + 1),
        ("import ctypes\nlibc = ctypes.CDLL(None)\nlibc.kill(libc.getpid(), 9)", -9, None),
    ],
)
def test_opening_keeps_the_run_when_the_worker_dies(script, text, exit_code, line):
    result = open_file(script(text))

    assert len(forward_runs(result.trace)) == 1
    assert result.lost.exit_code == exit_code
    assert result.trace.failure.type == "WorkerLost"
    assert result.trace.failure.line == line


def test_dump_of_a_crash_is_not_shown_as_output_of_the_script(script):
    shown = []

    result = open_file(
        script("import ctypes\nprint('before', flush=True)\nctypes.string_at(0)"),
        on_event=lambda event: shown.append(event.text) if isinstance(event, Output) else None,
    )

    assert result.lost is not None
    assert "".join(shown) == "before\n"


def test_worker_ends_itself_when_memory_is_above_the_limit(script):
    text = "xs = []\nwhile True:\n    xs.append(np.ones(1 << 18))"
    environment = {"INSPECTOR_MEMORY_MB": "700"}

    result = open_file(script(text), environment=environment, timeout_s=60)

    assert "memory" in result.lost.reason
    assert result.trace.failure.type == "OutOfMemory"
    assert result.trace.failure.line == LINE + 2
    assert len(forward_runs(result.trace)) == 1


def test_output_is_cut_when_script_prints_a_million_lines(script):
    texts = []

    result = open_file(
        script("for i in range(1_000_000): print('line', i)"),
        on_event=lambda event: texts.append(event.text) if isinstance(event, Output) else None,
        environment={"INSPECTOR_OUTPUT_KB": "100"},
    )

    assert result.trace.failure is None
    assert 100_000 < sum(map(len, texts)) < 110_000
    assert "cut here" in "".join(texts)
    assert "more characters are not shown" in texts[-1]


@pytest.mark.parametrize("text", ["while True: pass", "import threading\nthreading.Event().wait()"])
def test_stop_ends_the_script_when_it_loops(script, text):
    events, running, ended = [], threading.Event(), threading.Event()

    def take(event):
        events.append(event)
        if isinstance(event, RunUpdated) and event.run.kind == "forward" and event.ended:
            running.set()
        if isinstance(event, Opened | Lost):
            ended.set()

    client = Client(take)
    client.start()
    client.send(OpenFile(str(script(text))))
    assert running.wait(30)
    time.sleep(0.3)
    began = time.monotonic()
    client.stop()
    assert ended.wait(10)
    took = time.monotonic() - began
    client.close()

    assert took < 2.5
    assert events[-1].trace.failure.type == "Stopped"
    assert events[-1].trace.failure.line >= LINE
    assert len(forward_runs(events[-1].trace)) == 1


def test_stop_kills_the_worker_when_the_script_swallows_everything(script):
    text = """
import signal, ctypes
while True:
    try:
        while True: ctypes.PyDLL(None).sleep(100)
    except BaseException:
        pass
"""
    events, running, ended = [], threading.Event(), threading.Event()

    def take(event):
        events.append(event)
        if isinstance(event, RunUpdated) and event.run.kind == "forward" and event.ended:
            running.set()
        if isinstance(event, Lost):
            ended.set()

    client = Client(take, stop_grace_s=1.0)
    client.start()
    client.send(OpenFile(str(script(text))))
    assert running.wait(30)
    client.stop()
    assert ended.wait(10)
    client.close()

    assert [type(event) for event in events].count(Lost) == 1
    assert "did not stop" in events[-1].reason
    assert not client.is_alive


def test_script_is_stopped_and_failed_when_its_time_is_over(script):
    result = open_file(
        script("while True: model(np.ones((2, 4), 'float32'))"),
        environment={"INSPECTOR_OPEN_SECONDS": "2", "INSPECTOR_KEEP_RUNS": "3"},
    )

    assert result.trace.failure.type == "Stopped"
    assert result.trace.failure.line == LINE
    assert "INSPECTOR_OPEN_SECONDS" in result.trace.failure.fix
    assert len(forward_runs(result.trace)) == 3
    assert result.trace.models[0].runs_not_kept > 0


def test_nothing_real_is_changed_when_script_writes_and_deletes(script, tmp_path):
    (tmp_path / "kept.txt").write_text("real")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("a")
    text = """
import os, shutil, pathlib
open("new.txt", "w").write("new")
open("kept.txt", "a").write(" and more")
print("A", open("kept.txt").read(), sorted(os.listdir(".")))
shutil.rmtree("folder")
os.rename("kept.txt", "moved.txt")
pathlib.Path("deep/er").mkdir(parents=True)
pathlib.Path("deep/er/x.txt").write_text("x")
np.save("array", np.ones(3))
model.save("model.keras")
print("B", os.path.exists("folder"), os.path.exists("kept.txt"), open("moved.txt").read())
print("C", pathlib.Path("deep/er/x.txt").read_text(), np.load("array.npy").sum())
print("D", keras.models.load_model("model.keras").count_params())
"""
    texts = []
    path = script(text)
    before = sorted(os.listdir(tmp_path))

    result = open_file(
        path, on_event=lambda e: texts.append(e.text) if isinstance(e, Output) else None
    )

    printed = "".join(texts)
    assert result.trace.failure is None, result.trace.failure
    assert "A real and more ['folder', 'kept.txt', 'new.txt', 'script.py']" in printed
    assert "B False False real and more" in printed
    assert "C x 3.0" in printed
    assert "D 15" in printed
    assert sorted(os.listdir(tmp_path)) == before
    assert (tmp_path / "kept.txt").read_text() == "real"
    assert (tmp_path / "folder" / "a.txt").exists()
    assert {"write new.txt", "write kept.txt"} <= {one.what for one in result.trace.replaced}


def test_stop_ends_the_opening_when_it_comes_before_the_script_runs(script):
    events, ended = [], threading.Event()

    def take(event):
        events.append(event)
        if isinstance(event, Hello):
            client.stop()
        if isinstance(event, Opened | Lost):
            ended.set()

    client = Client(take, stop_grace_s=20.0)
    client.send(OpenFile(str(script("while True: pass"))))
    client.start()
    assert ended.wait(30)
    client.close()

    assert events[-1].trace.failure.type == "Stopped"
