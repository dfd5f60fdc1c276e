"""The few functions of scikit-learn that prepare data in front of a Keras model, small and real."""

from __future__ import annotations

from typing import Any

import numpy as np

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
        raise NotImplementedError


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

    def transform(self, x: Any) -> Array:
        """The columns of ones and zeros, side by side."""
        parts = [
            (column[:, None] == categories[None, :]).astype(float)
            for column, categories in zip(np.asarray(x).T, self.categories_, strict=True)
        ]
        return np.concatenate(parts, axis=1)

    def fit_transform(self, x: Any, y: Any = None) -> Array:
        """Learn, then transform the same rows."""
        return self.fit(x).transform(x)


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
        confusion_matrix, shuffle,
    )
}  # fmt: skip
