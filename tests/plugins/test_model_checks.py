"""Every check that ships: a piece of code that it speaks about, and one that it keeps quiet on."""

from __future__ import annotations

import pytest

from inspector.checks import run_checks
from inspector.trace import Call, Engine, Op, Run, TensorRef, Trace, Weight
from inspector_plugins.model_checks import CHECKS
from inspector_plugins.model_checks.table import table

FIT = "model.compile('sgd', 'mse')\nmodel.fit(np.ones((8, 4)), np.ones((8, 1)), verbose=0)\n"


def stack(*layers: str, inputs: str = "(4,)", rest: str = FIT) -> str:
    """A Sequential model of these layers, trained for a step."""
    listed = ", ".join(f"layers.{layer}" for layer in layers)
    return f"model = keras.Sequential([keras.Input({inputs}), {listed}], name='model')\n{rest}"


def model(init: str, call: str, rest: str = FIT) -> str:
    """A subclassed model, trained for a step."""
    return f"""
class Net(keras.Model):
    def __init__(self):
        super().__init__(name="model")
        {init}

    def call(self, x, training=None):
        {call}

model = Net()
{rest}"""


def crossentropy(last: str, from_logits: bool) -> str:
    """A classifier of three classes."""
    return (
        f"model = keras.Sequential([keras.Input((4,)), {last}])\n"
        f"loss = keras.losses.SparseCategoricalCrossentropy(from_logits={from_logits})\n"
        "model.compile('sgd', loss)\n"
        "model.fit(np.ones((8, 4)), np.arange(8) % 3, verbose=0)\n"
    )


TOKENS = "model(np.array([[3, 1, 0, 0], [2, 0, 0, 0]]))"
EMBED = "Embedding(9, 4, mask_zero=True)"
MANY = "model(np.random.default_rng(0).normal(size=(32, 4)).astype('float32'))\n"
RUN = "model(np.ones((8, 4), 'float32'))\n"
IMAGE = "model(np.ones((2, 8, 8, 3)))"

