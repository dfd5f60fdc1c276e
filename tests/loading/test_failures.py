"""What is said of an exception that came out of user code."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.loading.failures import failure_of
from inspector.loading.user_files import UserFiles


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KeyError(0), "There is no key 0."),
        (KeyError("a"), "There is no key 'a'."),
        (ValueError("bad [1, 2]"), "bad [1, 2]"),
        (ValueError(""), "ValueError"),
    ],
)
def test_message_says_what_happened(tmp_path, error, says):
    assert failure_of(error, UserFiles(tmp_path / "model.py")).message == says


def test_numbers_of_a_long_array_are_cut(tmp_path):
    values = np.arange(1000, dtype="float32").reshape(10, 100)

    failure = failure_of(
        ValueError(f"Expected a dict, got {values.tolist()} for x"), UserFiles(tmp_path / "m.py")
    )

    assert failure.message.startswith("Expected a dict, got [[0.0, 1.0")
    assert failure.message.endswith(" …] for x")
    assert len(failure.message) < 120
