"""Every command: what it refuses, what it says without a display, and faults of ours."""

import json
import os
import sys

import pytest
from handmade_runs import nested, run

from inspector.cli import main
from inspector.cli import run as run_command
from inspector.cli.display import no_display_reason
from inspector.cli.source_file import check_readable, load_trace
from inspector.errors import OpenError
from inspector.exporters.svg import MARKER
from inspector.exporters.trace_json import trace_text
from inspector.trace import Engine, Failure, Trace


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


def test_load_trace_raises_when_the_file_is_another_json(tmp_path):
    path = tmp_path / "other.json"
    path.write_text('{"schema": "something/1"}')

    with pytest.raises(OpenError, match="not a trace"):
        load_trace(path)


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


def test_window_command_names_no_file_when_there_is_none(capsys):
    assert main([]) == 2
    assert "no file" in capsys.readouterr().err


def test_unknown_command_is_named(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["frobnicate", "x.py"])

    assert 2 == ended.value.code
    assert "there is no command 'frobnicate'" in capsys.readouterr().err
