"""einsum, against NumPy's own and with gradients."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector import engine
from inspector.engine import Tensor
from inspector.engine.einsum import einsum

G = np.random.default_rng(11)
SIZES = {"a": 2, "b": 3, "c": 4, "d": 2, "e": 3, "f": 1}

TERMS = [
    "ab,bc->ac", "ab,cb->ca", "abc,cd->abd", "abc,cde->abde", "abcd,cde->abe", "ab,ab->", "ab->ba",
    "ab->", "ab->a", "aa->a", "aa", "aba->b", "abb->ba", "a,b->ab", "a,a->a", "ab,ab->ab", "ab,b",
    "bad,bcd->bac", "abcd,aecd->acbe", "acbe,aecd->abcd", "ab,bc,cd->ad", "ab,bc,cd,da->", "a,b,c",
    "abc,acd,ade->abe", "ab,cd->acbd", "ab,c->c", "fab,fb->a", "ba,cb,ab->c",
]  # fmt: skip


def arrays(subscripts):
    terms = subscripts.partition("->")[0].split(",")
    return [G.normal(size=[SIZES[c] for c in term]) for term in terms]


@pytest.mark.parametrize("subscripts", TERMS)
def test_einsum_equals_numpys(subscripts):
    operands = arrays(subscripts)

    found = einsum(subscripts, [Tensor(x) for x in operands])

    np.testing.assert_allclose(found.numpy(), np.einsum(subscripts, *operands), atol=1e-12)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("...ab,...bc->...ac", [(2, 3, 4), (4, 5)]),
        ("...ab,bc", [(5, 2, 3, 4), (4, 2)]),
        ("a...,a...->...", [(3, 2, 4), (3, 1, 4)]),
        ("...a->...", [(2, 3)]),
        ("b...,->b...", [(2, 3), ()]),
    ],
)
def test_ellipses_stand_for_the_axes_left(subscripts, shapes):
    operands = [G.normal(size=shape) for shape in shapes]

    found = einsum(subscripts, [Tensor(x) for x in operands])

    np.testing.assert_allclose(found.numpy(), np.einsum(subscripts, *operands), atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("abcde", min_size=0, max_size=4), min_size=1, max_size=3),
    st.data(),
)
def test_einsum_equals_numpys_on_any_terms(terms, data):
    letters = sorted(set("".join(terms)))
    output = "".join(data.draw(st.permutations(letters))) if letters else ""
    output = output[: data.draw(st.integers(0, len(output)))]
    subscripts = f"{','.join(terms)}->{output}"
    operands = arrays(subscripts)

    found = einsum(subscripts, [Tensor(x) for x in operands])

    np.testing.assert_allclose(found.numpy(), np.einsum(subscripts, *operands), atol=1e-10)


@pytest.mark.parametrize("subscripts", [t for t in TERMS if "," in t])
def test_gradient_is_the_einsum_of_the_others(subscripts):
    operands = arrays(subscripts)
    tensors = [Tensor(x) for x in operands]
    terms = subscripts.partition("->")[0].split(",")

    with engine.recording() as segment:
        y = einsum(subscripts, tensors)
    seed = G.normal(size=y.shape)
    found = engine.gradients(y, tensors, segment.records, Tensor(seed))

    for number, (array, gradient) in enumerate(zip(operands, found, strict=True)):
        direction = G.normal(size=array.shape)
        moved = [direction if i == number else x for i, x in enumerate(operands)]
        slope = (seed * np.einsum(subscripts, *moved)).sum()
        assert terms[number] is not None
        assert float((gradient.numpy() * direction).sum()) == pytest.approx(slope, abs=1e-9)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("ab,bc->ac", [(2, 3)]),
        ("abc->a", [(2, 3)]),
        ("ab,bc->ad", [(2, 3), (3, 2)]),
        ("ab,bc->ac", [(2, 3), (4, 2)]),
        ("a1->a", [(2, 3)]),
        ("ab->aa", [(2, 3)]),
    ],
)
def test_subscripts_that_do_not_fit_are_refused(subscripts, shapes):
    with pytest.raises(ValueError, match="einsum"):
        einsum(subscripts, [Tensor(np.zeros(shape)) for shape in shapes])
