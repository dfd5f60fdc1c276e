"""The numbers of a recorded run: the first bad one, and where any of them comes from.

    bad_values.find(run, records)                  NaN, overflow, dead units ... with their cause
    contributions.explain(run, tensor, index)      the inputs and weights that made one element

Both read the record after the run, so they cost nothing while it goes on.
"""

from inspector.capture.numbers.bad_values import find
from inspector.capture.numbers.contributions import explain

__all__ = ["explain", "find"]
