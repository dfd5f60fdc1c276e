"""Reading and writing by index, order, and rows that share a number."""

import numpy as np
from hypothesis import strategies as st
from trial import ALL, FLOATS, INTEGERS, REAL, Trial, apart, arrays, build, seeds, shapes, some

ARRAY = "array"
KINDS = (np.dtype("int32"), np.dtype("int64"))
WRITES = {
    "add": np.add,
    "multiply": np.multiply,
    "maximum": np.maximum,
    "minimum": np.minimum,
}


@st.composite
def whole_numbers(draw, shape, low, high, unique=False):
    generator = np.random.default_rng(draw(seeds))
    if unique:
        found = generator.permutation(np.arange(low, high))[: int(np.prod(shape))].reshape(shape)
    else:
        found = generator.integers(low, high, size=shape)
    return found.astype(draw(st.sampled_from(KINDS)))


@st.composite
def keys(draw, shape, unique=False):
    """A key for an array of this shape, with its index arrays."""
    parts, indices = [], []
    common = draw(st.sampled_from([(2,), (1,), (2, 2), (0,)])) if not unique else (1,)
    for size in shape:
        kind = draw(st.sampled_from(["int", "slice", "array", "slice", "new"]))
        if kind == "new":
            parts.append(None)
        if kind == "int" and size:
            parts.append(draw(st.integers(-size, size - 1)))
        elif kind == "array" and size:
            parts.append(ARRAY)
            indices.append(draw(whole_numbers(common, -size, size)))
        else:
            ends = st.none() | st.integers(-5, 5)
            step = draw(st.sampled_from([None, 1, 2, -1, -2]))
            parts.append(slice(draw(ends), draw(ends), step))
    if parts and draw(st.booleans()):
        tail = draw(st.integers(0, len(parts)))
        kept = parts[:tail]
        numbers = sum(part is ARRAY for part in kept)
        return (*kept, Ellipsis), indices[:numbers]
    return tuple(parts), indices


def with_arrays(key, indices):
    rest = iter(indices)
    return tuple(next(rest) if part is ARRAY else part for part in key)


@st.composite
def read(draw):
    x = draw(arrays(dtypes=ALL))
    key, indices = draw(keys(x.shape))
    return Trial((x, *indices), {"key": key}, lambda a, *i: a[with_arrays(key, i)])


@st.composite
def put_in_zeros(draw):
    shape = draw(shapes(0, 3, some))
    key, indices = draw(keys(shape))
    part = np.zeros(shape)[with_arrays(key, indices)]

    def expected(g, *i):
        zeros = np.zeros(shape)
        np.add.at(zeros, with_arrays(key, i), g)
        return zeros

    return Trial((draw(arrays(part.shape)), *indices), {"key": key, "shape": shape}, expected)


@st.composite
def put(draw):
    how = draw(st.sampled_from(["set", *WRITES]))
    shape = draw(shapes(0, 3, some))
    key, indices = draw(keys(shape, unique=True))
    dtype = (draw(st.sampled_from((*FLOATS, *INTEGERS[:2]))),)
    part = np.zeros(shape)[with_arrays(key, indices)]
    x = draw(arrays(shape, dtype))
    values = draw(arrays(draw(st.sampled_from([part.shape, ()])), dtype))

    def expected(a, v, *i):
        copied, where = a.copy(), with_arrays(key, i)
        if how == "set":
            copied[where] = v
        else:
            WRITES[how].at(copied, where, v)
        return copied

    return Trial((x, values, *indices), {"key": key, "how": how}, expected)


@st.composite
def taken(draw):
    x = draw(arrays(shapes(1, 3, some), ALL))
    axis = draw(st.integers(0, x.ndim - 1))
    i = draw(whole_numbers(draw(shapes(0, 2)), -x.shape[axis], x.shape[axis]))
    return Trial((x, i), {"axis": axis}, lambda a, i: np.take(a, i, axis))


@st.composite
def added_slices(draw):
    before, inner, after = draw(shapes(0, 1)), draw(shapes(0, 2)), draw(shapes(0, 1))
    size, axis = draw(some), len(before)
    g = draw(arrays((*before, *inner, *after)))
    i = draw(whole_numbers(inner, -size, size))

    def expected(g, i):
        out = np.zeros((*before, size, *after))
        np.add.at(out, (*[slice(None)] * axis, i), g)
        return out

    return Trial((g, i), {"axis": axis, "size": size}, expected, loose=4)


@st.composite
def along(draw, way):
    shape = draw(shapes(1, 3, some))
    axis = draw(st.integers(0, len(shape) - 1))
    lines = (*shape[:axis], draw(some), *shape[axis + 1 :])
    i = draw(whole_numbers(lines, -shape[axis], shape[axis]))
    if way == "take":
        return Trial((draw(arrays(shape, ALL)), i), {"axis": axis},
                     lambda a, i: np.take_along_axis(a, i, axis))  # fmt: skip

    def expected(g, i):
        out = np.zeros(shape)
        grid = list(np.indices(lines, sparse=True))
        grid[axis] = i
        np.add.at(out, tuple(grid), g)
        return out

    return Trial((draw(arrays(lines)), i), {"axis": axis, "shape": shape}, expected, loose=4)


