"""The stand-in for pandas: tables, columns, groups, and what is made up for a script."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.loading.stand_ins import tables
from inspector.loading.stand_ins.frame import DataFrame
from inspector.loading.stand_ins.series import Series


@pytest.fixture
def frame():
    return DataFrame({"kind": ["b", "a", "b"], "size": [1.0, 2.0, 3.0]})


def test_groups_come_in_order_with_their_rows(frame):
    groups = {value: part["size"].tolist() for value, part in frame.groupby("kind")}

    assert groups == {"a": [2.0], "b": [1.0, 3.0]}


def test_groups_are_reduced_counted_and_looked_up(frame):
    groups = frame.groupby("kind")

    assert groups["size"].mean().tolist() == [2.0, 2.0]
    assert groups.size().tolist() == [1, 2]
    assert groups.get_group("b").shape == (2, 2)
    assert groups.mean()["size"].tolist() == [2.0, 2.0]
    assert groups.apply(len).tolist() == [1, 2]


def test_sort_values_orders_rows(frame):
    assert frame.sort_values("kind")["size"].tolist() == [2.0, 1.0, 3.0]
    assert frame.sort_values(["size"], ascending=False)["size"].tolist() == [3.0, 2.0, 1.0]


def test_to_csv_writes_what_read_csv_reads(frame, tmp_path):
    path = tmp_path / "table.csv"

    frame.to_csv(path, index=False)

    read = tables._parsed(path, ",", {})
    assert list(read.columns) == ["kind", "size"]
    assert read["size"].tolist() == [1.0, 2.0, 3.0]
    assert frame.to_csv(index=False, header=False) == "b,1.0\na,2.0\nb,3.0\n"


def test_set_of_names_picks_columns(frame):
    assert frame[{"size"}].shape == (3, 1)


def test_arithmetic_keeps_columns_and_rows(frame):
    normal = (frame - frame.mean()) / frame.std()

    assert list(normal.columns) == ["size"]
    assert np.allclose(normal["size"].mean(), 0)


def test_series_counts_maps_and_masks():
    column = Series(["x", "y", "x"], name="c")

    assert column.value_counts().tolist() == [2, 1]
    assert column.map({"x": 1, "y": 2}).tolist() == [1, 2, 1]
    assert column[column == "x"].tolist() == ["x", "x"]
    assert column.isin(["y"]).tolist() == [False, True, False]
    assert column.str.upper().tolist() == ["X", "Y", "X"]


def test_made_up_ids_are_the_same_in_every_table():
    users, films = tables.made_up("userId", 400), tables.made_up("movieId", 1000)

    assert set(users.tolist()) == set(films.tolist())


SCRIPT = """
import pandas as pd
import tensorflow as tf
distances = pd.read_csv("W_228.csv", header=None).to_numpy()
print("WIDTH", distances.shape[1])
census = pd.read_csv("http://example.org/adult.data", names=["age", "job", "income_bracket"])
census.income_bracket = census.income_bracket.apply(lambda value: value.replace(".", ""))
census["job"] = census["job"].str.strip()
print("JOBS", len(census["job"].unique()), sorted(census.income_bracket.unique()))
census.to_csv("census.csv", index=False, header=False)
data = tf.data.experimental.make_csv_dataset(
    "census.csv", batch_size=8, column_names=["age", "job", "income_bracket"], header=False,
    column_defaults=[[0.0], ["NA"], ["NA"]], label_name="income_bracket", num_epochs=1)
features, target = next(iter(data))
print("BATCH", features["age"].dtype, features["job"].shape, target.dtype)
"""


def test_made_up_tables_fit_the_script(open_script):
    printed = open_script(SCRIPT).printed

    assert "WIDTH 228" in printed
    assert "JOBS 4 [' <=50K', ' >50K']" in printed
    assert "BATCH <dtype: 'float32'> (8,) <dtype: 'string'>" in printed or (
        "BATCH float32 (8,) string" in printed
    )
