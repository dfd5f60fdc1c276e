"""Notebooks: cells as one program, magics taken out."""

from __future__ import annotations

import json

import pytest

from inspector.loading.notebook import read_notebook
from inspector.loading.python_file import NotReadable

HEAD = "import keras, numpy as np\nfrom keras import layers\n"


def write(path, *cells, language="python"):
    plain = {
        "cells": [
            {"cell_type": "markdown", "source": ["# Title"]},
            *({"cell_type": "code", "source": c.splitlines(keepends=True)} for c in cells),
        ],
        "metadata": {"language_info": {"name": language}},
        "nbformat": 4,
    }
    path.write_text(json.dumps(plain))
    return path


@pytest.mark.parametrize(
    ("text", "python", "magics"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1\n", ["%matplotlib inline"]),
        ("if x:\n    !ls\n", "if x:\n    pass\n", ["!ls"]),
        ("files = !ls -la", "files = []\n", ["files = !ls -la"]),
        ("a = %env HOME", "a = None\n", ["a = %env HOME"]),
        ("%time y = f(x)", "y = f(x)\n", ["%time y = f(x)"]),
        ("%timeit -n 10 f(x)", "f(x)\n", ["%timeit -n 10 f(x)"]),
        ("%%time\nf(x)", "\nf(x)\n", ["%%time"]),
        ("%%bash\nrm -rf /", "", ["%%bash"]),
        ("model?\n?keras\nx", "pass\npass\nx\n", ["model?", "?keras"]),
        ("!ls\ns = '''\n!not\n%one\n'''", "pass\ns = '''\n!not\n%one\n'''\n", ["!ls"]),
        ("!ls\nprint('%d'\n  % 3)", "pass\nprint('%d'\n  % 3)\n", ["!ls"]),
        ("x = 5\nx", "x = 5\nx", []),
    ],
)
def test_magics_are_taken_out_and_lines_stay(tmp_path, text, python, magics):
    (cell,) = read_notebook(write(tmp_path / "n.ipynb", text))

    assert cell.python == python
    assert [what for what, _ in cell.magics] == magics
    assert cell.text == text


def test_written_file_can_be_read_by_a_later_cell(tmp_path):
    (cell,) = read_notebook(write(tmp_path / "n.ipynb", "%%writefile cfg.txt\na\n'b'"))

    assert "a\\n'b'\\n" in cell.python
    compile(cell.python, "x", "exec")


def test_third_version_of_the_format_is_read(tmp_path):
    path = tmp_path / "n.ipynb"
    cells = [{"cell_type": "code", "input": "x = 1"}]
    path.write_text(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}))

    assert [cell.text for cell in read_notebook(path)] == ["x = 1"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"cells": 1}', "no list of cells"),
        ("{", "is damaged"),
        (json.dumps({"cells": [], "nbformat": 4}), "holds no code"),
        (json.dumps({"cells": [], "metadata": {"kernelspec": {"language": "R"}}}), "in r, not"),
    ],
)
def test_notebook_that_is_none_is_refused(tmp_path, content, says):
    path = tmp_path / "n.ipynb"
    path.write_text(content)

    with pytest.raises(NotReadable, match=says):
        read_notebook(path)
