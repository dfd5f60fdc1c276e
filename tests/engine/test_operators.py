"""What Python operators, keys and array methods do with Tensors."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from inspector import engine
from inspector.engine import Tensor, meta
from inspector.engine.primitive import Primitive
from inspector.errors import EngineError, NoValue

G = np.random.default_rng(12)
A = G.uniform(0.5, 3.0, size=(3, 4))
B = G.uniform(0.5, 3.0, size=(4,))
WHOLES = G.integers(1, 9, size=(3, 4)).astype(np.int32)
J = G.integers(1, 4, size=(4,)).astype(np.int32)

FLOATING = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
    operator.pow, operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
]  # fmt: skip
WHOLE = [operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift]


@pytest.mark.parametrize("run", FLOATING)
def test_operator_equals_numpys_when_both_are_tensors(run):
    np.testing.assert_allclose(run(Tensor(A), Tensor(B)).numpy(), run(A, B))


@pytest.mark.parametrize("run", FLOATING)
def test_operator_takes_numbers_and_arrays_on_either_side(run):
    np.testing.assert_allclose(run(Tensor(A), 2.0).numpy(), run(A, 2.0))
    np.testing.assert_allclose(run(2.0, Tensor(A)).numpy(), run(2.0, A))
    np.testing.assert_allclose(run(B, Tensor(A)).numpy(), run(B, A))
    np.testing.assert_allclose(run(Tensor(A), B.tolist()).numpy(), run(A, B))


@pytest.mark.parametrize("run", WHOLE)
def test_bit_operator_equals_numpys(run):
    np.testing.assert_array_equal(run(Tensor(WHOLES), Tensor(J)).numpy(), run(WHOLES, J))
    np.testing.assert_array_equal(run(Tensor(WHOLES), 3).numpy(), run(WHOLES, 3))
    np.testing.assert_array_equal(run(3, Tensor(J)).numpy(), run(3, J))


@pytest.mark.parametrize("run", [operator.neg, operator.pos, operator.abs])
def test_sign_operator_equals_numpys(run):
    np.testing.assert_array_equal(run(Tensor(-A)).numpy(), run(-A))


def test_invert_turns_every_bit():
    np.testing.assert_array_equal((~Tensor(WHOLES)).numpy(), ~WHOLES)


def test_square_runs_as_a_product():
    with engine.recording() as segment:
        y = Tensor(A) ** 2

    assert [record.primitive.name for record in segment.records] == ["square"]
    np.testing.assert_allclose(y.numpy(), A**2)


def test_divmod_gives_quotient_and_rest():
    quotient, rest = divmod(Tensor(WHOLES), 3)
    reverse = divmod(7, Tensor(J))

    np.testing.assert_array_equal(quotient.numpy(), WHOLES // 3)
    np.testing.assert_array_equal(rest.numpy(), WHOLES % 3)
    np.testing.assert_array_equal(reverse[1].numpy(), 7 % J)


@pytest.mark.parametrize(
    ("a", "b"),
    [((3, 4), (4, 2)), ((4,), (4, 2)), ((3, 4), (4,)), ((4,), (4,)), ((2, 3, 4), (4, 5))],
)
def test_matrix_product_equals_numpys(a, b):
    x, y = G.normal(size=a), G.normal(size=b)

    np.testing.assert_allclose((Tensor(x) @ Tensor(y)).numpy(), x @ y)
    np.testing.assert_allclose((x @ Tensor(y)).numpy(), x @ y)


def test_operator_leaves_unknown_operands_to_answer():
    class Other:
        def __radd__(self, other):
            return "mine"

    assert Tensor(A) + Other() == "mine"
    with pytest.raises(TypeError):
        Tensor(A) + object()
    assert (Tensor(A) == None) is False  # noqa: E711


KEYS = [
    1, -1, slice(1, None), (slice(None), 2), (Ellipsis, 0), (None, 1), (slice(None, None, -1),),
    [0, 2], np.array([2, 0, 0]), (slice(None), [1, 1]), ([0, 1], [2, 3]), (0, slice(None, None, 2)),
    np.int64(2), (np.array([[0], [2]]), [0, 3]), True, [], (slice(None), None, [3, 1]),
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_item_equals_numpys(key):
    np.testing.assert_array_equal(Tensor(A)[key].numpy(), A[key])


@pytest.mark.parametrize("key", [key for key in KEYS if key is not True], ids=str)
def test_symbolic_item_has_the_shape_of_the_real_one(key):
    assert meta(A.shape, A.dtype)[key].shape == A[key].shape


def test_item_takes_tensors_and_masks():
    where = Tensor(np.array([2, 0], dtype=np.int32))

    np.testing.assert_array_equal(Tensor(A)[where].numpy(), A[[2, 0]])
    np.testing.assert_array_equal(Tensor(A)[:, where[0]].numpy(), A[:, 2])
    np.testing.assert_array_equal(Tensor(A)[Tensor(A > 1)].numpy(), A[A > 1])
    np.testing.assert_array_equal(Tensor(A)[where[1] : where[0]].numpy(), A[0:2])


def test_mask_of_a_symbolic_tensor_has_no_value():
    with pytest.raises(NoValue, match="boolean mask"):
        meta(A.shape, A.dtype)[meta(A.shape, np.dtype(bool))]


def test_item_refuses_fractions_and_positions_out_of_range():
    with pytest.raises(IndexError):
        Tensor(A)[Tensor(A)]
    with pytest.raises(IndexError):
        Tensor(A)[3]
    with pytest.raises(IndexError):
        meta(A.shape, A.dtype)[0, 4]


def test_assignment_at_an_index_says_what_to_do_instead():
    with pytest.raises(EngineError, match="slice_update"):
        Tensor(A)[0] = 1.0


def test_iteration_gives_the_slices_and_their_gradient():
    x = Tensor(A)
    with engine.recording() as segment:
        total = sum(row * float(number) for number, row in enumerate(x)).sum()

    (gradient,) = engine.gradients(total, [x], segment.records)

    np.testing.assert_allclose(gradient.numpy(), np.repeat([[0.0], [1.0], [2.0]], 4, axis=1))
    with pytest.raises(TypeError):
        iter(Tensor(np.array(1.0)))
    assert len(x) == 3
    assert A[1, 1] in x


METHODS = {
    "sum": [{}, {"axis": 0}, {"axis": (0, 1)}, {"axis": -1, "keepdims": True}],
    "mean": [{}, {"axis": 1}],
    "prod": [{"axis": 0}],
    "max": [{}, {"axis": 0}],
    "min": [{"axis": 1, "keepdims": True}],
    "var": [{}, {"axis": 0}, {"axis": 0, "ddof": 1}],
    "std": [{"axis": 1}],
    "argmax": [{}, {"axis": 0}],
    "argmin": [{"axis": 1}],
    "cumsum": [{}, {"axis": 0}],
    "cumprod": [{"axis": 1}],
    "any": [{"axis": 0}],
    "all": [{}],
    "ravel": [{}],
    "flatten": [{}],
    "squeeze": [{}],
    "transpose": [{}],
    "copy": [{}],
    "conj": [{}],
    "round": [{}, {"decimals": 1}],
    "argsort": [{"axis": 0}],
    "repeat": [{"repeats": 2}, {"repeats": 2, "axis": 1}],
    "clip": [{"min": 1.0, "max": 2.0}, {"min": 1.5}],
    "take": [{"indices": [1, 0]}, {"indices": [1, 0], "axis": 1}],
    "dot": [{}],
}


@pytest.mark.parametrize(
    ("name", "options"), [(name, options) for name, trials in METHODS.items() for options in trials]
)
def test_method_equals_numpys(name, options):
    given = (B,) if name == "dot" else ()

    found = getattr(Tensor(A), name)(*given, **options)

    np.testing.assert_allclose(found.numpy(), getattr(A, name)(*given, **options))


def test_shape_methods_take_sizes_apart_or_together():
    x = Tensor(A)

    assert x.reshape(2, 6).shape == x.reshape((2, 6)).shape == x.reshape([2, -1]).shape == (2, 6)
    assert x.reshape(-1).shape == (12,)
    assert x.transpose(1, 0).shape == x.transpose((1, 0)).shape == x.T.shape == x.mT.shape
    assert x.swapaxes(0, 1).shape == (4, 3)
    np.testing.assert_array_equal(x.sort(axis=0).numpy(), np.sort(A, axis=0))


def test_sums_of_small_integers_are_wide():
    x = Tensor(np.full((300,), 100, dtype=np.int8))

    assert x.sum().dtype == np.dtype("int32")
    assert int(x.sum()) == 30000
    assert x.astype("bool").sum().dtype == np.dtype("int32")
    assert x.argmax().dtype == np.dtype("int32")


def test_gradient_of_a_gradient_comes_from_the_same_record():
    x = Tensor(A)
    with engine.recording() as segment:
        y = (x**3).sum()
        (first,) = engine.gradients(y, [x], segment.records)
        total = first.sum()
    (second,) = engine.gradients(total, [x], segment.records)

    np.testing.assert_allclose(second.numpy(), 6 * A)


@np.errstate(all="ignore")  # as where Keras runs: see keras_backend/hook.py
def test_gradients_at_the_edges_are_numbers():
    nothing = Tensor(np.array([-np.inf, 0.0]))
    origin = Tensor(np.array([0.0, 0.0]))
    add_logs = engine.REGISTRY["logaddexp"]
    power = engine.REGISTRY["power"]

    with engine.recording() as segment:
        y = add_logs(nothing, Tensor(np.array([-np.inf, -np.inf])))
        z = power(origin, Tensor(np.array([0.0, 2.0])))
    (of_logs,) = engine.gradients(y, [nothing], segment.records)
    (of_base,) = engine.gradients(z, [origin], segment.records)

    np.testing.assert_array_equal(of_logs.numpy(), [1.0, 1.0])
    np.testing.assert_array_equal(of_base.numpy(), [0.0, 0.0])


def test_error_of_values_is_not_called_one_of_shapes():
    def refuse(xp, x):
        raise ValueError("math domain error")

    choosy = Primitive("choosy", refuse, shape=lambda x: x, dtype=lambda x: x)
    with pytest.raises(ValueError, match="math domain error") as caught:
        choosy(Tensor(WHOLES))

    assert not isinstance(caught.value, EngineError)
    assert caught.value.__notes__ == ["In choosy, on operands (3, 4) int32."]


def test_error_of_shapes_names_the_op_and_both_shapes():
    with pytest.raises(EngineError, match=r"add: .*\(3, 4\).*\(3,\)"):
        Tensor(A) + Tensor(np.zeros(3))
