"""`inspector diff`: exit codes, the first call where two runs part, and bad input."""

import json
import subprocess

import pytest
from handmade_runs import call, nested, run

from inspector.cli import main
from inspector.exporters.trace_json import trace_text
from inspector.trace import Engine, Trace

MODEL = """
import keras
import numpy as np

inputs = keras.Input((4,), name="x")
x = keras.layers.Dense(8, activation="relu", name="first")(inputs)
x = keras.layers.Dropout(0.5, name="drop")(x)
outputs = keras.layers.Dense(2, name="head")(x)
model = keras.Model(inputs, outputs, name="small")
print("from the script")
model(np.ones((2, 4), "float32"))
"""


@pytest.fixture
def write(tmp_path):
    """`write("a.py", "Dense(8", "Dense(9")`: the model, changed, as a file."""

    def make(name, old="", new=""):
        path = tmp_path / name
        assert old in MODEL
        path.write_text(MODEL.replace(old, new) if old else MODEL)
        return str(path)

    return make


@pytest.fixture
def save(tmp_path):
    """`save("a.json", run)`: a saved trace of that run."""

    def make(name, saved):
        path = tmp_path / name
        path.write_text(trace_text(Trace("m.py", Engine("numpy", "cpu", "-"), runs=(saved,))))
        return str(path)

    return make


def diff(capsys, *words):
    """Exit code and what JSON says."""
    code = main(["diff", *words, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_diff_ends_with_0_when_the_files_are_identical(write, capsys):
    code = main(["diff", write("a.py"), write("b.py")])

    shown = capsys.readouterr()
    assert code == 0
    assert "The same: 4 calls, values equal within 1e-05." in shown.out
    assert "from the script" in shown.err
    assert "from the script" not in shown.out


def test_diff_names_the_first_call_when_units_were_changed(write, capsys):
    code = main(["diff", write("a.py"), write("b.py", "Dense(8", "Dense(9")])

    shown = capsys.readouterr().out
    assert code == 1
    assert (
        "They part first at small/first (Dense), a.py:6 | b.py:6: output (2, 8) against (2, 9)"
        in shown
    )
    assert "4 calls: 4 differ" in shown


def test_diff_names_the_first_call_when_only_values_differ(write, capsys):
    code, found = diff(capsys, write("a.py"), write("b.py", "relu", "tanh"))

    assert code == 1
    assert found["values_compared"]
    assert found["first"]["path"] == "small/first"
    assert found["first"]["aspects"] == [{"what": "ops", "a": "relu", "b": "tanh"}]
    output = found["first"]["values"][0]
    assert output["what"] == "output 0"
    assert 0 < output["relative"] <= 2
    assert all(value["maximum"] == 0 for value in found["first"]["values"][1:])


def test_diff_sees_a_layer_that_was_put_in(write, capsys):
    more = 'drop")(x)\nx = keras.layers.Dense(8, name="more")(x)'

    code, found = diff(capsys, write("a.py"), write("b.py", 'drop")(x)', more))

    assert code == 1
    assert (found["first"]["path"], found["first"]["state"]) == ("small/more", "only in B")
    assert found["counts"]["identical"] == 2


def test_diff_parts_at_the_dropout_when_training_is_against_inference(write, capsys):
    code, found = diff(capsys, write("a.py"), "--training-twin")

    assert code == 1
    assert (found["a"]["training"], found["b"]["training"]) == (False, True)
    assert found["first"]["path"] == "small/drop"
    assert [c["state"] for c in found["calls"]] == ["differs", "identical", "differs", "differs"]


def test_diff_is_the_same_in_both_modes_when_nothing_depends_on_it(write, capsys):
    code, found = diff(capsys, write("a.py", "Dropout(0.5", "Dropout(0.0"), "--training-twin")

    assert code == 0
    assert found["first"] is None


TRAINED = """
import keras
import numpy as np

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="head")], name="small")
model.compile("sgd", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
"""


def test_diff_step_twin_names_the_first_layer_that_training_moved(tmp_path, capsys):
    path = tmp_path / "trained.py"
    path.write_text(TRAINED)

    code, found = diff(capsys, str(path), "--twin", "step")

    assert code == 1
    assert found["first"]["path"] == "small/head"


def test_diff_step_twin_needs_a_training_step(write, capsys):
    assert main(["diff", write("a.py"), "--twin", "step"]) == 2
    assert "no training step of small" in capsys.readouterr().err


def test_diff_float16_twin_is_the_same_up_to_the_dtypes_roundings(write, capsys):
    code, found = diff(capsys, write("a.py"), "--twin", "float16")

    assert (code, found["tolerance"]) == (0, 0.01)
    assert main(["diff", write("a.py"), "--twin", "float16", "--tolerance", "1e-6"]) == 1


def test_diff_cupy_twin_says_why_where_there_is_no_gpu(write, capsys, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")

    assert main(["diff", write("a.py"), "--twin", "cupy"]) == 2
    assert "cupy" in capsys.readouterr().err.lower()


def test_diff_compares_with_the_file_of_a_revision(tmp_path, write, capsys):
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@x"]
    path = write("a.py")
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "a.py"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "first"], check=True)
    write("a.py", "Dense(8", "Dense(9")

    code, found = diff(capsys, path, f"{path}@HEAD")

    assert code == 1
    assert found["first"]["path"] == "small/first"


def test_diff_says_that_a_revision_is_not_there(tmp_path, write, capsys):
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)

    assert main(["diff", write("a.py"), str(tmp_path / "a.py@nowhere")]) == 2
    assert "There is no revision" in capsys.readouterr().err


