"""tqdm and its like: the loop is really run, only no bar is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Progress:
    """A bar that is not drawn: iterates over what it was given."""

    def __init__(self, iterable: Any = None, *args: Any, **options: Any) -> None:
        self.iterable = iterable
        total = options.get("total")
        self.total = total if total is not None else _length(iterable)
        self.n = 0

    def __iter__(self) -> Iterator[Any]:
        for item in self.iterable if self.iterable is not None else ():
            self.n += 1
            yield item

    def __len__(self) -> int:
        return int(self.total or 0)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Nothing was opened."""

    def update(self, amount: int = 1) -> None:
        """Count on."""
        self.n += amount

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **options: None

    @staticmethod
    def write(text: str, *args: Any, **options: Any) -> None:
        """Print, as tqdm does beside its bar."""
        print(text)

    @staticmethod
    def pandas(*args: Any, **options: Any) -> None:
        """The extension of pandas that tqdm has."""


def progress_range(*args: int, **options: Any) -> Progress:
    """tqdm.trange."""
    return Progress(range(*args), **options)


NAMES: dict[str, Any] = {
    "tqdm": Progress,
    "trange": progress_range,
    "tqdm_notebook": Progress,
    "tnrange": progress_range,
}


def _length(iterable: Any) -> int | None:
    try:
        return len(iterable)
    except TypeError:
        return None
