"""tf functions on KerasTensors: nodes of a Functional model, batch size unknown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

BODY = """
import numpy as np, tensorflow as tf
from tensorflow.keras import backend as K
x = tf.keras.Input((4,))
y = {expression}
model = tf.keras.Model(x, y)
out = model(np.arange(12, dtype="float32").reshape(3, 4) / 12)
"""

CASES: list[tuple[str, tuple[Any, ...], tuple[int, ...]]] = [
    ("tf.nn.relu(tf.matmul(x, tf.ones((4, 2))) - 1)", (None, 2), (3, 2)),
    ("tf.concat([x, tf.square(x)], axis=-1)", (None, 8), (3, 8)),
    ("tf.reshape(x, (-1, 2, 2))", (None, 2, 2), (3, 2, 2)),
    ("tf.reshape(x, (tf.shape(x)[0], 2, 2))", (None, 2, 2), (3, 2, 2)),
    ("tf.reshape(x, tf.concat([tf.shape(x)[:1], [2, 2]], 0))", (None, 2, 2), (3, 2, 2)),
    ("x + tf.zeros((tf.shape(x)[0], 4))", (None, 4), (3, 4)),
    ("x + tf.random.normal(shape=(tf.shape(x)[0], K.int_shape(x)[1]))", (None, 4), (3, 4)),
    ("x * K.random_normal(shape=K.shape(x))", (None, 4), (3, 4)),
    ("tf.tile(tf.expand_dims(x, 1), [1, 5, 1])", (None, 5, 4), (3, 5, 4)),
    ("tf.tile(tf.constant([[1., 2.]]), [tf.shape(x)[0], 1]) + x[:, :2]", (None, 2), (3, 2)),
    ("tf.one_hot(tf.argmax(x, axis=-1), 4)", (None, 4), (3, 4)),
    ("tf.where(x > 0.5, x, tf.zeros_like(x))", (None, 4), (3, 4)),
    ("tf.gather(x, [3, 0], axis=1)", (None, 2), (3, 2)),
    ("tf.split(x, 2, axis=1)[1]", (None, 2), (3, 2)),
    ("tf.reduce_sum(x, axis=1, keepdims=True)", (None, 1), (3, 1)),
    ("tf.math.l2_normalize(x, axis=1)", (None, 4), (3, 4)),
    ("tf.broadcast_to(tf.ones((1, 4)), (tf.shape(x)[0], 4)) + x", (None, 4), (3, 4)),
    ("tf.cast(tf.range(tf.shape(x)[0]), 'float32')", (None,), (3,)),
    ("tf.map_fn(lambda row: row * 2, x)", (None, 4), (3, 4)),
    ("tf.keras.layers.Lambda(lambda t: K.sum(K.square(t), axis=-1))(x)", (None,), (3,)),
    ("tf.clip_by_value(x, 0.1, 0.5)", (None, 4), (3, 4)),
    ("tf.stop_gradient(x) + tf.identity(x)", (None, 4), (3, 4)),
]


@pytest.mark.parametrize(("expression", "symbolic", "real"), CASES, ids=[c[0] for c in CASES])
def test_function_is_a_node_of_a_functional_model(
    user: Any, expression: str, symbolic: tuple[Any, ...], real: tuple[int, ...]
) -> None:
    names = user.run(BODY.format(expression=expression))

    assert tuple(names["y"].shape) == symbolic
    assert tuple(names["out"].shape) == real


def test_reshape_by_symbolic_shape_moves_the_right_values(user: Any) -> None:
    names = user.run(BODY.format(expression="tf.reshape(x, (tf.shape(x)[0], 2, 2))"))

    expected = np.arange(12, dtype="float32").reshape(3, 2, 2) / 12
    np.testing.assert_array_equal(names["out"].numpy(), expected)


def test_shape_methods_of_tensorflow_work_in_user_code(user: Any) -> None:
    names = user.run(
        "import tensorflow as tf\n"
        "x = tf.zeros((2, 3))\n"
        "i = tf.keras.Input((5,))\n"
        "v = tf.Variable([1.0])\n"
        "found = [x.shape.as_list(), x.shape.rank, x.shape.ndims, x.get_shape().as_list(),\n"
        "         i.shape.as_list(), i.shape[-1].value, i.shape[0].value, x.shape.num_elements(),\n"
        "         x.dtype.is_floating, x.dtype.as_numpy_dtype.__name__, i.dtype.base_dtype.name,\n"
        "         v.value().numpy().tolist(), v.value.shape]\n"
    )

    assert names["found"] == [
        [2, 3], 2, 2, [2, 3], [None, 5], 5, None, 6, True, "float32", "float32", [1.0], (1,),
    ]  # fmt: skip


def test_rewritten_code_keeps_lines_and_the_users_own_attributes(user: Any) -> None:
    with pytest.raises(AttributeError) as caught:
        user.run("# keras\nclass Own:\n    rank = 7\n\nfirst = Own().rank\nOwn().as_list()\n")

    assert caught.traceback[-1].lineno is not None
    assert "as_list" in str(caught.value)
    assert user.run("# keras\nclass Own:\n    rank = 7\nfirst = Own().rank\n")["first"] == 7


def test_tensor_shape_compares_concatenates_and_tells_what_is_known(tf: Any) -> None:
    shape = tf.TensorShape([None, 3])

    assert shape == [None, 3]
    assert shape.rank == 2
    assert not shape.is_fully_defined()
    assert shape.is_compatible_with([5, 3])
    assert shape.merge_with([5, None]).as_list() == [5, 3]
    assert shape.concatenate([2]).as_list() == [None, 3, 2]
    assert tf.TensorShape(None).rank is None
