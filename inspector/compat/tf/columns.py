"""Columns of a CSV file for `tf.data.experimental.make_csv_dataset`."""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterable
from typing import Any

import numpy as np

from inspector.compat.tf.dtypes import dtype_name
from inspector.compat.tf.tensors import strings, tensor

_KINDS = (("int32", int), ("int64", int), ("float32", float))


def read_columns(
    pattern: str, names: Iterable[str] | None, delimiter: str, header: bool, absent: str
) -> dict[str, list[str]]:
    """The texts of each column, over all files that the pattern finds."""
    rows: list[list[str]] = []
    found: list[str] = list(names or ())
    for path in sorted(glob.glob(pattern)) or [pattern]:
        with open(path, newline="") as file:
            here = [row for row in csv.reader(file, delimiter=delimiter) if row]
        first = here.pop(0) if header and here else []
        found = found or first
        rows += here
    rows = [["" if value == absent else value for value in row] for row in rows]
    return {name: [row[place] for row in rows] for place, name in enumerate(found)}


def column_of(texts: list[str], default: Any) -> Any:
    """A column as a tensor: of its default's kind, or of the first kind that all values have."""
    value = default[0] if isinstance(default, list | tuple) and default else default
    if isinstance(value, str | bytes):
        filling = value if isinstance(value, str) else value.decode()
        return strings(np.array([text or filling for text in texts], object))
    if value is not None:
        kind = "float32" if isinstance(value, float) else "int32"
        if not isinstance(value, float | int):
            kind = str(dtype_name(value))  # the default is the dtype itself
            if kind == "string":
                return strings(np.array(texts, object))
        filling = str(value) if isinstance(value, float | int) else "0"
        return tensor(np.array([float(text or filling) for text in texts]), kind)
    for kind, make in _KINDS:
        try:
            return tensor(np.array([make(text or "0") for text in texts], kind), kind)
        except (ValueError, OverflowError):
            continue
    return strings(np.array(texts, object))
