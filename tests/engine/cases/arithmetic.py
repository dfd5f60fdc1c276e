"""Cases of arithmetic on two operands, choosing, comparing and bits."""

import numpy as np
from case import Case

G = np.random.default_rng(1)
MATRIX = G.normal(size=(3, 4)) + 0.05
ROW = G.normal(size=(1, 4))
POSITIVE = G.uniform(0.5, 2.0, size=(3, 4))
WHOLE = G.integers(1, 30, size=(3, 4)).astype(np.int32)
WHOLE_ROW = G.integers(1, 7, size=(4,)).astype(np.int32)
SOME = MATRIX > 0

CASES = [
    Case("add", (MATRIX, ROW), expected=lambda a, b: a + b),
    Case("subtract", (ROW, MATRIX), expected=lambda a, b: a - b),
    Case("multiply", (MATRIX, ROW), expected=lambda a, b: a * b),
    Case("divide", (MATRIX, POSITIVE), expected=lambda a, b: a / b),
    Case("divide", (MATRIX, ROW + 3)),
    Case("negative", (MATRIX,), expected=lambda a: -a),
    Case("power", (POSITIVE, ROW), expected=lambda a, b: a**b),
    Case("power", (np.array([0.0, -2.0, 3.0]), np.array([2.0, 2.0, 0.0])), differentiable=(0,)),
    Case(
        "power",
        (np.array([2, -1, -1, 1, 0, -3], "int32"), np.array([-2, -3, -2, -5, -1, 3], "int32")),
        expected=lambda a, b: np.array([0, -1, 1, 1, 0, -27]),
        differentiable=(),
    ),
    Case("floor_divide", (MATRIX, POSITIVE), expected=lambda a, b: a // b),
    Case("remainder", (MATRIX * 3, POSITIVE), expected=lambda a, b: a % b),
    Case("fmod", (MATRIX * 3, POSITIVE), expected=np.fmod),
    Case("maximum", (MATRIX, ROW), expected=np.maximum),
    Case("minimum", (MATRIX, ROW), expected=np.minimum),
    Case("fmax", (MATRIX, ROW), expected=np.fmax),
    Case("fmin", (MATRIX, ROW), expected=np.fmin),
    Case("fmax", (np.array([np.nan, 1.0]), np.array([2.0, np.nan])), expected=np.fmax),
    Case("arctan2", (MATRIX, POSITIVE), expected=np.arctan2),
    Case("hypot", (MATRIX, ROW), expected=np.hypot),
    Case("logaddexp", (MATRIX, ROW), expected=np.logaddexp),
    Case("logaddexp2", (MATRIX, ROW), expected=np.logaddexp2),
    Case("nextafter", (MATRIX, ROW), expected=np.nextafter),
    Case("heaviside", (MATRIX, ROW), expected=np.heaviside),
    Case("gcd", (WHOLE, WHOLE_ROW), expected=np.gcd),
    Case("lcm", (WHOLE, WHOLE_ROW), expected=np.lcm),
    Case("where", (SOME, MATRIX, ROW), expected=np.where),
    Case("full_like", (MATRIX,), {"value": 3}, expected=lambda a: np.full_like(a, 3)),
    Case("full_like", (MATRIX,), {"value": 3, "dtype": np.dtype("int32")}),
    Case("clip", (MATRIX,), {"low": -0.5, "high": 0.6}, expected=lambda a: np.clip(a, -0.5, 0.6)),
    Case("equal", (WHOLE, WHOLE_ROW), expected=np.equal),
    Case("not_equal", (WHOLE, WHOLE_ROW), expected=np.not_equal),
    Case("less", (MATRIX, ROW), expected=np.less),
    Case("less_equal", (MATRIX, ROW), expected=np.less_equal),
    Case("greater", (MATRIX, ROW), expected=np.greater),
    Case("greater_equal", (MATRIX, ROW), expected=np.greater_equal),
    Case("logical_and", (SOME, ROW > 0), expected=np.logical_and),
    Case("logical_or", (SOME, ROW > 0), expected=np.logical_or),
    Case("logical_xor", (SOME, ROW > 0), expected=np.logical_xor),
    Case("logical_not", (SOME,), expected=np.logical_not),
    Case("isin", (WHOLE, WHOLE_ROW), {"invert": True}, expected=lambda a, b: ~np.isin(a, b)),
    Case("bitwise_and", (WHOLE, WHOLE_ROW), expected=np.bitwise_and),
    Case("bitwise_or", (WHOLE, WHOLE_ROW), expected=np.bitwise_or),
    Case("bitwise_xor", (WHOLE, WHOLE_ROW), expected=np.bitwise_xor),
    Case("invert", (WHOLE,), expected=np.invert),
    Case("left_shift", (WHOLE, WHOLE_ROW), expected=np.left_shift),
    Case("right_shift", (WHOLE, WHOLE_ROW), expected=np.right_shift),
]
