"""`inspector export` and `inspector screenshot`: pictures of a run."""

import pytest
from handmade_runs import nested, run

from inspector.cli import main
from inspector.cli.export import chosen_run
from inspector.errors import ExportError
from inspector.trace import Engine, Failure, Trace


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


@pytest.mark.parametrize(("command", "name"), [("export", "a.svg"), ("screenshot", "a.png")])
def test_missing_folder_is_said_before_the_file_runs(tmp_path, capsys, command, name):
    (tmp_path / "model.py").write_text("print('it ran')\n")

    code = main([command, str(tmp_path / "model.py"), "-o", str(tmp_path / "none" / name)])

    said = capsys.readouterr().err
    assert 2 == code
    assert "there is no folder" in said
    assert "it ran" not in said