def test_diff_feeds_both_the_input_that_was_asked_for(write, capsys):
    files = write("a.py"), write("b.py", "np.ones", "np.zeros")

    code, found = diff(capsys, *files)
    fed_code, fed = diff(capsys, *files, "--input", "float32[5,4]")

    assert (code, fed_code) == (1, 0)
    assert "not fed the same" in found["notes"][0]
    assert (found["inputs"][0]["maximum"], fed["inputs"][0]["maximum"]) == (1.0, 0.0)


def test_diff_says_that_weights_differ(write, capsys):
    other = write("b.py", "Dense(2,", "Dense(2, kernel_initializer='ones',")

    code, found = diff(capsys, write("a.py"), other)

    assert code == 1
    assert found["first"]["path"] == "small/head"
    assert "Weights differ, first in small/head" in found["notes"][0]


def test_diff_goes_by_the_tolerance(write, capsys):

    files = write("a.py"), write("b.py", 'drop")(x)', 'drop")(x * 1.001)')

    assert main(["diff", *files]) == 1
    assert main(["diff", *files, "--tolerance", "0.01"]) == 0
    assert "within tolerance" in capsys.readouterr().out


def test_diff_compares_what_ran_when_one_file_fails(write, capsys):
    code, found = diff(capsys, write("a.py"), write("b.py", "ones((2, 4)", "ones((2, 5)"))

    assert code == 1
    assert found["run"][0]["what"] == "failure"
    assert "b.py stopped: ValueError" in found["notes"][0]


def test_diff_compares_the_structure_of_two_saved_traces(save, capsys):
    other = nested()
    changed = run([*other.calls[:-1], call("head", outputs=[(8, 9)])], other.edges)
    files = save("a.json", nested()), save("b.json", changed)

    assert main(["diff", files[0], files[0]]) == 0
    assert "No values were compared, only structure." in capsys.readouterr().out
    code, found = diff(capsys, *files)

    assert code == 1
    assert found["first"]["path"] == "head"
    assert not found["values_compared"]


def test_diff_ends_with_2_when_a_file_is_missing(write, tmp_path, capsys):
    code = main(["diff", write("a.py"), str(tmp_path / "missing.py")])

    shown = capsys.readouterr()
    assert code == 2
    assert "missing.py does not exist" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.py"], "nothing to compare with"),
        (["a.py", "a.py", "--training-twin"], "takes one file"),
        (["a.json", "--training-twin"], "cannot be run again"),
        (["a.json", "a.json", "--tolerance", "-1"], "a tolerance is 0 or more"),
        (["a.json", "a.json", "--tolerance", "nan"], "a tolerance is 0 or more"),
        (["a.json", "a.json", "--input", "float32[2]"], "takes no --input"),
        (["a.json", "a.json", "--model", "other"], "no run of a model called 'other'"),
        (["a.py", "--training-twin", "--model", "other"], "no model called 'other'"),
        (["a.json", "alien.json"], "no call in common"),
        (["a.json", "nothing.json"], "nothing was run"),
        (["a.json", "build.json"], "only built, the other only run"),
    ],
)
def test_diff_ends_with_2_and_says_why_when_nothing_can_be_compared(
    write, save, tmp_path, monkeypatch, capsys, words, says
):
    write("a.py")
    save("a.json", nested())
    save("build.json", run(nested().calls, [], kind="build"))
    alien = run([call("n", class_="Model"), call("n/z", "n#0", depth=1, class_="GRU")], [])
    save("alien.json", alien)
    (tmp_path / "nothing.json").write_text(trace_text(Trace("m.py", Engine("numpy", "cpu", "-"))))
    monkeypatch.chdir(tmp_path)

    code = main(["diff", *words])

    error = capsys.readouterr().err
    assert code == 2
    assert says in error
    assert "Traceback" not in error
