"""`inspector run`: what it prints and writes, and how it ends."""

import json
import os
import signal
import subprocess
import sys

import numpy as np

from inspector.cli import main
from tests.cli.model_file import MODEL


def test_run_prints_the_steps_and_writes_the_trace(inspector, tmp_path):
    (tmp_path / "model.py").write_text(MODEL)

    result = inspector("run", "model.py", "--json", "out.json")

    assert result.returncode == 0, result.stderr
    assert "dense" in result.stdout
    assert "(2, 4) → (2, 3)" in result.stdout
    assert "from the script" in result.stderr
    assert "from the script" not in result.stdout
    names = [
        c["name"]
        for r in json.loads((tmp_path / "out.json").read_text())["runs"]
        for c in r["calls"]
    ]
    assert "dense" in names


def test_run_ends_with_1_and_keeps_the_trace_when_the_script_fails(inspector, tmp_path):
    (tmp_path / "model.py").write_text(MODEL + "model(np.ones((2, 7), 'float32'))\n")

    result = inspector("run", "model.py", "--json", "out.json")

    assert result.returncode == 1
    assert "model.py:7" in result.stdout
    assert json.loads((tmp_path / "out.json").read_text())["runs"]


def test_run_feeds_an_array_file_named_relative_to_where_the_command_runs(inspector, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.py").write_text(MODEL)
    np.save(tmp_path / "batch.npy", np.ones((7, 4), "float32"))

    result = inspector("run", "models/model.py", "--model", "small", "--input", "inputs=batch.npy")

    assert result.returncode == 0, result.stdout + result.stderr
    assert "(7, 4) → (7, 3)" in result.stdout


def test_run_ends_with_2_when_an_array_file_is_missing(tmp_path, capsys):
    (tmp_path / "model.py").write_text("x = 1")

    code = main(["run", str(tmp_path / "model.py"), "--input", "x=missing.npy"])

    assert code == 2
    assert "there is no file missing.npy" in capsys.readouterr().err


def test_run_ends_with_1_when_there_is_no_model(inspector, tmp_path):
    (tmp_path / "model.py").write_text("print('nothing here')\n")

    result = inspector("run", "model.py")

    assert result.returncode == 1
    assert "No Keras model" in result.stdout


def test_run_ends_with_2_when_the_file_is_no_python(inspector, tmp_path):
    (tmp_path / "model.py").write_text("def (:\n")

    result = inspector("run", "model.py")

    assert result.returncode == 2
    assert "line 1" in result.stderr
    assert "Traceback" not in result.stderr


def test_run_prints_on_a_terminal_that_knows_ascii_only(inspector, saved, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    result = inspector("run", saved)

    assert result.returncode == 0, result.stderr
    assert "inner" in result.stdout


def test_run_stops_quietly_when_nobody_reads_on(inspector, saved, tmp_path):
    code = f"{sys.executable} -m inspector run {saved} | head -1"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}

    result = subprocess.run(
        ["bash", "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "Traceback" not in result.stderr
    assert "Exception" not in result.stderr


def test_run_keeps_the_trace_when_it_is_stopped_with_ctrl_c(tmp_path):
    (tmp_path / "model.py").write_text(MODEL + "print('looping', flush=True)\nwhile True: pass\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "inspector", "run", "model.py", "--json", "out.json"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that were started in the background ignore Ctrl+C, and hand that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    for line in process.stderr:
        if "looping" in line:
            break

    process.send_signal(signal.SIGINT)
    try:
        shown, errors = process.communicate(timeout=60)
    finally:
        process.kill()

    assert process.returncode == 1
    assert "Stopped" in shown
    assert "Traceback" not in errors
    assert json.loads((tmp_path / "out.json").read_text())["runs"]
