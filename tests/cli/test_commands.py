"""Commands from the outside: exit codes, what is written where, and bad input."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from handmade_runs import nested, run

from inspector.cli import main
from inspector.cli import run as run_command
from inspector.cli.display import no_display_reason
from inspector.cli.export import chosen_run
from inspector.cli.source_file import check_readable, load_trace
from inspector.errors import ExportError, OpenError
from inspector.exporters.svg import MARKER
from inspector.exporters.trace_json import trace_text
from inspector.trace import Engine, Failure, Trace

MODEL = """
import keras
import numpy as np
print("from the script")
model = keras.Sequential([keras.layers.Dense(3, name="dense")], name="small")
model(np.ones((2, 4), "float32"))
"""


@pytest.fixture
def saved(tmp_path):
    """A trace in a file, as `inspector run --json` writes it."""
    path = tmp_path / "saved.json"
    path.write_text(trace_text(Trace("model.py", Engine("numpy", "cpu", "-"), runs=(nested(),))))
    return path


@pytest.fixture
def inspector(tmp_path):
    """`inspector("run", FILE)` in a process of its own, in an empty folder."""

    def call(*words):
        return subprocess.run(
            [sys.executable, "-m", "inspector", *map(str, words)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return call


@pytest.mark.parametrize("command", ["run", "check", "export", "window", "screenshot"])
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.py", None, "does not exist"),
        ("empty.py", b"  \n", "is empty"),
        ("picture.py", b"\x89PNG\0\0", "binary"),
        ("folder", "folder", "is a folder"),
        ("model.keras", b"PK\3\4", "a damaged zip archive"),
        ("book.ipynb", b"{}", "no notebook"),
        ("model.pkl", b"\x80\4K\1.\0", "a pickle, which runs code"),
    ],
)
def test_command_ends_with_2_when_the_file_cannot_be_opened(
    tmp_path, capsys, command, name, content, says
):
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    output = ["-o", str(tmp_path / "out.png")] if command in ("export", "screenshot") else []

    code = main([*([] if command == "window" else [command]), str(path), *output])

    error = capsys.readouterr().err
    assert code == 2
    assert says in error
    assert "Traceback" not in error


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_check_readable_raises_when_the_file_may_not_be_read(tmp_path):
    path = tmp_path / "secret.py"
    path.write_text("x = 1")
    path.chmod(0)

    with pytest.raises(OpenError, match="cannot be read"):
        check_readable(path)


def test_main_ends_with_2_when_an_input_makes_no_sense(tmp_path, capsys):
    path = tmp_path / "model.py"
    path.write_text("x = 1")

    code = main(["run", str(path), "--input", "float32[2"])

    assert code == 2
    assert "'float32[2' is not an input" in capsys.readouterr().err


def test_main_shows_no_traceback_when_inspector_itself_fails(monkeypatch, capsys, tmp_path):
    path = tmp_path / "model.py"
    path.write_text("x = 1")

    def broken(_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(run_command, "run", broken)
    code = main(["run", str(path)])

    error = capsys.readouterr().err
    assert code == 1
    assert "RuntimeError: a fault" in error
    assert "Traceback" not in error


def test_export_writes_a_saved_trace_in_any_text_format(saved, tmp_path):
    for suffix in (".svg", ".dot", ".html", ".graphml", ".json"):
        assert main(["export", str(saved), "-o", str(tmp_path / f"out{suffix}")]) == 0

        assert (tmp_path / f"out{suffix}").stat().st_size > 100


def test_export_ends_with_2_when_the_format_is_unknown(saved, tmp_path, capsys):
    code = main(["export", str(saved), "-o", str(tmp_path / "out.bmp")])

    assert code == 2
    assert ".svg" in capsys.readouterr().err


def test_export_uses_a_one_off_plugin(saved, tmp_path):
    plugin = tmp_path / "shouting.py"
    plugin.write_text(
        "from inspector.api import Exporter, hookimpl\n"
        "def write(run, path):\n"
        "    path.write_text(' '.join(call.name.upper() for call in run.calls))\n"
        "@hookimpl\n"
        "def register_exporters():\n"
        "    return [Exporter('Shouting', '.loud', write)]\n"
    )

    code = main(["export", str(saved), "-o", str(tmp_path / "a.loud"), "--plugin", str(plugin)])

    assert code == 0
    assert (tmp_path / "a.loud").read_text().startswith("OUTER FIRST INNER")


def test_load_trace_raises_when_the_file_is_another_json(tmp_path):
    path = tmp_path / "other.json"
    path.write_text('{"schema": "something/1"}')

    with pytest.raises(OpenError, match="not a trace"):
        load_trace(path)


def test_chosen_run_is_the_one_that_failed():
    trace = Trace(
        "m.py",
        Engine("numpy", "cpu", "-"),
        runs=(nested(), run(nested().calls[:2], [], failure=Failure(None, "E", "no"))),
    )

    assert chosen_run(trace).failure is not None
    assert chosen_run(trace, 1) is trace.runs[0]


@pytest.mark.parametrize("number", [0, 2])
def test_chosen_run_raises_when_there_is_no_such_run(number):
    trace = Trace("m.py", Engine("numpy", "cpu", "-"), runs=(nested(),))

    with pytest.raises(ExportError, match="no run"):
        chosen_run(trace, number)


def test_check_tells_findings_in_three_formats(tmp_path, capsys):
    path = tmp_path / "broken.json"
    failure = Failure("head#0", "ValueError", "does not fit", file="m.py", line=5)
    made = run(nested().calls, nested().edges, failure=failure)
    path.write_text(trace_text(Trace("m.py", Engine("numpy", "cpu", "-"), runs=(made,))))

    codes, shown = [], []
    for words in ("text", "json", "sarif"):
        codes.append(main(["check", str(path), "--format", words]))
        shown.append(capsys.readouterr().out)

    assert codes == [1, 1, 1]
    assert "m.py:5: error: ValueError: does not fit [run-failed]" in shown[0]
    assert json.loads(shown[1])[0]["rule"] == "run-failed"
    result = json.loads(shown[2])["runs"][0]["results"][0]
    physical = result["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "m.py"}, "region": {"startLine": 5}}


def test_window_without_a_display_prints_and_writes_a_diagram(saved, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    code = main([str(saved)])

    shown = capsys.readouterr()
    assert code == 0
    assert "no display" in shown.err
    assert "inner" in shown.out
    assert MARKER in (tmp_path / "saved.svg").read_text()


def test_window_without_a_display_writes_over_its_own_diagram_only(
    saved, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved.svg").write_text("<svg>mine</svg>")

    main([str(saved)])

    assert (tmp_path / "saved.svg").read_text() == "<svg>mine</svg>"
    assert "left alone" in capsys.readouterr().err
    (tmp_path / "saved.svg").write_text(MARKER)
    main([str(saved)])
    assert "outer" in (tmp_path / "saved.svg").read_text()


def test_display_is_missing_when_the_x_server_does_not_answer(monkeypatch):
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":4242")

    assert "does not answer" in no_display_reason()


def test_doctor_says_engine_and_versions(capsys):
    code = main(["doctor", "--engine", "numpy"])

    shown = capsys.readouterr().out
    assert code == 0
    assert "numpy on cpu" in shown
    assert "NumPy was asked for" in shown


def test_screenshot_ends_with_2_when_the_size_is_no_size(saved, tmp_path, capsys):
    code = main(["screenshot", str(saved), "-o", str(tmp_path / "a.png"), "--size", "big"])

    assert code == 2
    assert "1480x920" in capsys.readouterr().err


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_export_paints_pictures(inspector, saved, tmp_path, suffix, start):
    result = inspector("export", saved, "-o", f"out{suffix}")

    assert result.returncode == 0, result.stderr
    assert (tmp_path / f"out{suffix}").read_bytes().startswith(start)


def test_screenshot_renders_the_window_on_a_saved_trace(inspector, saved, tmp_path):
    result = inspector("screenshot", saved, "-o", "shot.png", "--size", "800x600")

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "shot.png").read_bytes().startswith(b"\x89PNG")


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


def test_window_command_names_no_file_when_there_is_none(capsys):
    assert main([]) == 2
    assert "no file" in capsys.readouterr().err


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


FAILING = """
import keras
import numpy as np
model = keras.Sequential([keras.layers.Dense(3, name="dense")], name="small")
model(np.ones((2, 4), "float32"))
model(np.ones((2, 5), "float32"))
"""


def test_screenshot_ends_with_1_and_writes_the_picture_when_the_run_failed(inspector, tmp_path):
    (tmp_path / "failing.py").write_text(FAILING)

    result = inspector("screenshot", "failing.py", "-o", "shot.png")

    assert 1 == result.returncode, result.stderr
    assert (tmp_path / "shot.png").read_bytes().startswith(b"\x89PNG")


def test_screenshot_ends_with_1_when_the_file_has_no_model(inspector, tmp_path):
    (tmp_path / "plain.py").write_text("x = 1\n")

    result = inspector("screenshot", "plain.py", "-o", "shot.png")

    assert 1 == result.returncode, result.stderr


@pytest.mark.parametrize("words", [("--step", "0"), ("--step", "999"), ("--run", "9")])
def test_screenshot_ends_with_2_when_there_is_no_such_place(inspector, saved, tmp_path, words):
    result = inspector("screenshot", saved, "-o", "shot.png", *words)

    assert 2 == result.returncode
    assert f"There is no {words[0][2:]} {words[1]};" in result.stderr
    assert not (tmp_path / "shot.png").exists()


def test_unknown_command_is_named(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["frobnicate", "x.py"])

    assert 2 == ended.value.code
    assert "there is no command 'frobnicate'" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "name"), [("export", "a.svg"), ("screenshot", "a.png")])
def test_missing_folder_is_said_before_the_file_runs(tmp_path, capsys, command, name):
    (tmp_path / "model.py").write_text("print('it ran')\n")

    code = main([command, str(tmp_path / "model.py"), "-o", str(tmp_path / "none" / name)])

    said = capsys.readouterr().err
    assert 2 == code
    assert "there is no folder" in said
    assert "it ran" not in said