# rule: (code that triggers it, code that does not)
CASES: dict[str, tuple[str, str]] = {
    "mask_dropped": (
        stack(EMBED, "Flatten()", inputs="(4,), dtype='int32'", rest=TOKENS),
        stack(EMBED, "LSTM(2)", inputs="(4,), dtype='int32'", rest=TOKENS),
    ),
    "mask_unused": (
        stack(EMBED, "Dense(2)", inputs="(4,), dtype='int32'", rest=TOKENS),
        stack(EMBED, "LSTM(2)", inputs="(4,), dtype='int32'", rest=TOKENS),
    ),
    "layer_is_placeholder": (
        model(
            "self.a = layers.Dense(1); self.a.placeholder_reason = 'x'",
            "return self.a(x)",
            rest=RUN,
        ),
        model("self.a = layers.Dense(1)", "return self.a(x)", rest=RUN),
    ),
    "axes_mixed": (
        stack("Dense(3)", "Softmax(axis=0)", rest=RUN),
        stack("Dense(3)", "Softmax(axis=-1)", rest=RUN),
    ),
    "not_finite": (
        model("self.a = layers.Dense(1)", "return self.a(ops.log(x - 1.0))", rest=RUN),
        model("self.a = layers.Dense(1)", "return self.a(ops.log(x + 1.0))", rest=RUN),
    ),
    "overflow": (
        model("self.a = layers.Dense(1)", "return self.a(ops.cast(x * 7e4, 'float16'))", rest=RUN),
        model("self.a = layers.Dense(1)", "return self.a(ops.cast(x * 6e4, 'float16'))", rest=RUN),
    ),
    "dead_units": (
        stack(
            "Dense(3, bias_initializer=lambda s, dtype: -9 * np.ones(s, dtype))",
            "ReLU()",
            rest=MANY,
        ),
        stack(
            "Dense(3, bias_initializer=lambda s, dtype: 9 * np.ones(s, dtype))", "ReLU()", rest=MANY
        ),
    ),
    "saturated": (
        stack("Rescaling(50)", "Activation('sigmoid')", rest=MANY),
        stack("Rescaling(1)", "Activation('sigmoid')", rest=MANY),
    ),
    "all_masked": (
        "layers.Softmax()(np.ones((2, 2)), mask=np.array([[True, False], [False, False]]))",
        "layers.Softmax()(np.ones((2, 2)), mask=np.array([[True, False], [True, True]]))",
    ),
    "zero_deviation": (
        "layers.LayerNormalization()(np.ones((4, 3), 'float32'))",
        "layers.LayerNormalization()(np.eye(3, dtype='float32'))",
    ),
    "constant_output": (
        "layers.Dense(2, kernel_initializer='zeros')(np.eye(3, dtype='float32'))",
        "layers.Dense(2)(np.eye(3, dtype='float32'))",
    ),
    "denormal": (
        stack("Rescaling(1e-39)", rest=MANY),
        stack("Rescaling(1e-30)", rest=MANY),
    ),
    "layer_never_called": (
        model("self.a = layers.Dense(1); self.b = layers.Dense(2)", "return self.a(x)"),
        model("self.a = layers.Dense(1)", "return self.a(x)"),
    ),
    "layer_made_in_call": (
        model("pass", "return layers.Dense(1)(x)", rest=RUN + RUN),
        model("self.a = layers.Dense(1)", "return self.a(x)", rest=RUN + RUN),
    ),
    "activation_twice": (
        stack("Dense(3, activation='relu')", "ReLU()", "Dense(1)"),
        stack("Dense(3)", "ReLU()", "Dense(1)"),
    ),
    "bias_before_norm": (
        stack("Dense(3)", "BatchNormalization()", "Dense(1)"),
        stack("Dense(3, use_bias=False)", "BatchNormalization()", "Dense(1)"),
    ),
    "softmax_of_one": (
        stack("Dense(1, activation='softmax')"),
        stack("Dense(1, activation='sigmoid')"),
    ),
    "dropout_at_the_end": (
        stack("Dense(1)", "Dropout(0.5)"),
        stack("Dropout(0.5)", "Dense(1)"),
    ),
    "dense_on_feature_map": (
        stack("Conv2D(2, 3)", "Dense(1)", inputs="(8, 8, 3)", rest=IMAGE),
        stack("Conv2D(2, 3)", "Flatten()", "Dense(1)", inputs="(8, 8, 3)", rest=IMAGE),
    ),
    "nothing_to_train": (
        model("self.scale = layers.Rescaling(2.0)", "return self.scale(x)[:, :1]"),
        model("self.a = layers.Dense(1)", "return self.a(x)"),
    ),
    "no_gradient": (
        model(
            "self.a = layers.Dense(1); self.b = layers.Dense(1)",
            "return self.a(x) + ops.stop_gradient(self.b(x))",
        ),
        model("self.a = layers.Dense(1)", "return self.a(x)"),
    ),
    "zero_gradient": (
        stack(
            "Dense(3, activation='relu', kernel_initializer=keras.initializers.Constant(-1))",
            "Dense(1)",
        ),
        stack("Dense(3, activation='tanh')", "Dense(1)"),
    ),
    "gradient_explodes": (
        stack("Rescaling(1e6)", "Dense(1)"),
        stack("Dense(1)"),
    ),
    "gradient_vanishes": (
        stack("Rescaling(1e-12)", "Dense(1, use_bias=False)"),
        stack("Dense(1)"),
    ),
    "weight_not_updated": (
        stack("Dense(1)", rest=FIT.replace("'sgd'", "keras.optimizers.SGD(1e-30)")),
        stack("Dense(1)"),
    ),
    "dropout_not_training": (
        model(
            "self.a = layers.Dense(1); self.d = layers.Dropout(0.5)",
            "return self.a(self.d(x, training=False))",
        ),
        model(
            "self.a = layers.Dense(1); self.d = layers.Dropout(0.5)",
            "return self.a(self.d(x, training=training))",
        ),
    ),
    "norm_not_training": (
        model(
            "self.a = layers.Dense(1); self.n = layers.BatchNormalization()",
            "return self.a(self.n(x, training=False))",
        ),
        model(
            "self.a = layers.Dense(1); self.n = layers.BatchNormalization()",
            "return self.a(self.n(x))",
        ),
    ),
    "norm_of_one_sample": (
        stack(
            "BatchNormalization()", "Dense(1)", rest=FIT.replace("verbose", "batch_size=1, verbose")
        ),
        stack("BatchNormalization()", "Dense(1)"),
    ),
    "loss_not_finite": (
        stack("Rescaling(1e30)", "Dense(1)", rest=FIT),
        stack("Dense(1)"),
    ),
    "softmax_before_logits_loss": (
        crossentropy("layers.Dense(3, activation='softmax')", True),
        crossentropy("layers.Dense(3)", True),
    ),
    "logits_without_from_logits": (
        crossentropy("layers.Dense(3)", False),
        crossentropy("layers.Dense(3, activation='softmax')", False),
    ),
    "loss_term_dominates": (
        model("self.a = layers.Dense(1)", "self.add_loss(ops.sum(x) * 1e6); return self.a(x)"),
        model("self.a = layers.Dense(1)", "self.add_loss(ops.mean(x)); return self.a(x)"),
    ),
    "unmeant_broadcast": (
        model("self.a = layers.Dense(1)", "return self.a(x) - ops.sum(x, axis=1)", rest=RUN),
        model("self.a = layers.Dense(1)", "return self.a(x) - x[:, :1]", rest=RUN),
    ),
    "batch_axis_changed": (
        model(
            "self.a = layers.Dense(4)", "return ops.concatenate([x, self.a(x)], axis=0)", rest=RUN
        ),
        model(
            "self.a = layers.Dense(4)", "return ops.concatenate([x, self.a(x)], axis=1)", rest=RUN
        ),
    ),
    "float64_creeps_in": (
        model("self.a = layers.Dense(1)", "return ops.cast(self.a(x), 'float64')", rest=RUN),
        model("self.a = layers.Dense(1)", "return self.a(x)", rest=RUN),
    ),
    "pooled_to_nothing": (
        model("self.a = layers.Dense(4)", "return self.a(x)[:, 4:]", rest=RUN),
        model("self.a = layers.Dense(4)", "return self.a(x)[:, 2:]", rest=RUN),
    ),
    "integers_in_dense": (
        model("self.a = layers.Dense(4)", "return self.a(ops.cast(x, 'int32'))", rest=RUN),
        model("self.a = layers.Dense(4)", "return self.a(x)", rest=RUN),
    ),
}
# Rules whose trouble Keras itself does not let a small script get into; tested on hand-made runs.
BY_HAND = {"weight_uninitialized", "frozen_norm_moves"}
BY_NAME = {check.__name__: check for check in CHECKS}


