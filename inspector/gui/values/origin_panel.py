"""The dock that says where one number comes from: what contributed to it, and the way upstream."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import combinations
from math import inf, isnan

from PySide6.QtCore import Signal

from inspector.gui.look.theme import Appearance
from inspector.gui.look.wording import number_text, place_text
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.table_model import Column
from inspector.gui.widgets.table_panel import TablePanel
from inspector.session.protocol import Command, ExplainNumber, NumberExplained
from inspector.trace.numbers import Contribution, Element, NumberOrigin

HINT = "Click a cell of a heatmap under Values to see where its number comes from."
_BACK = "back"
# Float32 sums of thousands of products agree to about this.
_NEAR = 1e-4
_MOST_SUMS = 8
_SHOWN_SUMS = 3


class OriginPanel(TablePanel):
    """One row a contribution; a row that is clicked is asked about in turn.

    The numbers that were asked about are a way upstream; `Back` goes one of them back.
    """

    asked = Signal()

    def __init__(
        self,
        viewpoint: Viewpoint,
        appearance: Appearance,
        send: Callable[[Command], None],
        can_read: Callable[[], bool],
    ) -> None:
        super().__init__("Origin", _columns(appearance), HINT, stretch=0)
        self._viewpoint = viewpoint
        self._appearance = appearance
        self._send = send
        self._can_read = can_read
        self._request = 0
        self._run = 0
        self._way: list[tuple[int, tuple[int, ...]]] = []
        self.origin: NumberOrigin | None = None
        self.heading.setWordWrap(True)
        self.heading.linkActivated.connect(self._follow)
        self.row_chosen.connect(self._upstream)
        viewpoint.run_changed.connect(self._forget)

    def ask(self, tensor: int, index: tuple[int, ...]) -> None:
        """Ask about a number of the run in view: a new way begins."""
        self._way = []
        self._run = self._viewpoint.run.number
        self._ask(tensor, index)
        self.asked.emit()

    def take(self, answer: NumberExplained) -> None:
        """Take the worker's answer; one that was overtaken is left alone."""
        if answer.request != self._request:
            return
        self.origin = answer.origin
        if answer.origin is None:
            self.say_empty(f"Where it comes from cannot be said. {answer.problem}")
            self.show_rows(())
            return
        self.say_empty(self._sentence(answer.origin))
        self.show_rows(answer.origin.contributions, self._sentence(answer.origin))
        # The heading has the first of them.
        self.heading.setToolTip("\n".join(_sum_texts(answer.origin)))
        at = answer.origin.at
        if at is not None and len(self._way) > 1 and at.call is not None:
            self._viewpoint.select(at.call)

    def _ask(self, tensor: int, index: tuple[int, ...]) -> None:
        if not self._can_read():
            self.say_empty("No values: they stay in the worker, and none is running.")
            self.show_rows(())
            return
        self._way.append((tensor, index))
        self._request += 1
        self._send(ExplainNumber(self._request, self._run, tensor, index))

    def _upstream(self, row: Contribution) -> None:
        if row.element.tensor is not None:
            self._ask(row.element.tensor, row.element.index)

    def _follow(self, link: str) -> None:
        if link == _BACK and len(self._way) > 1:
            self._way.pop()
            self._ask(*self._way.pop())
        elif link != _BACK and self.origin is not None and self.origin.at is not None:
            at = self.origin.at
            if at.file is not None:
                self._viewpoint.source_requested.emit(at.file, at.line or 0)

    def _forget(self) -> None:
        if self._viewpoint.run.number != self._run:
            self._way, self.origin = [], None
            self._request += 1
            self.say_empty(HINT)
            self.show_rows(())

    def _sentence(self, origin: NumberOrigin) -> str:
        accent = self._appearance.theme.accent
        words = f"<b>{escape(element_text(origin.element))} = {_value(origin.element)}</b>"
        if origin.at is not None and origin.at.line is not None:
            place = escape(place_text(origin.at.file, origin.at.line))
            words += f" &nbsp;at <a style='color:{accent}' href='line'>{place}</a>"
        if origin.note:
            words += f" &nbsp;{escape(origin.note)}"
        if origin.totals:
            sums = escape(", ".join(_sum_texts(origin)[:_SHOWN_SUMS]))
            more = len(origin.totals) - _SHOWN_SUMS
            sums += f" and {more} more" if more > 0 else ""
            # Sums of values times derivatives: for a linear call the number itself, else not.
            what = "adds up to" if _is_shared_out(origin) else "contributions"
            words += f" &nbsp;·&nbsp; {what}: {sums}"
        if len(self._way) > 1:
            words += f" &nbsp;·&nbsp; <a style='color:{accent}' href='{_BACK}'>Back</a>"
        return words


def element_text(element: Element) -> str:
    """`pixels/kernel[3, 5]`."""
    return f"{element.name}[{', '.join(map(str, element.index))}]"


def _sum_texts(origin: NumberOrigin) -> list[str]:
    """What each operand contributes, the largest first, and before them what is no number."""
    totals = sorted(origin.totals, key=lambda total: -inf if isnan(total[1]) else -abs(total[1]))
    return [f"{name} {number_text(total)}" for name, total in totals]


def _is_shared_out(origin: NumberOrigin) -> bool:
    """Whether each sum is part of some that make the number, as in a call that is linear in it."""
    value = origin.element.value
    sums = [total for _, total in origin.totals if total]
    if len(sums) > _MOST_SUMS:
        return False
    near = _NEAR * max([abs(value), *map(abs, sums)])
    explained: set[int] = set()
    for count in range(1, len(sums) + 1):
        for chosen in combinations(range(len(sums)), count):
            if abs(sum(sums[i] for i in chosen) - value) <= near:
                explained.update(chosen)
    return len(explained) == len(sums)


def _value(element: Element) -> str:
    return number_text(element.value)


def _columns(appearance: Appearance) -> tuple[Column, ...]:
    return (
        Column(
            "Came in as",
            lambda row: element_text(row.element),
            is_path=True,
            colour=lambda _: appearance.theme.accent,
        ),
        Column("Value", lambda row: _value(row.element), is_number=True),
        Column("× derivative", lambda row: number_text(row.derivative), is_number=True),
        Column(
            "= contribution",
            lambda row: number_text(row.amount),
            is_number=True,
            is_bold=lambda _: True,
        ),
    )
