"""`inspector check --contract`: written, kept, broken, and refused before anything is run."""

from __future__ import annotations

import json

import pytest

from inspector.cli import main

MODEL = """
import keras
import numpy as np

x = keras.Input((4,), name="x")
outputs = keras.layers.Dense(2, name="head")(keras.layers.Dense(8, name="first")(x))
model = keras.Model(x, outputs, name="small")
model(np.ones((2, 4), "float32"))
"""


@pytest.fixture
def files(tmp_path):
    """The model, the same with one layer wider and another batch, and where contracts go."""
    (tmp_path / "a.py").write_text(MODEL)
    (tmp_path / "b.py").write_text(MODEL.replace("Dense(8", "Dense(9"))
    (tmp_path / "c.py").write_text(MODEL.replace("(2, 4)", "(6, 4)"))
    return [str(tmp_path / name) for name in ("a.py", "b.py", "c.py", "contract.json")]


def test_contract_that_was_written_is_kept_until_the_structure_changes(files, capsys):
    same, wider, more_samples, contract = files

    written = main(["check", same, "--write-contract", contract])
    said = capsys.readouterr().err
    kept = main(["check", more_samples, "--contract", contract])
    also_said = capsys.readouterr().err
    broken = main(["check", wider, "--contract", contract, "--format", "json"])
    found = json.loads(capsys.readouterr().out)

    assert (written, kept, broken) == (0, 0, 1)
    assert "contract of 1 model with 3 calls written to" in said
    assert "is kept" in also_said
    assert [one["message"] for one in found if one["rule"] == "contract"] == [
        "small/first: expected output float32[batch,8], found float32[batch,9].",
        "small/first: expected weights kernel float32[4,8] and bias float32[8], "
        "found kernel float32[4,9] and bias float32[9].",
        "small/head: expected input float32[batch,8], found float32[batch,9].",
        "small/head: expected weights kernel float32[8,2], found kernel float32[9,2].",
        "small: expected parameters 58, found 65.",
        "small: expected trainable parameters 58, found 65.",
    ]
    assert [one["line"] for one in found if one["call"] == "small/first#0"] == [6, 6]


def test_contract_that_cannot_be_read_is_refused_before_anything_is_run(files, capsys):
    same, wider, _, contract = files

    codes = [main(["check", same, "--contract", name]) for name in (contract, wider)]
    missing, no_contract = capsys.readouterr().err.splitlines()[::2]

    assert codes == [2, 2]
    assert "cannot be read: No such file" in missing
    assert "b.py is not a contract" in no_contract


def test_contract_is_not_written_over_another_file(files, capsys):
    same, wider, *_ = files

    assert main(["check", same, "--write-contract", wider]) == 2
    assert "is no contract, so it is not written over" in capsys.readouterr().err
    with open(wider, encoding="utf-8") as file:
        assert "Dense(9" in file.read()


def test_no_contract_is_written_of_a_file_without_a_model(files, tmp_path, capsys):
    path = tmp_path / "none.py"
    path.write_text("print(1)")

    assert main(["check", str(path), "--write-contract", files[-1]]) == 1
    assert "so no contract is written" in capsys.readouterr().err
    assert not (tmp_path / "contract.json").exists()
