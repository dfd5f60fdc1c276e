"""The first bad number of a run: its op, its element, the operand that did it, and its chain."""

from __future__ import annotations

import math

import pytest


def _only(scene, kind="forward"):
    scene.recorder.examine()
    (found,) = scene.run(kind).bad_values
    return found


NET = """
class Net(keras.Model):
    def __init__(self):
        super().__init__(name="net")
        self.first = layers.Dense(3, kernel_initializer="ones", name="first")
        self.last = layers.Dense(2, name="last")

    def call(self, x):
        x = self.first(x)
        y = {expression}
        return self.last(y)

Net()(np.array({x}, "float32"))
"""


def test_log_of_zero_names_element_operand_line_and_chain(watch):
    scene = watch(NET.format(expression="ops.log(x)", x="[[1, 1], [1, -1]]"))

    bad = _only(scene)

    assert (bad.kind, bad.at.call, bad.at.op) == ("infinity", "net#0", "log")
    assert bad.message == "-infinity: the logarithm of 0"
    assert bad.element.index == (1, 0)
    assert bad.element.value == -math.inf
    assert [(o.index, o.value) for o in bad.operands] == [((1, 0), 0.0)]
    assert (bad.count, bad.of) == (3, 6)
    assert bad.at.line == scene.line("ops.log(x)")
    assert [passage.call for passage in bad.chain] == ["net/last#0"]


@pytest.mark.parametrize(
    ("expression", "x", "message"),
    [
        ("ops.log(x)", "[[1, -3]]", "NaN: the logarithm of -2, a negative number"),
        ("ops.sqrt(x)", "[[1, -3]]", "NaN: the square root of -2, a negative number"),
        ("x / (x - x)", "[[1, 1]]", "infinity: 2 divided by 0"),
        ("(x - x) / (x - x)", "[[1, 1]]", "NaN: 0 divided by 0"),
        ("ops.exp(x * 100)", "[[1, 1]]", "infinity: the exponential of 200 is too large a number"),
        ("ops.rsqrt(x)", "[[1, -1]]", "infinity: 1 divided by the square root of 0"),
        ("ops.power(x, -1.0)", "[[1, -1]]", "infinity: 0 to the power of -1"),
        (
            "ops.arctanh(x)",
            "[[1, 1]]",
            "NaN: the inverse hyperbolic tangent of 2, which has no finite value",
        ),
        ("x * 3e38", "[[1, 1]]", "infinity: the result from 2 and 3e+38 is too large a number"),
    ],
)
def test_cause_is_said_in_words(watch, expression, x, message):
    scene = watch(NET.format(expression=expression, x=x))

    assert message == _only(scene).message


def test_nan_in_the_data_is_told_of_the_input(watch):
    scene = watch("""
        model = keras.Sequential([keras.Input((2,)), layers.Dense(1)], name="m")
        x = np.ones((2, 2), "float32")
        x[1, 0] = np.nan
        model(x)
    """)

    bad = _only(scene)

    assert (bad.kind, bad.at.op, bad.element.index) == ("nan", "", (1, 0))
    assert "contains NaN" in bad.message
    assert bad.element.name in bad.message


def test_masks_of_minus_infinity_are_meant(watch):
    scene = watch("""
        scores = ops.convert_to_tensor(np.array([[0.5, 2.0]], "float32"))
        class Masked(layers.Layer):
            def call(self, x):
                return ops.softmax(ops.where(x > 1.0, x, -np.inf))
        Masked()(scores)
    """)

    scene.recorder.examine()

    assert () == scene.run("forward").bad_values


def test_overflow_of_float16_is_told_as_such(watch):
    scene = watch("""
        class Wide(layers.Layer):
            def call(self, x):
                return ops.cast(x, "float16")
        Wide()(np.array([1.0, 70000.0], "float32"))
    """)

    bad = _only(scene)

    assert (bad.kind, bad.element.index) == ("overflow", (1,))
    assert bad.message == "infinity: 70000 does not fit into this dtype"


def test_dead_units_are_counted(watch):
    scene = watch("""
        layer = layers.Dense(
            4, activation="relu", kernel_initializer="zeros",
            bias_initializer=lambda shape, dtype: np.array([-1, -1, -1, -1], dtype),
        )
        keras.Sequential([keras.Input((2,)), layer], name="m")(np.ones((16, 2), "float32"))
    """)

    bad = _only(scene)

    assert (bad.kind, bad.count, bad.of) == ("dead", 4, 4)


def test_saturated_sigmoid_is_found(watch):
    scene = watch("""
        layers.Activation("sigmoid")(np.full((2, 3), 20.0, "float32"))
    """)

    assert ("saturated", 6, 6) == (lambda b: (b.kind, b.count, b.of))(_only(scene))


def test_rows_with_every_place_masked_are_counted(watch):
    scene = watch("""
        x = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")
        layers.Softmax()(x, mask=np.array([[True, False], [False, False]]))
    """)

    assert ("all masked", 1, 2) == (lambda b: (b.kind, b.count, b.of))(_only(scene))


def test_normalizing_equal_values_is_found(watch):
    scene = watch("""
        layers.BatchNormalization()(np.full((4, 3), 7.0, "float32"), training=True)
    """)

    assert ("zero deviation", 3, 3) == (lambda b: (b.kind, b.count, b.of))(_only(scene))


def test_numbers_below_the_normal_range_are_found(watch):
    scene = watch("""
        class Small(layers.Layer):
            def call(self, x):
                return x * 1e-39
        Small()(np.ones((2, 2), "float32"))
    """)

    assert "denormal" == _only(scene).kind


def test_output_that_does_not_depend_on_the_sample_is_found(watch):
    scene = watch("""
        layers.Dense(2, kernel_initializer="zeros")(np.arange(6, dtype="float32").reshape(3, 2))
    """)

    assert "constant" == _only(scene).kind


def test_healthy_training_step_has_no_bad_values(watch):
    scene = watch("""
        model = keras.Sequential([
            keras.Input((6,)), layers.Dense(8, activation="relu"), layers.BatchNormalization(),
            layers.Dense(3, activation="softmax"),
        ], name="m")
        model.compile("sgd", "categorical_crossentropy")
        rng = np.random.default_rng(0)
        model.fit(rng.normal(size=(16, 6)), np.eye(3)[rng.integers(0, 3, 16)], verbose=0)
    """)

    scene.recorder.examine()

    assert [()] == [run.bad_values for run in scene.recorder.runs() if run.kind == "train_step"]
