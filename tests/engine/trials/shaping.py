"""Values moved, joined and cut; any dtype, and nothing is computed."""

import numpy as np
from hypothesis import strategies as st
from trial import ALL, BOOL, FLOATS, INTEGERS, NUMBERS, Trial, arrays, shapes, some


@st.composite
def reshaped(draw):
    x = draw(arrays(dtypes=ALL))
    divisors = [n for n in range(1, x.size + 1) if x.size % n == 0] or [0]
    first = draw(st.sampled_from(divisors))
    shape = draw(st.sampled_from([(x.size,), (first, x.size // (first or 1)), (1, x.size, 1)]))
    free = draw(st.integers(0, len(shape) - 1))
    if x.size and draw(st.booleans()):
        shape = (*shape[:free], -1, *shape[free + 1 :])
    return Trial((x,), {"shape": shape}, lambda a: a.reshape(shape))


@st.composite
def transposed(draw):
    x = draw(arrays(dtypes=ALL))
    axes = tuple(draw(st.permutations(range(x.ndim))))
    return Trial((x,), {"axes": axes}, lambda a: a.transpose(axes))


@st.composite
def broadcast_to(draw):
    shape = draw(shapes())
    own = tuple(n if draw(st.booleans()) else 1 for n in shape[draw(st.integers(0, len(shape))) :])
    return Trial((draw(arrays(own, ALL)),), {"shape": shape},
                 lambda a: np.broadcast_to(a, shape))  # fmt: skip


@st.composite
def cast(draw):
    source = draw(st.sampled_from(ALL))
    x = draw(arrays(dtypes=(source,)))
    unsigned = source.kind in "iub"
    # Below zero there is no unsigned number: what comes out is left to the array module.
    targets = [d for d in ALL if d.kind != "u" or unsigned]
    dtype = draw(st.sampled_from(targets))

    def expected(a):
        real = a.real if a.dtype.kind == "c" and dtype.kind != "c" else a
        return real.astype(dtype)

    return Trial((x,), {"dtype": dtype}, expected,
                 differentiable=() if dtype.kind in "iub" else None)  # fmt: skip


@st.composite
def padded(draw):
    x = draw(arrays(dtypes=NUMBERS))
    sides = [(draw(st.integers(-1, 2)), draw(st.integers(-1, 2))) for _ in x.shape]
    widths = tuple(
        (before, after) if size + before + after >= 0 else (0, 0)
        for size, (before, after) in zip(x.shape, sides, strict=True)
    )
    value = draw(st.sampled_from([0, 1, 2.0]))

    def expected(a):
        outer = [(max(b, 0), max(c, 0)) for b, c in widths]
        framed = np.pad(a, outer, constant_values=value) if a.ndim else a
        cut = [slice(max(-b, 0), n - max(-c, 0))
               for n, (b, c) in zip(framed.shape, widths, strict=True)]  # fmt: skip
        return framed[tuple(cut)]

    return Trial((x,), {"widths": widths, "value": value}, expected)


@st.composite
def flipped(draw):
    x = draw(arrays(shapes(1), ALL))
    axis = tuple(sorted(draw(st.sets(st.integers(0, x.ndim - 1)))))
    return Trial((x,), {"axis": axis}, lambda a: np.flip(a, axis))


@st.composite
def rolled(draw):
    x = draw(arrays(shapes(1), ALL))
    axis = tuple(draw(st.lists(st.integers(0, x.ndim - 1), min_size=1, max_size=3)))
    shift = tuple(draw(st.integers(-6, 6)) for _ in axis)
    return Trial((x,), {"shift": shift, "axis": axis}, lambda a: np.roll(a, shift, axis))


@st.composite
def repeated(draw):
    x = draw(arrays(shapes(1), ALL))
    axis, repeats = draw(st.integers(0, x.ndim - 1)), draw(st.integers(0, 3))
    return Trial((x,), {"repeats": repeats, "axis": axis}, lambda a: np.repeat(a, repeats, axis))


@st.composite
def triangle(draw, name):
    x, k = draw(arrays(shapes(2, 4), ALL)), draw(st.integers(-3, 3))
    return Trial((x,), {"k": k}, lambda a: getattr(np, name)(a, k))


@st.composite
def concatenated(draw):
    shape, dtype = draw(shapes(1)), (draw(st.sampled_from(ALL)),)
    axis = draw(st.integers(0, len(shape) - 1))
    lengths = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    parts = [draw(arrays((*shape[:axis], n, *shape[axis + 1 :]), dtype)) for n in lengths]
    return Trial(tuple(parts), {"axis": axis}, lambda *xs: np.concatenate(xs, axis))


@st.composite
def stacked(draw):
    shape, dtype = draw(shapes()), (draw(st.sampled_from(ALL)),)
    axis = draw(st.integers(0, len(shape)))
    parts = [draw(arrays(shape, dtype)) for _ in range(draw(st.integers(1, 3)))]
    return Trial(tuple(parts), {"axis": axis}, lambda *xs: np.stack(xs, axis))


@st.composite
def split(draw):
    x = draw(arrays(shapes(1), ALL))
    axis = draw(st.integers(0, x.ndim - 1))
    points = tuple(draw(st.lists(st.integers(-4, 6), max_size=3)))
    return Trial((x,), {"points": points, "axis": axis}, lambda a: np.split(a, points, axis))


@st.composite
def unstacked(draw):
    x = draw(arrays(shapes(1), ALL))
    axis = draw(st.integers(0, x.ndim - 1))
    count = x.shape[axis]
    return Trial((x,), {"axis": axis, "count": count},
                 lambda a: [np.take(a, i, axis) for i in range(count)])  # fmt: skip


@st.composite
def bits(draw):
    source = draw(st.sampled_from([d for d in ALL if d not in BOOL]))
    x = draw(arrays(shapes(1, 3, some), (source,)))
    wanted = draw(st.sampled_from([d for d in (*FLOATS, *INTEGERS) if d.itemsize <= x.itemsize]))
    return Trial((x,), {"dtype": wanted, "width": x.itemsize},
                 lambda a: np.ascontiguousarray(x).view(wanted))  # fmt: skip


TRIALS = {
    "reshape": reshaped(),
    "transpose": transposed(),
    "broadcast_to": broadcast_to(),
    "cast": cast(),
    "pad": padded(),
    "flip": flipped(),
    "roll": rolled(),
    "repeat": repeated(),
    "tril": triangle("tril"),
    "triu": triangle("triu"),
    "concatenate": concatenated(),
    "stack": stacked(),
    "split": split(),
    "unstack": unstacked(),
    "bitcast": bits(),
}
