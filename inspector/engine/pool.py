"""Blocks of an array worked on by several threads; NumPy lets go of Python's lock meanwhile.

    each_block(rows, step, work)    what `work(rows of one block)` gives, block after block in order

The blocks are the same whatever the number of threads, and what they give is put together in their
order: so are the results, to the bit. One thread works until `allow` is called.
"""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

# Waking a thread costs as much as several blocks of the cheapest formulas: fewer stay on one.
_FEWEST_BLOCKS = 8

_count = 1
_helpers: ThreadPoolExecutor | None = None


def allow(count: int) -> None:
    """Let so many threads work at once, the one that asks among them."""
    global _count
    _count = max(1, count)
    _forget_helpers()


def each_block(rows: int, step: int, work: Callable[[slice], Result]) -> list[Result]:
    """What the blocks of `step` rows give, in their order.

    `work` writes nothing that another block reads or writes. The first error of a block is raised.
    """
    blocks = [slice(start, min(start + step, rows)) for start in range(0, rows, step)]
    if _count == 1 or len(blocks) < _FEWEST_BLOCKS:
        return [work(block) for block in blocks]
    return _shared(blocks, work)


def _shared(blocks: Sequence[slice], work: Callable[[slice], Result]) -> list[Result]:
    """Every thread takes the next block that nobody has taken, so that a slow one delays little."""
    found: dict[int, Result] = {}
    # Python's lock makes taking the next number one step.
    numbers = iter(range(len(blocks)))

    def take() -> None:
        for number in numbers:
            found[number] = work(blocks[number])

    helpers = list(_asked(take, min(_count, len(blocks)) - 1))
    try:
        take()
    finally:
        for _ in numbers:  # after an error nobody begins another block
            pass
        # Nobody waits for a helper that has not begun: it may stand behind this very block.
        begun = [helper for helper in helpers if not helper.cancel()]
        errors = [helper.exception() for helper in begun]
    for error in filter(None, errors):
        raise error
    return [found[number] for number in range(len(blocks))]


def _asked(take: Callable[[], None], count: int) -> Iterator[Future[None]]:
    """Helpers at work, in the caller's context: NumPy keeps there what it warns of."""
    global _helpers
    if _helpers is None:
        _helpers = ThreadPoolExecutor(_count - 1, thread_name_prefix="inspector-blocks")
    for _ in range(count):
        try:
            yield _helpers.submit(contextvars.copy_context().run, take)
        except RuntimeError:  # the system gives no thread, or Python is ending: fewer work
            return


def _forget_helpers() -> None:
    global _helpers
    if _helpers is not None:
        _helpers.shutdown(wait=False)
    _helpers = None


def _forget_in_child() -> None:
    """A process made by `fork` has none of its parent's threads."""
    global _helpers
    _helpers = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
