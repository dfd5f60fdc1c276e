"""The few functions of scikit-learn that prepare data in front of a Keras model, small and real."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.loading.stand_ins.frame import DataFrame
from inspector.loading.stand_ins.series import Series

Array = np.ndarray[Any, Any]


def train_test_split(*arrays: Any, **options: Any) -> list[Any]:
    """Each array in two parts, shuffled alike."""
    count = len(arrays[0])
    test = options.get("test_size")
    train = options.get("train_size")
    if test is None:
        test = 0.25 if train is None else (1 - train if train < 1 else count - train)
    size = int(np.ceil(count * test)) if test < 1 else int(test)
    order = np.arange(count)
    if options.get("shuffle", True):
        np.random.default_rng(options.get("random_state") or 0).shuffle(order)
    else:
        order = np.roll(order, size)  # the test rows are the last ones
    picks = (order[size:], order[:size])
    return [_taken(array, np.sort(pick) if not options.get("shuffle", True) else pick)
            for array in arrays for pick in picks]  # fmt: skip


def _taken(array: Any, places: Array) -> Any:
    if isinstance(array, DataFrame):
        return array.taken(places)
    if isinstance(array, Series):
        return array[places]
    if isinstance(array, list | tuple):
        return [array[place] for place in places]
    return np.asarray(array)[places]


class _Scaler:
    def fit(self, x: Any, y: Any = None) -> Any:
        """Learn shift and scale from the rows."""
        values = np.asarray(x, dtype=float)
        self.shift_, self.scale_ = self._learn(values)
        self.scale_ = np.where(self.scale_ == 0, 1.0, self.scale_)
        return self

    def transform(self, x: Any) -> Array:
        """Rows shifted and scaled."""
        return np.asarray((np.asarray(x, dtype=float) - self.shift_) / self.scale_)

    def fit_transform(self, x: Any, y: Any = None) -> Array:
        """Learn, then transform the same rows."""
        scaled: Array = self.fit(x).transform(x)
        return scaled

    def inverse_transform(self, x: Any) -> Array:
        """Back to the rows' own units."""
        return np.asarray(np.asarray(x, dtype=float) * self.scale_ + self.shift_)

    def _learn(self, values: Array) -> tuple[Array, Array]:
        raise NotImplementedError  # each scaler below has its own


class StandardScaler(_Scaler):
    """Mean 0 and deviation 1 for each column."""

    def __init__(self, **options: Any) -> None:
        pass

    def _learn(self, values: Array) -> tuple[Array, Array]:
        self.mean_ = values.mean(axis=0)
        return self.mean_, values.std(axis=0)


class MinMaxScaler(_Scaler):
    """Each column within a range."""

    def __init__(self, feature_range: tuple[float, float] = (0, 1), **options: Any) -> None:
        self.feature_range = feature_range

    def _learn(self, values: Array) -> tuple[Array, Array]:
        low, high = self.feature_range
        self.data_min_, self.data_max_ = values.min(axis=0), values.max(axis=0)
        scale = (self.data_max_ - self.data_min_) / (high - low)
        return self.data_min_ - low * scale, scale


class LabelEncoder:
    """Classes to numbers in sorted order."""

    def fit(self, y: Any) -> LabelEncoder:
        """Learn the classes."""
        self.classes_ = np.unique(np.asarray(y))
        return self

    def transform(self, y: Any) -> Array:
        """The number of each label's class."""
        return np.searchsorted(self.classes_, np.asarray(y))

    def fit_transform(self, y: Any) -> Array:
        """Learn, then transform the same labels."""
        return self.fit(y).transform(y)

    def inverse_transform(self, y: Any) -> Array:
        """The class of each number."""
        return np.asarray(self.classes_[np.asarray(y)])


class LabelBinarizer(LabelEncoder):
    """Classes to rows with a single one."""

    def transform(self, y: Any) -> Array:
        """One row for each label; a single column for two classes."""
        rows = np.eye(len(self.classes_), dtype=int)[super().transform(y)]
        return rows[:, 1:] if len(self.classes_) == 2 else rows


class OneHotEncoder:
    """Columns of categories to columns of ones and zeros."""

    def __init__(self, **options: Any) -> None:
        pass

    def fit(self, x: Any, y: Any = None) -> OneHotEncoder:
        """Learn each column's categories."""
        self.categories_ = [np.unique(column) for column in np.asarray(x).T]
        return self

    def transform(self, x: Any) -> Any:
        """The columns of ones and zeros, side by side; sparse ones answer `toarray`."""
        parts = [
            (column[:, None] == categories[None, :]).astype(float)
            for column, categories in zip(np.asarray(x).T, self.categories_, strict=True)
        ]
        return np.concatenate(parts, axis=1).view(_Dense)

    def fit_transform(self, x: Any, y: Any = None) -> Any:
        """Learn, then transform the same rows."""
        return self.fit(x).transform(x)


class _Dense(np.ndarray):
    def toarray(self) -> Array:
        """As scikit-learn's sparse answer has it."""
        return np.asarray(self)


def accuracy_score(truth: Any, guess: Any, **options: Any) -> float:
    """The share of labels that agree."""
    return float(np.mean(np.asarray(truth) == np.asarray(guess)))


def mean_squared_error(truth: Any, guess: Any, **options: Any) -> float:
    """The mean of the squared differences."""
    return float(np.mean((np.asarray(truth, float) - np.asarray(guess, float)) ** 2))


