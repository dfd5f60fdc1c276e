"""Every public layer class of Keras has a row that says what it does with a mask, and does it."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path
from types import ModuleType

import pytest

PREAMBLE = "import numpy as np\nimport keras\nfrom keras import layers, ops\n"


def _load() -> ModuleType:
    # Tests are no package: the table beside this file is loaded by its path.
    path = Path(__file__).with_name("mask_table.py")
    spec = importlib.util.spec_from_file_location("mask_table", path)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["mask_table"] = module
    spec.loader.exec_module(module)
    return module


mask_table = _load()
RUN = [row for row in mask_table.ROWS if row.words]


def _source(row):
    expression, shape = row.given
    return f"""
def keep(x, first=False):
    x = ops.convert_to_tensor(x)
    mask = np.ones({shape}, "bool")
    mask.reshape(-1)[0 if first else -1] = False
    x._keras_mask = ops.convert_to_tensor(mask if mask.ndim < 2 else mask[:, :x.shape[1]])
    return x

x = keep({expression})
other = keep({expression}, first=True)
layer = layers.{row.make}
y = {row.call}
"""


def _classes():
    import keras

    base = keras.layers.Layer
    return {
        cls
        for cls in vars(keras.layers).values()
        if isinstance(cls, type) and issubclass(cls, base)
    }


def test_every_layer_class_of_keras_has_a_row(watch):
    import keras

    rows = {getattr(keras.layers, row.name) for row in mask_table.ROWS}

    assert sorted(cls.__name__ for cls in _classes() - rows) == []
    assert len(mask_table.ROWS) == len(rows)


@pytest.mark.parametrize("row", RUN, ids=lambda row: row.name)
def test_mask_has_the_life_that_its_row_says_when_it_comes_into_a_layer(watch, row):
    scene = watch(_source(row))
    assert scene.error is None, scene.error
    top = scene.run("forward").calls[0].id.partition("#")[0]

    mask = next(m for m in scene.run("forward").masks if not (m.born_at or "").startswith(top))

    words = [event.what for event in mask.events if event.what != "born"]
    assert tuple(words) == row.words
    assert all(event.reason for event in mask.events if event.what == "dropped")
    assert all(event.fix for event in mask.events if event.what == "dropped")


@pytest.mark.parametrize("row", RUN, ids=lambda row: row.name)
def test_row_says_what_keras_does_by_itself(watch, row):
    import keras

    space = {}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        exec(PREAMBLE + _source(row), space)

    outputs = keras.tree.flatten(space["y"])
    lives = any(getattr(tensor, "_keras_mask", None) is not None for tensor in outputs)
    warned = any("does not support masking" in str(one.message) for one in said)
    replaces = row.name == "Masking"
    assert lives == (row.words[-1] in ("passed", "merged") or replaces)
    assert warned or row.words[-1] != "dropped" or replaces
    assert space["layer"].supports_masking or row.words[-1] == "dropped" or warned


def test_page_has_the_table_of_now():
    expected = mask_table.page()

    assert mask_table.PAGE.read_text(encoding="utf-8") == expected, (
        "run `.venv/bin/python tests/capture/mask_table.py`"
    )
