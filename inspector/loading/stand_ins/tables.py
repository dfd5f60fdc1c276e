"""pandas where it is not installed: `read_csv` and what prepares tables in front of a Keras model.

A file that is there is read. One that is not gets the columns that its data set is known to have,
or that the script asks for, with values of the kind that the column's name suggests.
"""

from __future__ import annotations

import csv
import functools
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from inspector.loading.script_hints import Hints, hints_of
from inspector.loading.situation import Situation
from inspector.loading.stand_ins.frame import DataFrame
from inspector.loading.stand_ins.series import Array, Series, column_array

_ROWS = 2000
_WHY = "It is not on this machine: a made-up table with the columns that the script asks for."
_KNOWN: dict[str, tuple[int, str]] = {
    "jena_climate": (12000, "Date Time|p (mbar)|T (degC)|Tpot (K)|Tdew (degC)|rh (%)|VPmax (mbar)|"
                     "VPact (mbar)|VPdef (mbar)|sh (g/kg)|H2OC (mmol/mol)|rho (g/m**3)|wv (m/s)|"
                     "max. wv (m/s)|wd (deg)"),
    "titanic": (627, "survived|sex|age|n_siblings_spouses|parch|fare|class|deck|embark_town|alone"),
    "heart": (303, "age|sex|cp|trestbps|chol|fbs|restecg|thalach|exang|oldpeak|slope|ca|thal|"
              "target"),
    "ratings": (4000, "userId|movieId|rating|timestamp"),
    "movies": (400, "movieId|title|genres"),
    "winequality": (1599, "fixed acidity|volatile acidity|citric acid|residual sugar|chlorides|"
                    "free sulfur dioxide|total sulfur dioxide|density|pH|sulphates|alcohol|"
                    "quality"),
    "airline": (144, "Month|Passengers"),
    "art_daily": (4032, "timestamp|value"),
    "iris": (150, "sepal_length|sepal_width|petal_length|petal_width|species"),
    "auto-mpg": (398, "MPG|Cylinders|Displacement|Horsepower|Weight|Acceleration|Model Year|"
                 "Origin"),
    "diabetes": (768, "Pregnancies|Glucose|BloodPressure|SkinThickness|Insulin|BMI|"
                 "DiabetesPedigreeFunction|Age|Outcome"),
    "creditcard": (2000, "|".join(["Time", *(f"V{i}" for i in range(1, 29)), "Amount", "Class"])),
    "digit": (2000, "|".join(["label", *(f"pixel{i}" for i in range(784))])),
    "mnist": (2000, "|".join(["label", *(f"pixel{i}" for i in range(784))])),
}  # fmt: skip
_IDS = 200
# What stands in columns of well-known tables, which scripts compare with lists of their own.
_VALUES = {
    "income_bracket": (" <=50K", " >50K"), "income_level": (" - 50000.", " 50000+."),
    "thal": ("normal", "fixed", "reversible"), "workclass": (" Private", " State-gov"),
    "Cover_Type": (1, 2, 3, 4, 5, 6, 7), "cp": (0, 1, 2, 3, 4), "restecg": (0, 1, 2),
    "ca": (0, 1, 2, 3), "slope": (1, 2, 3),
}  # fmt: skip
_PRICES = "Date|Open|High|Low|Close|Adj Close|Volume"
_TEXT = re.compile(r"text|review|question|sentence|headline|tweet|comment|title|body|content|"
                   r"summar|article|message|sms|abstract|plot|utterance|prompt",
                   re.IGNORECASE)  # fmt: skip
_CLASS = re.compile(r"label|target|survived|outcome|sentiment|^is_|^has_|churn|fraud|spam|exited|"
                    r"^y$|quality|toxic|fold|rating|cp$|fbs|sex$|exang|^ca$|restecg|slope|"
                    r"_cat$|bought|default", re.IGNORECASE)  # fmt: skip
_NAME = re.compile(r"class|species|categor|genre|type|gender|deck|town|alone|thal$|country|city|"
                   r"marital|education|occupation|race|workclass|relationship|artist|author|"
                   r"breed|name$|emotion|language", re.IGNORECASE)  # fmt: skip
_NUMBER = re.compile(
    r"(^|_)(num|number|count|age|amount|price|gain|loss|hours?|weight|height|score)(s?$|_)",
    re.IGNORECASE,
)
_FILE = re.compile(r"file|path|image_?name|img|wav|jpg|png|filename", re.IGNORECASE)
_DATE = re.compile(r"date|timestamp|datetime|month", re.IGNORECASE)
_ID = re.compile(r"(^|_)id$|Id$|ID$|user|item|product", re.ASCII)
_WORDS = (
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "while",
    "it",
    "rains",
)
_START = datetime(2009, 1, 1)


