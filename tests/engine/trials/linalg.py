"""Stacks of matrices that have what is asked of them: an inverse, a root, vectors far apart."""

import numpy as np
from hypothesis import strategies as st
from scipy import linalg
from trial import COMPLEX, FLOATS, LAYOUTS, Trial, layouts, seeds, shapes, some

DTYPES = (*FLOATS, *COMPLEX)
modes = st.sampled_from(["reduced", "complete"])
counts = st.sampled_from((3, 2, 1, 4))


@st.composite
def turned(draw, *shape, dtype):
    """Matrices whose columns (or rows) are orthogonal, of length 1."""
    generator = np.random.default_rng(draw(seeds))
    x = generator.normal(size=shape)
    if dtype.kind == "c":
        x = x + 1j * generator.normal(size=shape)
    u, _, v = np.linalg.svd(x, full_matrices=False)
    return u @ v


@st.composite
def matrices(draw, rows, columns, dtype, batch):
    """Singular values 1, 1.7, 2.4...: neither close to each other nor to zero."""
    k = min(rows, columns)
    left = draw(turned(*batch, rows, k, dtype=dtype))
    right = draw(turned(*batch, k, columns, dtype=dtype))
    made = (left * (1 + 0.7 * np.arange(k))) @ right
    return LAYOUTS[draw(layouts)](made.astype(dtype))


@st.composite
def square(draw, name, expected=None, dtypes=DTYPES, **how):
    dtype, n = draw(st.sampled_from(dtypes)), draw(counts)
    x = draw(matrices(n, n, dtype, draw(shapes(0, 2, some))))
    if expected is None:
        expected = getattr(np.linalg, name)
    return Trial((x,), expected=expected, loose=10, **how)


@st.composite
def positive(draw, name):
    dtype, n = draw(st.sampled_from(DTYPES)), draw(counts)
    x = draw(matrices(n, n, dtype, draw(shapes(0, 2, some))))
    wide = x.astype("complex128" if dtype.kind == "c" else "float64")
    made = (wide @ wide.conj().swapaxes(-1, -2)).astype(dtype)
    if name == "cholesky":
        return Trial((made,), expected=np.linalg.cholesky, loose=10)
    return Trial(
        (made,),
        expected=lambda a: [np.linalg.eigvalsh(a)],
        remade=from_eigenvectors,
        outputs=(0,),
        loose=10,
    )


@st.composite
def solved(draw, name):
    dtype, n = draw(st.sampled_from(DTYPES)), draw(counts)
    batch = draw(shapes(0, 1, some))
    a, b = draw(matrices(n, n, dtype, batch)), draw(matrices(n, draw(counts), dtype, batch))
    if name == "solve":
        return Trial((a, b), expected=np.linalg.solve, loose=10)
    lower = draw(st.booleans())
    a = (a + 3 * np.eye(n)).astype(dtype)
    half = np.tril if lower else np.triu
    return Trial((a, b), {"lower": lower}, lambda a, b: np.linalg.solve(half(a), b), loose=10)


@st.composite
def any_matrices(draw, constants, expected=None, dtypes=DTYPES, **how):
    dtype = draw(st.sampled_from(dtypes))
    x = draw(matrices(draw(counts), draw(counts), dtype, draw(shapes(0, 2, some))))
    made = {key: draw(values) for key, values in constants.items()}
    return Trial((x,), made, expected and (lambda a: expected(a, **made)), loose=20, **how)


# Of vectors the signs and phases, and of eigenvalues the order, are LAPACK's choice: they are
# multiplied, and must give the matrix again.


def no_values(a, **constants):
    return []


def from_eigenvectors(values, vectors):
    return (vectors * values[..., None, :]) @ np.linalg.inv(vectors)


def from_singular_vectors(u, s, vh):
    k = s.shape[-1]
    return (u[..., :k] * s[..., None, :]) @ vh[..., :k, :]


def in_one(a):
    """The matrices of a stack one by one, as SciPy takes them."""
    flat = a.reshape(-1, *a.shape[-2:])
    parts = [np.stack(found) for found in zip(*map(linalg.lu_factor, flat), strict=True)]
    return [part.reshape(*a.shape[:-2], *part.shape[1:]) for part in parts]


def some_rank(a, tol):
    return np.linalg.matrix_rank(a, tol=tol)


TRIALS = {
    "cholesky": positive("cholesky"),
    "eigh": positive("eigh"),
    "det": square("det"),
    "slogdet": square("slogdet", outputs=(1,)),
    "inverse": square("inverse", np.linalg.inv),
    "solve": solved("solve"),
    "solve_triangular": solved("solve_triangular"),
    "eig": square("eig", no_values, remade=from_eigenvectors, outputs=(0,)),
    "qr": any_matrices({"mode": modes}, no_values, remade=np.matmul, outputs=(1,)),
    "svd": any_matrices(
        {"full": st.booleans()}, no_values, remade=from_singular_vectors, outputs=(1,)
    ),
    "pinv": any_matrices({"rcond": st.just(1e-6)}, lambda a, rcond: np.linalg.pinv(a, rcond)),
    "lu_factor": any_matrices({}, in_one),
    "matrix_rank": any_matrices({"tol": st.sampled_from([None, 0.1, 1.5])}, some_rank),
}
