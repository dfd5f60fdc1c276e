"""What each function of `backend.numpy` is tried with: (name, arguments, options)."""

from __future__ import annotations

from typing import Any

import numpy as np

G = np.random.default_rng(21)
M = G.normal(size=(3, 4)).astype("float32")
N = G.normal(size=(3, 4)).astype("float32")
P = G.uniform(0.3, 0.9, size=(3, 4)).astype("float32")
C = G.normal(size=(2, 3, 4)).astype("float32")
S = G.normal(size=(4, 4)).astype("float32")
V = G.normal(size=(4,)).astype("float32")
V3 = G.normal(size=(5, 3)).astype("float32")
W = G.integers(0, 9, size=(3, 4)).astype("int32")
U = G.integers(1, 5, size=(3, 4)).astype("int32")
T = M > 0
Z = (M + 1j * N).astype("complex64")
GAPS = M.copy()
GAPS[[0, 1, 1], [1, 0, 2]] = np.nan
ODD = np.array([1.0, np.nan, np.inf, -np.inf, -0.0], "float32")

Trial = tuple[str, tuple[Any, ...], dict[str, Any]]


def _each(names: str, *args: Any, **options: Any) -> list[Trial]:
    return [(name, args, options) for name in names.split()]


TRIALS: list[Trial] = [
    *_each(
        "absolute abs fabs negative sign square exp exp2 expm1 sin cos tan arctan sinh cosh tanh "
        "arcsinh cbrt floor ceil trunc round deg2rad rad2deg sinc i0 real imag conj conjugate "
        "angle isreal isnan isinf isfinite isposinf isneginf signbit nan_to_num copy array",
        M,
    ),
    *_each("sqrt log log2 log10 log1p reciprocal arcsin arccos arctanh", P),
    *_each("arccosh", P + 1),
    *_each("absolute angle real imag conj isreal exp square", Z),
    *_each("isnan isinf isfinite isposinf isneginf signbit sign nan_to_num", ODD),
    *_each("round", M, 1),
    *_each("nan_to_num", ODD, nan=1.0, posinf=2.0, neginf=-2.0),
    *_each("sign square negative absolute exp round floor trunc isnan", W),
    *_each(
        "add subtract multiply maximum minimum fmax fmin arctan2 hypot logaddexp logaddexp2", M, N
    ),
    *_each("nextafter heaviside divide true_divide divide_no_nan mod fmod floor_divide", M, P),
    *_each("add subtract multiply maximum equal less", W, 2.5),
    *_each("add subtract multiply floor_divide mod fmod power maximum gcd lcm", W, U),
    *_each("power", P, N),
    *_each("ldexp", M, W),
    *_each("equal not_equal less less_equal greater greater_equal", M, N),
    *_each("logical_and logical_or logical_xor", T, W),
    *_each("logical_not", T),
    *_each("isclose allclose", M, M),
    *_each("isin", W, U),
    *_each("isin", W, U, invert=True),
    *_each("where", T, M, N),
    *_each("select", [T, W > 3], [M, N], 1.0),
    *_each("clip", M, -0.5, 0.5),
    *_each("clip", W, 2, 300),
    *_each(
        "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift left_shift "
        "right_shift",
        W,
        U,
    ),
    *_each("bitwise_not bitwise_invert", W),
    *[
        trial
        for options in ({}, {"axis": 0}, {"axis": (0, -1)}, {"axis": 1, "keepdims": True})
        for trial in _each("sum prod mean var std max min amax amin any all", C, **options)
    ],
    *[
        trial
        for options in ({}, {"axis": 0}, {"axis": -1, "keepdims": True})
        for trial in _each(
            "nansum nanprod nanmean nanvar nanstd nanmax nanmin nanmedian", GAPS, **options
        )
    ],
    *[
        trial
        for options in ({}, {"axis": 1}, {"axis": 0, "keepdims": True})
        for trial in _each("argmax argmin median ptp", M, **options)
    ],
    *_each("nanargmax nanargmin", GAPS, axis=1),
    *_each("max min", C, axis=0, initial=0.5),
    *_each("count_nonzero", W, axis=1),
    *_each("cumsum cumprod", C, axis=1),
    *_each("cumsum cumprod", M),
    *_each("nancumsum nancumprod", GAPS, axis=0),
    *_each("average", M, axis=1),
    *_each("average", M, axis=0, weights=P[:, 0]),
    *_each("average", M, weights=P),
    *[
        trial
        for method in ("linear", "lower", "higher", "midpoint", "nearest")
        for trial in [
            *_each("quantile", C, 0.3, axis=1, method=method),
            *_each("quantile nanquantile", GAPS, [0.1, 0.5], axis=0, method=method),
            *_each("percentile nanpercentile", M, [10.0, 77.0], method=method, keepdims=True),
        ]
    ],
    *_each("trapezoid", C),
    *_each("trapezoid", M, V, axis=1),
    *_each("trapezoid", C, dx=0.5, axis=0),
    *_each("reshape", C, (4, -1)),
    *_each("ravel", C),
    *_each("transpose", C),
    *_each("transpose", C, (1, 2, 0)),
    *_each("swapaxes", C, 0, 2),
    *_each("moveaxis", C, 0, -1),
    *_each("moveaxis", C, (0, 1), (2, 0)),
    *_each("expand_dims", C, 1),
    *_each("expand_dims", C, (0, -1)),
    *_each("squeeze", C[:, :1]),
    *_each("squeeze", C[:, :1], 1),
    *_each("broadcast_to", V, (3, 4)),
    *_each("flip", C),
    *_each("flip", C, (0, 2)),
    *_each("fliplr flipud", C),
    *_each("rot90", C),
    *_each("rot90", C, 3, axes=(1, 2)),
    *_each("roll", C, 2),
    *_each("roll", C, (1, -1), axis=(0, 2)),
    *_each("tril triu", C, 1),
    *_each("diag", V, 1),
    *_each("diag", M, -1),
    *_each("diagflat", M),
    *_each("diagonal trace", C, 1, 0, 2),
    *_each("diagonal trace", M, -1),
    *_each("concatenate stack", [C, C], 1),
    *_each("hstack vstack dstack", [V, V]),
    *_each("hstack vstack dstack", [C, C]),
    *_each("append", M, N),
    *_each("append", M, N, axis=0),
    *_each("split array_split hsplit", S, 2),
    *_each("split", S, [1, 3], axis=1),
    *_each("array_split", C, 3, axis=2),
    *_each("vsplit", S, 2),
    *_each("dsplit", C, 2),
    *_each("tile", M, (2, 1, 3)),
    *_each("repeat", M, 2),
    *_each("repeat", M, [1, 0, 2], axis=0),
    *[
        trial
        for mode in (
            "constant",
            "reflect",
            "symmetric",
            "edge",
            "wrap",
            "maximum",
            "minimum",
            "mean",
            "median",
            "linear_ramp",
        )
        for trial in _each("pad", C, ((1, 1), (2, 0), (0, 3)), mode)
    ],
    *_each("pad", M, 1, constant_values=2.5),
    *_each("take", C, U[:, :2] % 3, 1),
    *_each("take", C, [0, -1, 5]),
    *_each("take_along_axis", M, W[:, :2] % 4, 1),
    *_each("unravel_index", W, (2, 3, 4)),
    *_each("sort argsort", C),
    *_each("sort argsort", C, 1),
    *_each("argpartition", M, 2),
    *_each("searchsorted", np.sort(V), M),
    *_each("searchsorted", np.sort(V), M, side="right"),
    *_each("digitize", M, np.sort(V)),
    *_each("diff", C, 2, 1),
    *_each("corrcoef", M),
    *_each("matmul", C, M.T),
    *_each("matmul", M, V),
    *_each("dot inner", C, V),
    *_each("dot", C, S),
    *_each("outer vdot kron", M, N),
    *_each("tensordot", C, S, 1),
    *_each("tensordot", C, C, ([0, 2], [0, 2])),
    *_each("einsum", "abc,cd->abd", C, S),
    *_each("cross", V3, V3[::-1]),
    *_each("cross", V3[:, :2], V3[:, 1:]),
    *_each("cross", V3.T, V3.T[::-1], axis=0),
    *[trial for mode in ("valid", "same", "full") for trial in _each("correlate", V, V[:3], mode)],
    *[trial for mode in ("valid", "same", "full") for trial in _each("correlate", V[:3], V, mode)],
    *_each("slogdet", S),
    *_each("vander", V),
    *_each("vander", V, 3, increasing=True),
    *_each("zeros_like ones_like empty_like", W),
    *_each("full_like", M, 2),
    *_each("meshgrid", V, V[:3]),
    *_each("meshgrid", V, V[:3], V[:2], indexing="ij"),
    *_each("view", M, "int32"),
    *_each("ndim size", C),
    *_each("linspace", V, V + 2, 5, axis=1),
    *_each("logspace geomspace", P, P + 2, 4),
]

# What has no tensor among its arguments, or a number of results that depends on the values.
CREATION: list[Trial] = [
    *_each("ones zeros empty", (2, 3)),
    *_each("full", (2, 3), 4.5),
    *_each("eye tri", 3, 4, 1),
    *_each("identity", 3),
    *_each("arange", 1, 9, 2),
    *_each("arange", 0.0, 1.0, 0.25),
    *_each("linspace", 0, 1, 7, endpoint=False),
    *_each("linspace logspace geomspace", 1, 3, 5),
    *_each("bartlett blackman hamming hanning", 7),
    *_each("kaiser", 7, 3.0),
    *_each("nonzero", W),
    *_each("unique", W),
    *_each("unique", W, return_index=True, return_inverse=True, return_counts=True, axis=0),
    *_each("bincount", W[0]),
    *_each("bincount", W[0], weights=V, minlength=12),
    *_each("histogram", M, bins=5),
    *_each("histogram", M, bins=4, range=(-1.0, 1.0)),
]
