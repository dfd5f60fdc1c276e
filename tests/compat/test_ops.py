"""TensorFlow's functions against values worked out by hand from its documentation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

E = math.e

CASES: list[tuple[str, Any]] = [
    ("tf.matmul([[1., 2.]], [[3.], [4.]])", [[11.0]]),
    ("tf.matmul([[1., 2.]], [[3., 4.]], transpose_b=True)", [[11.0]]),
    ("tf.linalg.matvec([[1., 2.], [3., 4.]], [1., 1.])", [3.0, 7.0]),
    ("tf.reduce_sum([[1, 2], [3, 4]])", 10),
    ("tf.reduce_sum([[1, 2], [3, 4]], 1, keepdims=True)", [[3], [7]]),
    ("tf.reduce_mean([1, 2, 4])", 2),
    ("tf.reduce_mean([1., 2., 4., 5.])", 3.0),
    ("tf.reduce_max([[1, 5], [7, 2]], axis=0)", [7, 5]),
    ("tf.reduce_any([False, True])", True),
    ("tf.reduce_all([False, True])", False),
    ("tf.reduce_prod([2., 3.])", 6.0),
    ("tf.math.reduce_variance([1., 3.])", 1.0),
    ("tf.math.reduce_euclidean_norm([3., 4.])", 5.0),
    ("tf.math.count_nonzero([0, 3, 5])", 2),
    ("tf.square([2, -3])", [4, 9]),
    ("tf.math.squared_difference([3.], [1.])", [4.0]),
    ("tf.math.divide_no_nan([1., 2.], [0., 4.])", [0.0, 0.5]),
    ("tf.math.xlogy([0., 2.], [0., 1.])", [0.0, 0.0]),
    ("tf.math.lgamma([1., 5.])", [0.0, math.log(24)]),
    ("tf.math.digamma([1.])", [-0.5772157]),
    ("tf.math.polyval([2., 0., 1.], 3.)", 19.0),
    ("tf.add_n([[1.], [2.], [3.]])", [6.0]),
    ("tf.clip_by_value([-1., 0.5, 9.], 0., 1.)", [0.0, 0.5, 1.0]),
    ("tf.clip_by_norm([3., 4.], 1.)", [0.6, 0.8]),
    ("tf.clip_by_global_norm([[3.], [4.]], 5.)[1]", 5.0),
    ("tf.cumsum([1, 2, 3])", [1, 3, 6]),
    ("tf.cumsum([1, 2, 3], exclusive=True)", [0, 1, 3]),
    ("tf.cumsum([1, 2, 3], reverse=True)", [6, 5, 3]),
    ("tf.cumsum([1, 2, 3], exclusive=True, reverse=True)", [5, 3, 0]),
    ("tf.math.cumprod([2., 3.], exclusive=True)", [1.0, 2.0]),
    ("tf.argmax([[1, 9], [8, 2]])", [1, 0]),
    ("tf.argmax([[1, 9], [8, 2]], axis=1)", [1, 0]),
    ("tf.argmin([3, 1, 2])", 1),
    ("tf.math.top_k([1., 3., 2.], 2).indices", [1, 2]),
    ("tf.math.in_top_k([1], [[.1, .9]], 1)", [True]),
    ("tf.math.segment_sum([1., 2., 3.], [0, 0, 1])", [3.0, 3.0]),
    ("tf.math.unsorted_segment_mean([1., 3., 5.], [1, 1, 0], 2)", [5.0, 2.0]),
    ("tf.math.bincount([1, 1, 3])", [0, 2, 0, 1]),
    ("tf.math.confusion_matrix([0, 1, 1], [0, 1, 0])", [[1, 0], [1, 1]]),
    ("tf.constant([1, 2, 3, 4], shape=[2, 2])", [[1, 2], [3, 4]]),
    ("tf.constant(0.5, shape=(2,))", [0.5, 0.5]),
    ("tf.cast([1.9, -1.9], tf.int32)", [1, -1]),
    ("tf.zeros((2,), 3)", [0, 0]),
    ("tf.ones(tf.constant([1, 2]))", [[1.0, 1.0]]),
    ("tf.fill([2], 7)", [7, 7]),
    ("tf.range(3)", [0, 1, 2]),
    ("tf.range(1., 2., 0.5)", [1.0, 1.5]),
    ("tf.linspace(0., 1., 3)", [0.0, 0.5, 1.0]),
    ("tf.eye(2)", [[1.0, 0.0], [0.0, 1.0]]),
    ("tf.one_hot([1, -1], 2)", [[0.0, 1.0], [0.0, 0.0]]),
    ("tf.one_hot([1], 2, on_value=5., off_value=-1.)", [[-1.0, 5.0]]),
    ("tf.shape([[1, 2, 3]])", [1, 3]),
    ("tf.rank([[1]])", 2),
    ("tf.size([[1, 2]])", 2),
    ("tf.reshape([1, 2, 3, 4], [2, -1])", [[1, 2], [3, 4]]),
    ("tf.expand_dims([1, 2], 0)", [[1, 2]]),
    ("tf.squeeze([[[1], [2]]])", [1, 2]),
    ("tf.squeeze([[[1], [2]]], axis=[0])", [[1], [2]]),
    ("tf.concat([[[1]], [[2]]], axis=1)", [[1, 2]]),
    ("tf.stack([1, 2], axis=0)", [1, 2]),
    ("tf.unstack([[1, 2], [3, 4]], axis=1)", [[1, 3], [2, 4]]),
    ("tf.split([1, 2, 3, 4], 2)", [[1, 2], [3, 4]]),
    ("tf.split([1, 2, 3], [1, -1])", [[1], [2, 3]]),
    ("tf.tile([[1, 2]], [2, 1])", [[1, 2], [1, 2]]),
    ("tf.repeat([1, 2], [2, 1])", [1, 1, 2]),
    ("tf.transpose([[1, 2], [3, 4]])", [[1, 3], [2, 4]]),
    ("tf.reverse([1, 2, 3], [0])", [3, 2, 1]),
    ("tf.reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3])", [[2, 1, 3], [6, 5, 4]]),
    ("tf.roll([1, 2, 3], shift=1, axis=0)", [3, 1, 2]),
    ("tf.pad([[1]], [[1, 0], [0, 1]])", [[0, 0], [1, 0]]),
    ("tf.pad([1, 2, 3], [[1, 1]], mode='REFLECT')", [2, 1, 2, 3, 2]),
    ("tf.broadcast_to([1, 2], [2, 2])", [[1, 2], [1, 2]]),
    ("tf.sequence_mask([1, 0], 2)", [[True, False], [False, False]]),
    ("tf.where([True, False], [1, 2], [3, 4])", [1, 4]),
    ("tf.where([False, True, True])", [[1], [2]]),
    ("tf.gather([10, 20, 30], [2, 0])", [30, 10]),
    ("tf.gather([[1, 2], [3, 4]], [1, 0], axis=1, batch_dims=0)", [[2, 1], [4, 3]]),
    ("tf.gather([[1, 2], [3, 4]], [[1], [0]], batch_dims=1)", [[2], [3]]),
    ("tf.gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]])", [2, 3]),
    ("tf.scatter_nd([[1], [1]], [5, 6], [3])", [0, 11, 0]),
    ("tf.tensor_scatter_nd_update([1, 2, 3], [[1]], [9])", [1, 9, 3]),
    ("tf.tensor_scatter_nd_add([1, 2], [[0]], [5])", [6, 2]),
    ("tf.tensor_scatter_nd_max([1, 8], [[0], [1]], [5, 5])", [5, 8]),
    ("tf.boolean_mask([1, 2, 3], [True, False, True])", [1, 3]),
    ("tf.slice([[1, 2, 3], [4, 5, 6]], [1, 0], [1, 2])", [[4, 5]]),
    ("tf.strided_slice([1, 2, 3, 4], [0], [4], [2])", [1, 3]),
    ("tf.sort([3, 1, 2], direction='DESCENDING')", [3, 2, 1]),
    ("tf.argsort([3, 1, 2])", [1, 2, 0]),
    ("tf.searchsorted([1, 3, 5], [3, 4])", [1, 2]),
    ("tf.unique([4, 2, 4])[1]", [0, 1, 0]),
    ("tf.unique([4, 2, 4]).y", [4, 2]),
    ("tf.dynamic_partition([1, 2, 3], [0, 1, 0], 2)", [[1, 3], [2]]),
    ("tf.dynamic_stitch([[0, 2], [1]], [[10, 30], [20]])", [10, 20, 30]),
    ("tf.meshgrid([1, 2], [3])[0]", [[1, 2]]),
    ("tf.einsum('ij,j->i', [[1., 2.]], [3., 4.])", [11.0]),
    ("tf.tensordot([1., 2.], [3., 4.], 1)", 11.0),
    ("tf.norm([[3., 4.]])", 5.0),
    ("tf.norm([3., -4.], ord=1)", 7.0),
    ("tf.linalg.band_part([[1., 2.], [3., 4.]], -1, 0)", [[1.0, 0.0], [3.0, 4.0]]),
    ("tf.linalg.diag([1., 2.])", [[1.0, 0.0], [0.0, 2.0]]),
    ("tf.linalg.diag([1.], k=1)", [[0.0, 1.0], [0.0, 0.0]]),
    ("tf.linalg.diag_part([[1., 2.], [3., 4.]])", [1.0, 4.0]),
    ("tf.linalg.set_diag([[1., 2.], [3., 4.]], [7., 8.])", [[7.0, 2.0], [3.0, 8.0]]),
    ("tf.linalg.trace([[1., 2.], [3., 4.]])", 5.0),
    ("tf.linalg.inv([[2., 0.], [0., 4.]])", [[0.5, 0.0], [0.0, 0.25]]),
    ("tf.linalg.det([[2., 1.], [0., 4.]])", 8.0),
    ("tf.linalg.solve([[2., 0.], [0., 4.]], [[2.], [4.]])", [[1.0], [1.0]]),
    ("tf.linalg.expm([[0., 0.], [0., 1.]])", [[1.0, 0.0], [0.0, E]]),
    ("tf.linalg.lstsq([[1., 0.], [0., 2.]], [[3.], [4.]])", [[3.0], [2.0]]),
    ("tf.nn.relu([-1., 2.])", [0.0, 2.0]),
    ("tf.nn.leaky_relu([-1., 2.])", [-0.2, 2.0]),
    ("tf.nn.softmax([0., 0.])", [0.5, 0.5]),
    ("tf.nn.crelu([-1., 2.])", [0.0, 2.0, 1.0, 0.0]),
    ("tf.nn.l2_loss([3., 4.])", 12.5),
    ("tf.math.l2_normalize([3., 4.])", [0.6, 0.8]),
    ("tf.nn.bias_add([[1., 2.]], [1., 1.])", [[2.0, 3.0]]),
    ("tf.nn.moments([[1.], [3.]], axes=[0])", [[2.0], [1.0]]),
    ("tf.nn.embedding_lookup([[1.], [2.]], [1])", [[2.0]]),
    (
        "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1], logits=[[0., 0.]])",
        [math.log(2)],
    ),
    (
        "tf.nn.softmax_cross_entropy_with_logits(labels=[[0., 1.]], logits=[[0., 0.]])",
        [math.log(2)],
    ),
    (
        "tf.nn.sigmoid_cross_entropy_with_logits(labels=[1., 0.], logits=[0., 0.])",
        [math.log(2), math.log(2)],
    ),
    (
        "tf.nn.weighted_cross_entropy_with_logits([1.], [0.], pos_weight=3.)",
        [3 * math.log(2)],
    ),
    (
        "tf.nn.conv2d(tf.ones((1, 3, 3, 1)), tf.ones((2, 2, 1, 1)), 1, 'VALID')[0, :, 0, 0]",
        [4.0, 4.0],
    ),
    ("tf.nn.max_pool2d(tf.reshape(tf.range(4.), (1, 2, 2, 1)), 2, 2, 'VALID')", [[[[3.0]]]]),
    ("tf.nn.avg_pool2d(tf.reshape(tf.range(4.), (1, 2, 2, 1)), 2, 2, 'VALID')", [[[[1.5]]]]),
    ("tf.nn.batch_normalization([3.], [1.], [4.], [10.], [2.], 0.)", [12.0]),
    ("tf.nn.space_to_depth(tf.reshape(tf.range(4), (1, 2, 2, 1)), 2)", [[[[0, 1, 2, 3]]]]),
    (
        "tf.nn.depth_to_space(tf.reshape(tf.range(4), (1, 1, 1, 4)), 2)[0, :, :, 0]",
        [[0, 1], [2, 3]],
    ),
    ("tf.space_to_batch([[[[1]], [[2]]]], [1, 1], [[0, 0], [0, 0]])", [[[[1]], [[2]]]]),
    ("tf.map_fn(lambda x: x * 2, tf.constant([1, 2]))", [2, 4]),
    ("tf.scan(lambda a, x: a + x, tf.constant([1, 2, 3]))", [1, 3, 6]),
    ("tf.foldl(lambda a, x: a * x, tf.constant([1, 2, 3]))", 6),
    ("tf.foldr(lambda a, x: a - x, tf.constant([1, 2, 3]))", 0),
    ("tf.cond(tf.constant(True), lambda: 1, lambda: 2)", 1),
    ("tf.switch_case(1, [lambda: 10, lambda: 20])", 20),
    ("tf.while_loop(lambda i: i < 3, lambda i: [i + 1], [0])[0]", 3),
    ("tf.image.flip_left_right([[[1], [2]]])", [[[2], [1]]]),
    ("tf.image.rgb_to_grayscale([[[1., 1., 1.]]])", [[[0.9999]]]),
    ("tf.image.convert_image_dtype(tf.constant([[[255]]], tf.uint8), tf.float32)", [[[1.0]]]),
    ("tf.image.adjust_contrast([[[0.], [2.]]], 2.)", [[[-1.0], [3.0]]]),
    ("tf.image.total_variation([[[0.], [2.]]])", 2.0),
    ("tf.image.central_crop(tf.ones((4, 4, 1)), 0.5).shape", [2, 2, 1]),
    (
        "tf.image.resize_with_crop_or_pad(tf.ones((1, 1, 1)), 3, 3)[:, :, 0]",
        [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    ),
    ("tf.image.resize(tf.ones((1, 2, 2, 1)), (4, 4)).shape", [1, 4, 4, 1]),
    (
        "tf.image.non_max_suppression([[0., 0., 1., 1.], [0., 0., 1., .9], [5., 5., 6., 6.]],"
        " [.9, .8, .7], 3)",
        [0, 2],
    ),
    ("tf.signal.frame([1., 2., 3., 4.], 2, 1)", [[1, 2], [2, 3], [3, 4]]),
    ("tf.signal.hann_window(4)", [0.0, 0.5, 1.0, 0.5]),
    ("tf.signal.overlap_and_add([[1., 1.], [1., 1.]], 1)", [1.0, 2.0, 1.0]),
    ("tf.abs(tf.signal.rfft([1., 0., 0., 0.]))", [1.0, 1.0, 1.0]),
    ("tf.signal.stft(tf.ones((8,)), 4, 2).shape", [3, 3]),
    ("tf.sparse.to_dense(tf.SparseTensor([[0, 1]], [5], [1, 3]))", [[0, 5, 0]]),
    ("tf.ragged.constant([[1], [2, 3]]).to_tensor(-1)", [[1, -1], [2, 3]]),
    ("tf.ragged.constant([[1], [2, 3]]).row_lengths()", [1, 2]),
    ("tf.RaggedTensor.from_row_splits([1, 2, 3], [0, 2, 3]).to_list()", [[1, 2], [3]]),
    ("tf.strings.to_number(['1.5'])", [1.5]),
    ("tf.strings.length('abc')", 3),
    ("tf.strings.regex_full_match(['ab', 'b'], 'a.*')", [True, False]),
    ("tf.strings.to_hash_bucket_fast(['Hello', 'TensorFlow'], 3)", [0, 2]),
    ("tf.strings.unicode_decode('ab', 'UTF-8')", [97, 98]),
    (
        "tf.edit_distance(tf.SparseTensor([[0, 0]], [1], [1, 1]),"
        " tf.SparseTensor([[0, 0]], [2], [1, 1]))",
        [1.0],
    ),
    ("tf.nest.flatten({'b': [2, 3], 'a': 1})", [1, 2, 3]),
]


def _near(expected: Any) -> Any:
    """Nested lists that compare entry by entry, within float32's rounding."""
    if isinstance(expected, list):
        return [_near(part) for part in expected]
    return pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[c[0] for c in CASES])
