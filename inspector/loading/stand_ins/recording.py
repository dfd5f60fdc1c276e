"""An object that stands in for anything: every attribute, call, item and operator answers.

    plt.figure(figsize=(8, 8)).add_subplot(1, 1, 1).plot(x)      all of it is one `StandIn`
    for row in frame: ...                                        iterates over nothing
    observation, info = env.reset()                              gives as many as are wanted
    float(stand_in), len(stand_in), bool(stand_in)               0.0, 0, True

As a decorator it gives the function back; as a base class it is an empty one.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

import numpy as np

_UNPACK = dis.opmap["UNPACK_SEQUENCE"]


class EmptyBase:
    """What a class derives from when its base is a stand-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{type(self).__name__}.{name}")


class StandIn:
    """Answers for the thing called `name`."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_stand_in_name", name)

    def __getattr__(self, name: str) -> StandIn:
        # Python and NumPy ask for protocols by such names; "no" is the right answer.
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        child = StandIn(f"{self._stand_in_name}.{name}")
        object.__setattr__(self, name, child)
        return child

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], FunctionType | type):
            return args[0]
        return StandIn(f"{self._stand_in_name}()")

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (EmptyBase,)

    def __repr__(self) -> str:
        return f"<stand-in for {self._stand_in_name}>"

    def __iter__(self) -> Iterator[Any]:
        return iter([StandIn(f"{self._stand_in_name}[{i}]") for i in range(_wanted_names())])

    def __next__(self) -> Any:
        raise StopIteration

    def __len__(self) -> int:
        return 0

    def __contains__(self, item: object) -> bool:
        return False

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: Any) -> StandIn:
        return StandIn(f"{self._stand_in_name}[...]")

    def __setitem__(self, key: Any, value: Any) -> None:
        """Takes anything."""

    def __delitem__(self, key: Any) -> None:
        """Has nothing to delete."""

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Ends nothing."""

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    __index__ = __int__

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.zeros((), dtype or np.float32)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def _itself(self, *others: Any) -> StandIn:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _itself
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _itself
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __neg__ = __pos__ = __abs__ = _itself
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __invert__ = _itself
    __lshift__ = __rshift__ = __round__ = _itself


def _wanted_names() -> int:
    """How many names an unpacking assignment two frames up wants; 0 when it is none."""
    frame = sys._getframe(2)
    code = frame.f_code.co_code
    at = frame.f_lasti
    return code[at + 1] if code[at] == _UNPACK else 0
