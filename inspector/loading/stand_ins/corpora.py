"""`datasets` of Hugging Face where it is not installed: rows with the keys that a script uses.

load_dataset("conll2003")["train"]["tokens"]        lists of words
for row in load_dataset("imdb", split="test"): ...  a sentence for "text", a number for "label"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from inspector.loading import made_up_files
from inspector.loading.script_hints import hints_of
from inspector.loading.situation import Situation
from inspector.loading.stand_ins.recording import StandIn

_WHY = "Not on this machine: a few made-up rows with the keys that the script looks up."
_ROWS = 200
_SPLITS = ("train", "validation", "test", "unsupervised")
_IS_NUMBER = re.compile(r"label|class|score|rating|year|id$|idx|^is_|start|end", re.IGNORECASE)


class Rows:
    """One split: by column's name, by place, row by row."""

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self._columns = columns
        self.column_names = list(columns)
        self.features = {name: StandIn(f"feature {name}") for name in columns}
        self.num_rows = len(next(iter(columns.values()), []))

    def __len__(self) -> int:
        return self.num_rows

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[place] for place in range(self.num_rows))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self._columns[key]
        if isinstance(key, slice):
            return {name: column[key] for name, column in self._columns.items()}
        return {name: column[key] for name, column in self._columns.items()}

    def select(self, places: Any) -> Rows:
        """The rows at places."""
        kept = list(places)
        return Rows({name: [column[p] for p in kept if p < len(column)]
                     for name, column in self._columns.items()})  # fmt: skip

    def filter(self, keep: Callable[[Any], bool], *args: Any, **options: Any) -> Rows:
        """The rows that a function keeps."""
        return self.select([place for place, row in enumerate(self) if keep(row)])

    def map(self, change: Callable[[Any], Any], *args: Any, **options: Any) -> Rows:
        """Columns that a function makes of each row, or of all at once."""
        if options.get("batched"):
            return Rows(self._columns | {k: list(v) for k, v in change(self[:]).items()})
        made = [change(row) or {} for row in self]
        added = {name: [row[name] for row in made] for name in (made[0] if made else {})}
        return Rows(self._columns | added)

    def shuffle(self, *args: Any, **options: Any) -> Rows:
        """The same rows."""
        return self

    with_format = set_format = shuffle

    def train_test_split(self, test_size: Any = 0.25, **options: Any) -> dict[str, Rows]:
        """Two parts by name."""
        test = int(self.num_rows * test_size) if float(test_size) < 1 else int(test_size)
        return {"train": self.select(range(self.num_rows - test)),
                "test": self.select(range(self.num_rows - test, self.num_rows))}  # fmt: skip

    def remove_columns(self, names: Any) -> Rows:
        """Without some columns."""
        gone = {names} if isinstance(names, str) else set(names)
        return Rows({n: column for n, column in self._columns.items() if n not in gone})

    def to_pandas(self) -> Any:
        """As a table."""
        from inspector.loading.stand_ins.frame import DataFrame  # few scripts ask for one

        return DataFrame(self._columns)

    def to_tf_dataset(self, columns: Any = None, batch_size: int = 8, **options: Any) -> Any:
        """As a dataset of TensorFlow, of columns of numbers."""
        from inspector.compat.tf import dataset  # few scripts ask for one

        names = [columns] if isinstance(columns, str) else list(columns or self._columns)
        arrays = {name: np.asarray(self._columns[name]) for name in names}
        return dataset.Dataset.from_tensor_slices(arrays).batch(batch_size)


def names(situation: Situation) -> dict[str, Any]:
    """What `import datasets` offers."""

    def load_dataset(name: str, *args: Any, split: Any = None, **options: Any) -> Any:
        situation.notes.add(f"datasets.load_dataset({name!r})", _WHY)
        keys = hints_of(situation.path).keys()
        made = {key: [_value(key, place) for place in range(_ROWS)] for key in keys}
        if split is None:
            return {part: Rows(made) for part in _SPLITS}
        return [Rows(made) for _ in split] if isinstance(split, list) else Rows(made)

    return {"load_dataset": load_dataset, "Dataset": Rows}


def _value(key: str, place: int) -> Any:
    sentence = made_up_files.sentence(place)
    if re.search(r"tags?$", key):
        return [number % 3 for number in range(len(sentence.split()))]
    if re.search(r"tokens|words", key):
        return sentence.split()
    if key == "answers":
        return {"text": [sentence.split()[0]], "answer_start": [0]}
    if re.search(r"image|img|pixel", key):
        return np.full((64, 64, 3), place % 256, np.uint8)
    return place % 2 if _IS_NUMBER.search(key) else sentence