def test_function_gives_the_documented_value(
    tf: Any, values: Callable[[Any], Any], expression: str, expected: Any
) -> None:
    found = values(eval(expression, {"tf": tf}))

    assert _near(expected) == found


@pytest.mark.parametrize(
    ("expression", "dtype"),
    [
        ("tf.constant(1)", "int32"),
        ("tf.constant([1.5, 2])", "float32"),
        ("tf.constant(np.zeros(2))", "float64"),
        ("tf.constant(True)", "bool"),
        ("tf.argmax([1, 2])", "int64"),
        ("tf.range(3)", "int32"),
        ("tf.reduce_mean([1, 2])", "int32"),
        ("tf.zeros((1,), dtype=1)", "float32"),
        ("tf.zeros((1,), dtype=tf.float16)", "float16"),
        ("tf.shape([1])", "int32"),
        ("tf.cast(1, float)", "float32"),
        ("tf.add([1.0], np.ones(1))", "float32"),
    ],
)
def test_dtype_is_tensorflows(tf: Any, expression: str, dtype: str) -> None:
    assert str(eval(expression, {"tf": tf, "np": np}).dtype) == dtype


def test_strings_are_bytes_for_the_user(tf: Any) -> None:
    text = tf.strings.join(["a", tf.strings.upper("b")], separator="-")

    assert text.numpy() == b"a-B"
    assert text.numpy().decode("utf-8") == "a-B"
    assert tf.strings.split("x y").numpy().tolist() == [b"x", b"y"]
    assert tf.strings.regex_replace("aXb", "[A-Z]", "").numpy() == b"ab"
    assert tf.strings.substr("hello", 1, 3).numpy() == b"ell"
    assert tf.strings.reduce_join([["a", "b"]], axis=-1).numpy().tolist() == [b"ab"]