def mean_absolute_error(truth: Any, guess: Any, **options: Any) -> float:
    """The mean of the differences' sizes."""
    return float(np.mean(np.abs(np.asarray(truth, float) - np.asarray(guess, float))))


def confusion_matrix(truth: Any, guess: Any, **options: Any) -> Array:
    """How often each class (row) was taken for each class (column)."""
    truth, guess = np.asarray(truth).ravel(), np.asarray(guess).ravel()
    classes = np.unique(np.concatenate([truth, guess]))
    matrix = np.zeros((len(classes), len(classes)), int)
    np.add.at(matrix, (np.searchsorted(classes, truth), np.searchsorted(classes, guess)), 1)
    return matrix


class Bunch(dict[str, Any]):
    """What the loaders of scikit-learn give: by name or by attribute."""

    __getattr__ = dict.__getitem__


def _table(rows: int, features: int, classes: int) -> Any:
    """A loader of a made-up table; no classes: numbers to predict."""

    def load(*args: Any, **options: Any) -> Any:
        random = np.random.default_rng(0)
        data = random.gamma(4.0, 1.0, (rows, features))
        target = np.arange(rows) % classes if classes else 50 * random.random(rows)
        if options.get("return_X_y"):
            return data, target
        return Bunch(
            data=data, target=target, DESCR="made up",
            target_names=np.array([f"class_{i}" for i in range(classes)]),
            feature_names=[f"feature_{i}" for i in range(features)],
        )  # fmt: skip

    return load


def _make(kind: str) -> Any:
    """`make_classification` and its like: rows around a centre for each class."""

    def make(n_samples: int = 100, n_features: int = 0, **options: Any) -> tuple[Array, Array]:
        random = np.random.default_rng(options.get("random_state") or 0)
        features = n_features or {"classification": 20, "regression": 100}.get(kind, 2)
        x = random.normal(size=(n_samples, features))
        if kind == "regression":
            return x, x @ random.normal(size=features)
        y = random.permutation(np.arange(n_samples) % options.get("n_classes", 2))
        return x + y[:, None], y

    return make


def compute_class_weight(class_weight: Any, *, classes: Any, y: Any) -> Array:
    """The weights that make all classes count alike."""
    counts = np.array([np.sum(np.asarray(y) == name) for name in classes])
    return np.asarray(len(y) / (len(classes) * np.maximum(counts, 1)))


class KFold:
    """Cuts rows into folds, each the test rows once."""

    def __init__(self, n_splits: int = 5, **options: Any) -> None:
        self.n_splits = n_splits

    def split(self, x: Any, y: Any = None, *args: Any) -> Any:
        """Places of the training rows and of the test rows, fold by fold."""
        places = np.arange(len(x))
        for fold in np.array_split(places, self.n_splits):
            yield np.setdiff1d(places, fold), fold

    def get_n_splits(self, *args: Any) -> int:
        """How many folds there are."""
        return self.n_splits


def roc_curve(truth: Any, score: Any, **options: Any) -> tuple[Array, Array, Array]:
    """False and true positive rates at falling thresholds."""
    order = np.argsort(-np.asarray(score, float).ravel())
    hits = np.asarray(truth).ravel()[order].astype(float)
    true, false = np.cumsum(hits), np.cumsum(1 - hits)
    rates = false / max(false[-1], 1), true / max(true[-1], 1)
    return *rates, np.asarray(score, float).ravel()[order]


def auc(x: Any, y: Any) -> float:
    """The area under a curve."""
    return float(np.trapezoid(y, x))


def roc_auc_score(truth: Any, score: Any, **options: Any) -> float:
    """The area under the curve of `roc_curve`."""
    false, true, _ = roc_curve(truth, score)
    return auc(false, true)


def _share(truth: Any, guess: Any, **options: Any) -> float:
    return accuracy_score(truth, guess)


def classification_report(truth: Any, guess: Any, **options: Any) -> str:
    """One line: the share of labels that agree."""
    return f"accuracy {accuracy_score(truth, guess):.2f}"


def shuffle(*arrays: Any, **options: Any) -> Any:
    """Arrays shuffled alike."""
    order = np.random.default_rng(options.get("random_state") or 0).permutation(len(arrays[0]))
    shuffled = [_taken(array, order) for array in arrays]
    return shuffled[0] if len(shuffled) == 1 else shuffled


NAMES: dict[str, Any] = {
    made.__name__: made
    for made in (
        train_test_split, StandardScaler, MinMaxScaler, LabelEncoder, LabelBinarizer,
        OneHotEncoder, accuracy_score, mean_squared_error, mean_absolute_error,
        confusion_matrix, shuffle, compute_class_weight, KFold, roc_curve, auc, roc_auc_score,
        classification_report,
    )
}  # fmt: skip
NAMES |= {
    "RobustScaler": StandardScaler,
    "StratifiedKFold": KFold,
    "r2_score": _share,
    "f1_score": _share,
    "precision_score": _share,
    "recall_score": _share,
    "load_iris": _table(150, 4, 3),
    "load_wine": _table(178, 13, 3),
    "load_breast_cancer": _table(569, 30, 2),
    "load_digits": _table(1797, 64, 10),
    "load_diabetes": _table(442, 10, 0),
    "load_boston": _table(506, 13, 0),
    "fetch_california_housing": _table(20640, 8, 0),
    **{f"make_{kind}": _make(kind)
       for kind in ("classification", "regression", "blobs", "moons", "circles")},
}  # fmt: skip
