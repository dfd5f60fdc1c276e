"""Names of NumPy 1 in user code, under NumPy 2."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

_LIBRARY_FILE = np.__file__  # no file of a user
NAMES = """
Inf NaN NINF float_ unicode_ bool8 product alltrue round_ float int object str complex asfarray
"""


@pytest.mark.parametrize("name", NAMES.split())
def test_name_of_numpy_1_is_answered_and_noted(user: Any, name: str) -> None:
    names = user.run(f"import numpy as np\nx = np.{name}")

    assert "x" in names
    assert [what for what, _ in user.notes] == [f"np.{name}"]


def test_old_names_compute_what_they_did(user: Any) -> None:
    names = user.run(
        "import numpy as np\n"
        "least, types = np.NINF, (np.float, np.float_, np.str)\n"
        "found = np.in1d([[1, 2], [3, 4]], [2, 3])\n"
        "whole, item = np.asfarray([1], dtype=int), np.asscalar(np.ones((1, 1)))\n"
        "ordered, area = np.msort(np.array([[3, 1], [2, 4]])), np.trapz([0.0, 1.0, 2.0])\n"
    )

    assert names["least"] == -np.inf
    assert names["types"] == (float, np.float64, str)
    assert names["found"].tolist() == [False, True, True, False]
    assert names["whole"].dtype == np.float64
    assert names["item"] == 1.0
    assert names["ordered"].tolist() == [[2, 1], [3, 4]]
    assert names["area"] == 2.0


def test_unknown_name_fails_as_in_numpy(user: Any) -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        user.run("import numpy as np\nnp.nothing")


def test_library_sees_numpy_as_it_is(user: Any) -> None:
    asks = compile("import numpy as np\nfound = hasattr(np, 'Inf')", _LIBRARY_FILE, "exec")
    names: dict[str, Any] = {}

    exec(asks, names)

    assert names["found"] is False