def test_dtypes_are_equal_to_names_and_numpys(tf: Any) -> None:
    assert np.dtype("float32") == tf.float32
    assert tf.float32 == "float32"
    assert tf.float32 == np.float32
    assert tf.as_dtype("int32") is not None
    assert tf.int32.as_numpy_dtype is np.int32
    assert tf.float32.is_floating
    assert not tf.int32.is_floating
    assert tf.uint8.max == 255


def test_tensor_is_a_type_for_isinstance(tf: Any) -> None:
    assert isinstance(tf.constant(1), tf.Tensor)
    assert not isinstance(1, tf.Tensor)
    assert tf.is_tensor(tf.Variable(1.0))


def test_random_has_shape_dtype_and_repeats_with_the_seed(tf: Any) -> None:
    tf.random.set_seed(3)
    first = tf.random.normal((2, 3)).numpy()
    whole = tf.random.uniform((50,), minval=2, maxval=5, dtype=tf.int32).numpy()
    tf.random.set_seed(3)

    np.testing.assert_array_equal(first, tf.random.normal((2, 3)).numpy())
    assert first.dtype == "float32"
    assert set(whole) <= {2, 3, 4}
    assert tf.random.truncated_normal((100,)).numpy().max() <= 2.0
    assert sorted(tf.random.shuffle([1, 2, 3]).numpy()) == [1, 2, 3]
    assert tf.random.categorical([[0.0, -100.0]], 4).numpy().tolist() == [[0, 0, 0, 0]]


def test_debugging_assertions_raise_when_they_do_not_hold(tf: Any) -> None:
    tf.debugging.assert_equal([1], [1])
    with pytest.raises(tf.errors.InvalidArgumentError, match="assert_equal"):
        tf.debugging.assert_equal([1], [2])
    with pytest.raises(tf.errors.InvalidArgumentError, match="NaN"):
        tf.debugging.check_numerics(tf.constant(float("nan")), "here")


def test_lookup_table_gives_values_and_its_default(tf: Any) -> None:
    pairs = tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([1, 2], tf.int64))
    table = tf.lookup.StaticHashTable(pairs, default_value=-1)

    assert table.lookup(tf.constant(["b", "z"])).numpy().tolist() == [2, -1]


def test_ops_are_recorded_under_tensorflows_names(tf: Any) -> None:
    from inspector.engine import tape

    with tape.recording() as segment:
        tf.nn.softmax(tf.matmul([[1.0]], [[2.0, 3.0]]))

    functions = [record.function for record in segment.records]
    assert functions[0] == "tf.matmul"
    assert functions[-1] == "tf.nn.softmax"
