"""Gradients of vectors that are a choice among equals: right where the choice is no matter."""

from __future__ import annotations

import numpy as np
import pytest

from inspector import engine
from inspector.engine import Tensor
from inspector.engine.primitives import decompositions, elementwise
from inspector.engine.primitives.linalg import product, transposed
from inspector.errors import GradientError

G = np.random.default_rng(4)
REAL = G.normal(size=(4, 4))
COMPLEX = REAL + 1j * G.normal(size=(4, 4))
TALL, WIDE = G.normal(size=(5, 2)), G.normal(size=(2, 5))
COMPLEX_TALL = G.normal(size=(5, 3)) + 1j * G.normal(size=(5, 3))


def factor(seed, *shape):
    return Tensor(np.random.default_rng(seed).normal(size=shape))


def projection(vectors):
    """The same for every basis of what these columns span."""
    return elementwise.real(product(vectors, transposed(vectors)))


def lengths(vectors):
    """The same for every phase."""
    return elementwise.square(elementwise.absolute(vectors))


def eigenvectors(a):
    return decompositions.eig(a)[1]


def of_symmetric(a):
    return decompositions.eigh(a + transposed(a))[1]


def left(a):
    return decompositions.svd(a, full=True)[0][:, 2:]


def right(a):
    return transposed(decompositions.svd(a, full=True)[2])[:, 2:]


def both(a):
    """Left and right singular vectors, whose phases go together."""
    u, _, vh = decompositions.svd(a, full=False)
    return product(u, vh)


def filled(a):
    return decompositions.qr(a, mode="complete")[0][:, 2:]


def slope(made):
    """Some number that depends on all of a tensor."""
    return elementwise.real((made * factor(7, *made.shape)).sum())


FREE = {
    "lengths of complex eigenvectors": (REAL, lambda a: lengths(eigenvectors(a))),
    "lengths of a complex matrix' eigenvectors": (COMPLEX, lambda a: lengths(eigenvectors(a))),
    "lengths of a hermitian matrix' vectors": (COMPLEX, lambda a: lengths(of_symmetric(a))),
    "projection on left vectors": (TALL, lambda a: projection(left(a))),
    "projection on right vectors": (WIDE, lambda a: projection(right(a))),
    "complex singular vectors": (COMPLEX_TALL, lambda a: elementwise.real(both(a))),
    "projection on what fills up q": (TALL, lambda a: projection(filled(a))),
}


@pytest.mark.parametrize("name", FREE)
def test_gradient_is_the_central_difference_where_the_choice_is_no_matter(name):
    matrix, made = FREE[name]
    direction = G.normal(size=matrix.shape).astype(matrix.dtype)
    if matrix.dtype.kind == "c":
        direction += 1j * G.normal(size=matrix.shape)
    a = Tensor(matrix)

    with engine.recording() as segment:
        target = slope(made(a))
    (gradient,) = engine.gradients(target, [a], segment.records)

    step = 1e-6
    ahead, behind = (
        float(slope(made(Tensor(matrix + sign * step * direction))).numpy()) for sign in (1, -1)
    )
    found = float(np.real((gradient.numpy().conj() * direction).sum()))
    assert found == pytest.approx((ahead - behind) / (2 * step), rel=1e-6)


CHOSEN = {
    "eig": (REAL, eigenvectors),
    "eigh": (COMPLEX, of_symmetric),
    "svd": (TALL, left),
    "qr": (TALL, filled),
}


@pytest.mark.parametrize("name", CHOSEN)
def test_gradient_of_what_depends_on_the_choice_is_refused_by_name(name):
    matrix, made = CHOSEN[name]
    a = Tensor(matrix)
    with engine.recording() as segment:
        target = slope(made(a))

    with pytest.raises(GradientError, match=f"gradient of {name} ") as caught:
        engine.gradients(target, [a], segment.records)

    assert "there is none" in str(caught.value)
    assert caught.value.fix
