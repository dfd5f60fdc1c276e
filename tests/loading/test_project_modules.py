"""A file that imports other parts of its project, opened where it lies."""

from __future__ import annotations

from inspector.session.client import open_file


def test_file_finds_the_other_parts_of_its_project(tmp_path):
    nets = tmp_path / "lab" / "nets"
    nets.mkdir(parents=True)
    (tmp_path / "lab" / "README.md").touch()
    (tmp_path / "lab" / "sizes.py").write_text("WIDTH = 3\n")
    (nets / "blocks.py").write_text("from sizes import WIDTH\nDEPTH = 2\n")
    (nets / "model.py").write_text(
        "from nets.blocks import WIDTH\n"
        "from .blocks import DEPTH\n"
        "from keras.models import Input, NoSuchThing, Model\n"
        "from keras.layers import Dense\n"
        "i = Input((DEPTH,))\n"
        "m = Model(i, Dense(WIDTH)(i), name='m')\n"
    )

    trace = open_file(nets / "model.py").trace

    # What is not there is the first failure; what was imported beside it is.
    assert trace.failure.line == 3
    assert "NoSuchThing" in trace.failure.message
    (run,) = (run for run in trace.runs if run.kind == "forward")
    assert (run.calls[0].inputs[0].shape, run.calls[0].outputs[0].shape) == ((2, 2), (2, 3))
