"""A small language for conditions and watches: expressions over the tensors of one call.

    max(abs(y)) > 10                  a number of the call's output
    any(isnan(w.kernel))              a weight by name
    shape != (32, 10)                 the output's shape
    mask is None and mask_in is not None
    mean(at("encoder/dense").y)       a tensor of another call

Text is read by Python's parser and checked against a list of what is allowed (`grammar`), then
walked by our own evaluator (`evaluation`); nothing is ever compiled or executed, no attribute of
a Python object can be reached, and length, depth, sizes and the numbers touched are bounded.

Why not `eval` with an empty namespace? It is not safe: `().__class__` leads anywhere, and
`9**9**9` never ends.
"""

from inspector.trace.expressions.evaluation import evaluate, value_text
from inspector.trace.expressions.grammar import Expression, parse
from inspector.trace.expressions.site import Site

__all__ = ["Expression", "Site", "evaluate", "parse", "value_text"]
