"""Expressions at many places of one recorded run, for conditions and watches."""

from __future__ import annotations

import time

import numpy as np

from inspector.capture.sites import RecordedSites
from inspector.errors import ExpressionError
from inspector.session.debug_messages import Evaluate, Evaluated, Evaluation
from inspector.trace.expressions import Expression, Site, evaluate, parse, value_text
from inspector.trace.expressions.evaluation import is_true

# So long may one question take; the places that are left say so.
_LONGEST_S = 20.0
_MOST_TEXT = 200


def evaluated(command: Evaluate, sites: RecordedSites) -> Evaluated:
    """The answer to a question: one value for each place, or why there is none.

    Raises:
        ExpressionError: the text is no expression.
    """
    expression = parse(command.expression)
    end = time.monotonic() + _LONGEST_S
    values = tuple(
        _at(expression, sites, call, op)
        if time.monotonic() < end
        else Evaluation(problem=f"It took more than {_LONGEST_S:g} seconds up to here.")
        for call, op in command.places
    )
    return Evaluated(command.request, command.run, values)


def _at(expression: Expression, sites: RecordedSites, call: str, op: int | None) -> Evaluation:
    try:
        return evaluation_of(expression, sites.site(call, op))
    except ExpressionError as error:
        return Evaluation(problem=f"{error.message} {error.fix}")


def evaluation_of(expression: Expression, site: Site) -> Evaluation:
    """What an expression is at one place.

    Raises:
        ExpressionError: it has no value there.
    """
    value = evaluate(expression, site)
    number: float | None = None
    if isinstance(value, bool | int | float | np.generic | np.ndarray) and np.size(value) == 1:
        real = np.asarray(value).reshape(())
        number = float(np.abs(real) if real.dtype.kind == "c" else real)
    try:
        holds: bool | None = is_true(value)
    except ExpressionError:
        holds = None
    return Evaluation(value_text(value)[:_MOST_TEXT], number, holds)