def names(situation: Situation) -> dict[str, Any]:
    """What `import pandas` offers; anything else of it is a stand-in."""
    reader = _Reader(situation)
    made: dict[str, Any] = {"DataFrame": DataFrame, "Series": Series, "Timestamp": Timestamp}
    for name in ("read_csv", "read_table", "read_excel", "read_json", "read_parquet",
                 "read_pickle", "read_hdf", "read_feather", "read_sql"):  # fmt: skip
        made[name] = reader.read
    for function in (concat, get_dummies, to_datetime, to_numeric, date_range, factorize, isnull,
                     unique):  # fmt: skip
        made[function.__name__] = function
    return made | {"isna": isnull, "notnull": lambda x: ~isnull(x), "notna": lambda x: ~isnull(x)}


class _Reader:
    def __init__(self, situation: Situation) -> None:
        self._situation = situation

    def read(self, source: Any = "table", *args: Any, **options: Any) -> DataFrame:
        """A table from a file, or a made-up one."""
        separator = options.get("sep") or options.get("delimiter") or (args[0] if args else ",")
        text = os.fspath(source) if isinstance(source, str | os.PathLike) else "a file"
        downloads = str(self._situation.scratch / "downloads")
        is_real = os.path.isfile(text) and not os.path.abspath(text).startswith(downloads)
        if is_real and text.lower().endswith((".csv", ".tsv", ".txt", ".data")):
            frame = _parsed(Path(text), separator, options)
        else:
            self._situation.notes.add(f"table {text}", _WHY)
            frame = self._made_up(os.path.basename(text).lower(), options)
        return _as_asked(frame, options)

    def _made_up(self, name: str, options: dict[str, Any]) -> DataFrame:
        asked = options.get("names")
        columns: list[Any]
        rows, columns = _known(name)
        if asked is not None:
            columns = list(asked)
        elif not columns:
            columns = self._named_in_script() or [*(f"column{i}" for i in range(8)), "target"]
        if asked is None and options.get("header", 0) is None:
            columns = list(range(_columns_said_by(name)))
        rows = min(rows, options.get("nrows") or rows)
        make = functools.partial(_made_up_for, hints_of(self._situation.path), {*map(str, columns)})
        return DataFrame({column: make(str(column), rows) for column in columns}, make=make)

    def _named_in_script(self) -> list[str]:
        """Columns that the script looks up in anything by name; prices if it knows such."""
        source = self._situation.path.read_text(errors="replace")
        found = list(dict.fromkeys(re.findall(r"""\w\[\[?["']([^"'\[\]]+)["']""", source)))
        if "Close" in found or "Adj Close" in found:
            return _PRICES.split("|")
        return []


def _columns_said_by(name: str) -> int:
    """A table without names has as many columns as its file's name says (`W_228.csv`), or nine."""
    numbers = [int(number) for number in re.findall(r"\d+", name)]
    return next((number for number in numbers if 9 < number < 1000), 9)


def _made_up_for(hints: Hints, columns: set[str], name: str, rows: int) -> Array:
    """A column for a script: texts where it treats them so, the ends of a graph's edges."""
    if name in _VALUES:
        return np.resize(column_array(list(_VALUES[name])), rows)
    if name in ("source", "target") and {"source", "target"} <= columns:
        return np.arange(rows) * (7 if name == "source" else 11) % _IDS + 1
    known = _DATE, _TEXT, _FILE, _CLASS, _NAME, _ID
    is_class = hints.is_class(name) and not any(kind.search(name) for kind in known)
    if hints.is_text(name) or is_class:
        return column_array([("first", "second", "third", "fourth")[i % 4] for i in range(rows)])
    return made_up(name, rows)


def made_up(name: str, rows: int) -> Array:
    """A column of the kind that its name suggests."""
    random = np.random.default_rng(sum(map(ord, name)))
    if _NUMBER.search(name):
        return np.round(random.gamma(4.0, 10.0, rows), 3)
    if _DATE.search(name):
        step = timedelta(minutes=10)
        texts = [(_START + i * step).strftime("%d.%m.%Y %H:%M:%S") for i in range(rows)]
        return column_array(texts)
    if _TEXT.search(name):
        return column_array([" ".join(random.choice(_WORDS, random.integers(4, 14)))
                             for _ in range(rows)])  # fmt: skip
    if _FILE.search(name):
        return column_array([f"{name}_{i}.jpg" for i in range(rows)])
    if _CLASS.search(name):
        return np.arange(rows) % (5 if "rating" in name.lower() else 2)
    if _NAME.search(name):
        return column_array([("first", "second", "third", "fourth")[i % 4] for i in range(rows)])
    if _ID.search(name):
        # The same numbers in every table, so that one can be looked up in another.
        return random.permutation(np.arange(rows) % _IDS + 1)
    if name.startswith("pixel"):
        return random.integers(0, 256, rows)
    return np.round(random.gamma(4.0, 10.0, rows), 3)


