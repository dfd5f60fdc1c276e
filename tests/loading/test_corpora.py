"""`datasets` as a stand-in: rows with the keys that a script looks up."""

from __future__ import annotations

from inspector.loading.stand_ins.corpora import Rows

SCRIPT = """
from datasets import load_dataset
import keras, numpy as np
data = load_dataset("conll2003")
words = sum(data["train"]["tokens"], [])
row = data["train"][0]
print("WORDS", len(words) > 500, len(row["ner_tags"]) == len(row["tokens"]))
reviews = load_dataset("imdb", split="train").map(lambda row: {"length": len(row["text"])})
print("ROW", reviews[3]["label"], reviews[3]["length"] > 10, len(reviews))
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model(np.asarray(reviews["length"], "float32")[:, None])
"""


def test_rows_have_the_keys_that_the_script_asks_for(open_script):
    opened = open_script(SCRIPT)

    assert "WORDS True True" in opened.printed
    assert "ROW 1 True 200" in opened.printed
    assert opened.failure is None


def test_rows_are_selected_filtered_and_split():
    rows = Rows({"n": list(range(10))})

    assert rows.filter(lambda row: row["n"] > 7)["n"] == [8, 9]
    assert len(rows.train_test_split(test_size=0.2)["test"]) == 2
    assert rows.map(lambda part: {"m": [2 * n for n in part["n"]]}, batched=True)["m"][3] == 6
    assert rows[2:4] == {"n": [2, 3]}
    assert rows.remove_columns("n").column_names == []
    assert rows.to_pandas()["n"].tolist() == list(range(10))
