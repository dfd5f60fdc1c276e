"""Keras' `backend.numpy`, by families."""
# ruff: noqa: I001, RUF022
# fmt: off
# One name a line would make this page 480 lines long.

from __future__ import annotations

from inspector.engine import array_protocol
from inspector.keras_backend.ops.numpy.arithmetic import (
    add, arctan2, bitwise_and, bitwise_invert, bitwise_left_shift, bitwise_not, bitwise_or,
    bitwise_right_shift, bitwise_xor, divide, divide_no_nan, floor_divide, fmax, fmin, fmod, gcd,
    heaviside, hypot, lcm, ldexp, left_shift, logaddexp, logaddexp2, maximum, minimum, mod,
    multiply, nextafter, power, right_shift, subtract, true_divide,
)
from inspector.keras_backend.ops.numpy.comparison import (
    allclose, clip, equal, greater, greater_equal, isclose, isin, less, less_equal, logical_and,
    logical_not, logical_or, logical_xor, not_equal, select, where,
)
from inspector.keras_backend.ops.numpy.creation import (
    arange, array, copy, empty, empty_like, eye, full, full_like, geomspace, identity, linspace,
    logspace, meshgrid, ones, ones_like, tri, vander, view, zeros, zeros_like,
)
from inspector.keras_backend.ops.numpy.elementwise import (
    abs, absolute, angle, arccos, arccosh, arcsin, arcsinh, arctan, arctanh, cbrt, ceil, conj,
    conjugate, cos, cosh, deg2rad, exp, exp2, expm1, fabs, floor, i0, imag, isfinite, isinf, isnan,
    isneginf, isposinf, isreal, log, log1p, log2, log10, nan_to_num, negative, rad2deg, real,
    reciprocal, round, sign, signbit, sin, sinc, sinh, sqrt, square, tan, tanh, trunc,
)
from inspector.keras_backend.ops.numpy.indexing import (
    take, take_along_axis, unravel_index,
)
from inspector.keras_backend.ops.numpy.joining import (
    append, array_split, concatenate, dsplit, dstack, hsplit, hstack, repeat, split, stack, tile,
    vsplit, vstack,
)
from inspector.keras_backend.ops.numpy.mapping import (
    vectorize,
)
from inspector.keras_backend.ops.numpy.nan_reductions import (
    nanargmax, nanargmin, nancumprod, nancumsum, nanmax, nanmean, nanmin, nanprod, nanstd, nansum,
    nanvar,
)
from inspector.keras_backend.ops.numpy.padding import (
    pad,
)
from inspector.keras_backend.ops.numpy.products import (
    correlate, cross, dot, einsum, inner, kron, matmul, outer, slogdet, tensordot, trace, vdot,
)
from inspector.keras_backend.ops.numpy.reductions import (
    all, amax, amin, any, argmax, argmin, average, count_nonzero, cumprod, cumsum, max, mean, min,
    prod, ptp, std, sum, trapezoid, var,
)
from inspector.keras_backend.ops.numpy.shaping import (
    broadcast_to, diag, diagflat, diagonal, expand_dims, flip, fliplr, flipud, moveaxis, ndim,
    ravel, reshape, roll, rot90, size, squeeze, swapaxes, transpose, tril, triu,
)
from inspector.keras_backend.ops.numpy.sorting import (
    argpartition, argsort, bincount, digitize, histogram, nonzero, searchsorted, sort, unique,
)
from inspector.keras_backend.ops.numpy.statistics import (
    corrcoef, diff, median, nanmedian, nanpercentile, nanquantile, percentile, quantile,
)
from inspector.keras_backend.ops.numpy.windows import (
    bartlett, blackman, hamming, hanning, kaiser,
)

__all__ = [
    "abs", "absolute", "add", "all", "allclose", "amax", "amin", "angle", "any", "append",
    "arange", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "argmax",
    "argmin", "argpartition", "argsort", "array", "array_split", "average", "bartlett", "bincount",
    "bitwise_and", "bitwise_invert", "bitwise_left_shift", "bitwise_not", "bitwise_or",
    "bitwise_right_shift", "bitwise_xor", "blackman", "broadcast_to", "cbrt", "ceil", "clip",
    "concatenate", "conj", "conjugate", "copy", "corrcoef", "correlate", "cos", "cosh",
    "count_nonzero", "cross", "cumprod", "cumsum", "deg2rad", "diag", "diagflat", "diagonal",
    "diff", "digitize", "divide", "divide_no_nan", "dot", "dsplit", "dstack", "einsum", "empty",
    "empty_like", "equal", "exp", "exp2", "expand_dims", "expm1", "eye", "fabs", "flip", "fliplr",
    "flipud", "floor", "floor_divide", "fmax", "fmin", "fmod", "full", "full_like", "gcd",
    "geomspace", "greater", "greater_equal", "hamming", "hanning", "heaviside", "histogram",
    "hsplit", "hstack", "hypot", "i0", "identity", "imag", "inner", "isclose", "isfinite", "isin",
    "isinf", "isnan", "isneginf", "isposinf", "isreal", "kaiser", "kron", "lcm", "ldexp",
    "left_shift", "less", "less_equal", "linspace", "log", "log10", "log1p", "log2", "logaddexp",
    "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor", "logspace", "matmul",
    "max", "maximum", "mean", "median", "meshgrid", "min", "minimum", "mod", "moveaxis",
    "multiply", "nan_to_num", "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax",
    "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd",
    "nansum", "nanvar", "ndim", "negative", "nextafter", "nonzero", "not_equal", "ones",
    "ones_like", "outer", "pad", "percentile", "power", "prod", "ptp", "quantile", "rad2deg",
    "ravel", "real", "reciprocal", "repeat", "reshape", "right_shift", "roll", "rot90", "round",
    "searchsorted", "select", "sign", "signbit", "sin", "sinc", "sinh", "size", "slogdet", "sort",
    "split", "sqrt", "square", "squeeze", "stack", "std", "subtract", "sum", "swapaxes", "take",
    "take_along_axis", "tan", "tanh", "tensordot", "tile", "trace", "transpose", "trapezoid",
    "tri", "tril", "triu", "true_divide", "trunc", "unique", "unravel_index", "vander", "var",
    "vdot", "vectorize", "view", "vsplit", "vstack", "where", "zeros", "zeros_like",
]

# NumPy functions called on Tensors in user code (`np.sqrt(x)`) run these.
array_protocol.install({name: globals()[name] for name in __all__})