def _known(name: str) -> tuple[int, list[str]]:
    for part, (rows, columns) in _KNOWN.items():
        if part in name:
            return rows, columns.split("|")
    return _ROWS, []


def _as_asked(frame: DataFrame, options: dict[str, Any]) -> DataFrame:
    use, index = options.get("usecols"), options.get("index_col")
    if isinstance(use, list | tuple):
        have = list(frame.columns)
        frame = frame[[have[i] if isinstance(i, int) else i for i in use]]
    if isinstance(index, str | int) and not isinstance(index, bool):
        frame = frame.set_index(index if isinstance(index, str) else list(frame.columns)[index])
    return frame


def _parsed(path: Path, separator: str, options: dict[str, Any]) -> DataFrame:
    with open(path, newline="", encoding=options.get("encoding") or "utf-8", errors="replace") as f:
        rows = [row for row in csv.reader(f, delimiter=separator if len(separator) == 1 else ",")
                if row]  # fmt: skip
    has_names = options.get("header", 0) is not None and options.get("names") is None
    header: list[Any] | None = rows.pop(0) if has_names and rows else None
    header = header or list(options.get("names") or range(len(rows[0]) if rows else 0))
    columns = zip(*rows, strict=False)
    return DataFrame({name: _typed(column) for name, column in zip(header, columns, strict=False)})


def _typed(column: tuple[str, ...]) -> Array:
    for kind in (np.int64, np.float64):
        try:
            return np.array([value or "nan" for value in column]).astype(kind)
        except ValueError:
            continue
    return column_array(list(column))


class Timestamp(datetime):
    """A moment; made from a text or a datetime."""

    def __new__(cls, value: Any = None, *args: Any, **options: Any) -> Timestamp:
        if isinstance(value, datetime):
            return super().__new__(cls, *value.timetuple()[:6])
        if isinstance(value, int) and args:
            return super().__new__(cls, value, *args)
        return super().__new__(cls, *_moment(str(value)).timetuple()[:6])


def _moment(text: str) -> datetime:
    for form in ("%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return _START


def to_datetime(values: Any, *args: Any, **options: Any) -> Any:
    """Moments for texts."""
    if isinstance(values, str | datetime):
        return Timestamp(values)
    return Series([Timestamp(value) for value in list(values)])


def to_numeric(values: Any, *args: Any, **options: Any) -> Series:
    """Numbers for texts."""
    return Series(np.asarray(values, dtype=float))


def date_range(start: Any = None, *args: Any, **options: Any) -> Series:
    """One moment a day."""
    first = Timestamp(start)
    return Series([first + timedelta(days=i) for i in range(options.get("periods") or 365)])


def concat(parts: Any, axis: Any = 0, **options: Any) -> Any:
    """Tables below or beside each other."""
    parts = list(parts.values() if isinstance(parts, dict) else parts)
    if not any(isinstance(part, DataFrame) for part in parts):
        return Series(np.concatenate([column_array(part) for part in parts]))
    if axis in (1, "columns"):
        columns: dict[Any, Any] = {}
        for part in parts:
            series = {part.name: part} if isinstance(part, Series) else dict(part.items())
            columns |= {name: np.asarray(column) for name, column in series.items()}
        return DataFrame(columns)
    shared = list(parts[0].columns)
    return DataFrame(
        {name: np.concatenate([part.column(name) for part in parts]) for name in shared},
        make=made_up,
    )


def get_dummies(data: Any, columns: Any = None, prefix: Any = None, **options: Any) -> DataFrame:
    """A column of ones and zeros for each value of the text columns."""
    if not isinstance(data, DataFrame):
        return DataFrame({value: (np.asarray(data) == value).astype(int) for value in
                          np.unique(np.asarray(data))})  # fmt: skip
    made: dict[Any, Any] = {}
    for name, column in data.items():
        if column.dtype != object and (columns is None or name not in columns):
            made[name] = np.asarray(column)
            continue
        for value in np.unique(np.asarray(column)):
            made[f"{name}_{value}"] = (np.asarray(column) == value).astype(int)
    return DataFrame(made)


def factorize(values: Any, *args: Any, **options: Any) -> tuple[Array, Array]:
    """Numbers for values, and the values."""
    found, places = np.unique(np.asarray(values), return_inverse=True)
    return places, found


def isnull(values: Any) -> Any:
    """Nothing is missing."""
    return np.zeros(np.shape(values), bool) if np.ndim(values) else values is None


def unique(values: Any) -> Array:
    """The values, each once."""
    return Series(values).unique()