def found(watch, rule: str, source: str) -> list[str]:
    scene = watch(source)
    assert scene.error is None
    findings = run_checks(scene.trace, [BY_NAME[rule]])
    assert all(finding.fix for finding in findings)
    return [finding.rule for finding in findings]


@pytest.mark.parametrize("rule", CASES)
def test_check_speaks_when_there_is_a_reason(watch, rule):
    assert rule.replace("_", "-") in found(watch, rule, CASES[rule][0])


@pytest.mark.parametrize("rule", CASES)
def test_check_keeps_quiet_when_all_is_well(watch, rule):
    assert found(watch, rule, CASES[rule][1]) == []


def test_no_check_speaks_on_a_model_of_keras_applications(watch):
    """All families in both modes: `./dev bench false_alarms`. This one has biases before norms."""
    scene = watch(
        "model = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes=4)\n"
        "model(np.linspace(0, 255, 3072, dtype='float32').reshape(1, 32, 32, 3))\n"
    )

    assert scene.error is None
    assert run_checks(scene.trace, CHECKS) == ()


def test_every_check_has_a_case():
    assert set(BY_NAME) == set(CASES) | BY_HAND


def by_hand(call: Call, kind: str) -> list[str]:
    """What the checks say about a run of this one call."""
    run = Run(model="m", kind=kind, training=True, seed=0, calls=(call,))
    trace = Trace(file="m.py", engine=Engine("numpy", "cpu", "test"), runs=(run,))
    return [finding.rule for finding in run_checks(trace, CHECKS)]


def norm(*, initialized: bool, trainable: bool) -> Call:
    """A call of a batch normalization that computes the batch's moments."""
    ref = TensorRef(1, (8, 4), "float32")
    weight = Weight("gamma", (4,), "float32", trainable, initialized)
    return Call(
        id="n#0", layer_id=1, path="n", name="n", class_="BatchNormalization", call_index=0,
        parent=None, depth=0, file="m.py", line=3, elapsed_s=0.0, inputs=(ref,), outputs=(ref,),
        weights=(weight,), training=True, ops=(Op("mean", (ref,), (ref,), function="moments"),),
    )  # fmt: skip


def test_weight_uninitialized_speaks_only_about_weights_without_value():
    assert "weight-uninitialized" in by_hand(norm(initialized=False, trainable=True), "forward")
    assert "weight-uninitialized" not in by_hand(norm(initialized=True, trainable=True), "forward")


def test_frozen_norm_moves_speaks_only_about_frozen_layers():
    frozen = norm(initialized=True, trainable=False)

    assert "frozen-norm-moves" in by_hand(frozen, "train_step")
    assert "frozen-norm-moves" not in by_hand(norm(initialized=True, trainable=True), "train_step")


def test_page_of_checks_is_what_the_code_says(root):
    assert (root / "docs" / "checks.md").read_text() == table()
