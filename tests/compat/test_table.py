"""docs/tensorflow.md is what the code would write now."""

from __future__ import annotations

from inspector.compat import table
from inspector.compat.registry import NAMES


def test_page_is_up_to_date() -> None:
    expected = table.page()

    assert expected == table.PAGE.read_text(encoding="utf-8"), (
        "run `python -m inspector.compat.table`"
    )


def test_page_counts_only_names_that_are_there_as_done() -> None:
    status = table.status_of_names()

    assert {name for name, word in status.items() if word == "done"} <= set(NAMES)
    assert sum(word == "done" for word in status.values()) >= 300
    assert set(status.values()) == {"done", "refused", "not yet"}