# --- order ------------------------------------------------------------------------------------


@st.composite
def ordered(draw, name):
    x = draw(arrays(shapes(1), REAL, values=apart))
    axis = draw(st.integers(0, x.ndim - 1))
    how = {"kind": "stable"} if name == "argsort" else {}
    return Trial((x,), {"axis": axis}, lambda a: getattr(np, name)(a, axis=axis, **how))


@st.composite
def argpartition(draw):
    # One element of each line, and only that one, has a place of its own.
    x = draw(arrays(shapes(1, 3, some), REAL, values=apart))
    axis = draw(st.integers(0, x.ndim - 1))
    kth = draw(st.integers(0, x.shape[axis] - 1))
    return Trial((x,), {"kth": kth, "axis": axis}, lambda a: np.argpartition(x, kth, axis=axis))


@st.composite
def top(draw):
    x = draw(arrays(shapes(1, 3, some), REAL, values=apart))
    k = draw(st.integers(0, x.shape[-1]))

    def expected(a):
        numbers = np.argsort(-a.astype("float64"), axis=-1, kind="stable")[..., :k]
        return np.take_along_axis(a, numbers, -1), numbers

    return Trial((x,), {"k": k}, expected)


@st.composite
def searched(draw):
    dtype = (draw(st.sampled_from((*FLOATS[:3], *INTEGERS))),)
    line = np.sort(draw(arrays(shapes(1, 1), dtype)))
    side = draw(st.sampled_from(["left", "right"]))
    return Trial((line, draw(arrays(dtypes=dtype))), {"side": side},
                 lambda line, v: np.searchsorted(line, v, side))  # fmt: skip


@st.composite
def unique(draw):
    x = draw(arrays(dtypes=REAL))
    axis = draw(st.none() | st.integers(0, x.ndim - 1)) if x.ndim else None

    def expected(a):
        values, first, inverse, counts = np.unique(a, True, True, True, axis=axis)
        shape = a.shape if axis is None else (a.shape[axis],)
        return values, first, inverse.reshape(shape), counts

    return Trial((x,), {"axis": axis}, expected)


@st.composite
def counted(draw):
    size, least = draw(st.integers(0, 6)), draw(st.integers(0, 8))
    x = draw(whole_numbers((size,), 0, 5))
    weights = draw(st.sampled_from([[], [draw(arrays((size,), FLOATS[:2]))]]))
    return Trial((x, *weights), {"minlength": least},
                 lambda x, *w: np.bincount(x, *w, minlength=least))  # fmt: skip


# --- segments ------------------------------------------------------------------------------------


@st.composite
def segments(draw, reduce, empty, dtypes=FLOATS, **constants):
    rows, count = draw(st.integers(0, 6)), draw(some)
    x = draw(arrays((rows, *draw(shapes(0, 2))), dtypes))
    numbers = draw(whole_numbers((rows,), -1, count + 1))

    def expected(x, numbers):
        groups = [x[numbers == n] for n in range(count)]
        found = [reduce(g, 0) if len(g) else np.full(x.shape[1:], empty) for g in groups]
        return np.array(found).reshape(count, *x.shape[1:])

    # The extreme of nothing is infinite, and has no slope.
    whole = set(range(count)) <= set(numbers.tolist())
    checked = None if whole or "largest" not in constants else ()
    return Trial(
        (x, numbers), {"count": count, **constants}, expected, differentiable=checked, loose=4
    )


@st.composite
def product_slopes(draw):
    rows, count, rest = draw(st.integers(1, 5)), draw(some), draw(shapes(0, 1, some))
    dtype = (draw(st.sampled_from(FLOATS)),)
    numbers = draw(whole_numbers((rows,), 0, count))
    g, x = draw(arrays((count, *rest), dtype)), draw(arrays((rows, *rest), dtype))

    def expected(g, x, numbers):
        others = [(numbers == n) & (np.arange(rows) != i) for i, n in enumerate(numbers)]
        return np.stack([g[n] * x[o].prod(0) for n, o in zip(numbers, others, strict=True)])

    return Trial((g, x, numbers), {"count": count}, expected, loose=4)


TRIALS = {
    "get_item": read(),
    "put_in_zeros": put_in_zeros(),
    "put": put(),
    "take": taken(),
    "add_slices": added_slices(),
    "take_along_axis": along("take"),
    "add_along_axis": along("add"),
    "sort": ordered("sort"),
    "argsort": ordered("argsort"),
    "argpartition": argpartition(),
    "top_k": top(),
    "searchsorted": searched(),
    "nonzero": build(arrays(shapes(1), ALL), expected=np.nonzero),
    "unique": unique(),
    "bincount": counted(),
    "segment_sum": segments(np.sum, 0.0),
    "segment_extreme": st.booleans().flatmap(
        lambda largest: segments(
            np.max if largest else np.min, -np.inf if largest else np.inf, largest=largest
        )
    ),
    "segment_product": segments(np.prod, 1.0),
    "segment_product_grad": product_slopes(),
}
