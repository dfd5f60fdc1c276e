"""Training: fit, evaluate, predict and their like."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from inspector import engine
from inspector.keras_backend.trainer import step_listeners

G = np.random.default_rng(0)
X = G.normal(size=(64, 4)).astype("float32")
Y = (X @ np.array([[1.0], [-2.0], [0.5], [3.0]])).astype("float32")


@pytest.fixture
def regression():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([layers.Dense(8, activation="tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse", metrics=["mae"])
    return model


def test_fit_learns_and_reports_python_floats(regression):
    history = regression.fit(X, Y, epochs=15, verbose=0).history

    assert history["loss"][-1] < history["loss"][0] / 4
    assert {type(value) for values in history.values() for value in values} == {float}


def test_fit_validates_on_a_split(regression):
    history = regression.fit(X, Y, epochs=4, validation_split=0.25, validation_freq=2, verbose=0)

    assert len(history.history["val_loss"]) == 2


def test_fit_validates_on_a_generator_each_epoch(regression):
    def batches():
        while True:
            yield X[:8], Y[:8]

    history = regression.fit(
        X, Y, epochs=2, validation_data=batches(), validation_steps=1, verbose=0
    ).history

    assert len(history["val_mae"]) == 2


def test_fit_takes_steps_from_an_endless_generator(regression):
    drawn = []

    def batches():
        while True:
            drawn.append(1)
            yield X[:8], Y[:8]

    regression.fit(batches(), steps_per_epoch=3, epochs=2, shuffle=False, verbose=0)

    assert regression.optimizer.iterations.value.item() == 6


def test_fit_reads_a_py_dataset(regression):
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            part = slice(index * 16, index * 16 + 16)
            return X[part], Y[part]

    regression.fit(Batches(), epochs=1, verbose=0)

    assert regression.optimizer.iterations.value.item() == 4


def test_fit_stops_when_a_callback_says_so(regression):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = True

    history = regression.fit(X, Y, epochs=5, callbacks=[Stop()], verbose=0)

    assert len(history.epoch) == 1
    assert regression.optimizer.iterations.value.item() == 1


def test_class_weight_scales_the_loss():
    model = keras.Sequential([layers.Dense(2)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    labels = np.zeros(8, "int32")

    plain = model.test_on_batch(X[:8], labels)
    weighted = model.train_on_batch(X[:8], labels, class_weight={0: 3.0, 1: 1.0})

    assert weighted == pytest.approx(3 * plain, rel=1e-5)


def test_class_and_sample_weight_exclude_each_other(regression):
    with pytest.raises(ValueError, match="cannot be specified at the same time"):
        regression.train_on_batch(X, Y, sample_weight=np.ones(64), class_weight={0: 1.0})


def test_evaluate_gives_one_number_a_metric(regression):
    loss, error = regression.evaluate(X, Y, verbose=0)
    named = regression.evaluate(X, Y, verbose=0, return_dict=True)

    assert named == {"loss": pytest.approx(loss), "mae": pytest.approx(error)}


def test_predict_joins_all_batches_in_order(regression):
    found = regression.predict(X, batch_size=10, verbose=0)

    np.testing.assert_allclose(found, regression(X).numpy(), atol=1e-6)


def test_predict_keeps_the_structure_of_several_outputs():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, {"a": layers.Dense(2)(inputs), "b": [layers.Dense(3)(inputs)]})

    found = model.predict(X, batch_size=30, verbose=0)

    assert found["a"].shape == (64, 2)
    assert found["b"][0].shape == (64, 3)


def test_steps_per_execution_runs_every_batch(regression):
    regression.compile("sgd", "mse", steps_per_execution=2)

    regression.fit(X, Y, batch_size=16, epochs=1, verbose=0)

    assert regression.optimizer.iterations.value.item() == 4
    assert regression.predict(X, batch_size=16, verbose=0).shape == (64, 1)


def test_listener_sees_the_step_before_and_after_the_update(regression):
    seen = []

    def listen(event):
        weights = [v.value.tolist() for v in event.variables]
        seen.append((event.what, weights, [g is not None for g in event.gradients]))

    step_listeners.append(listen)
    try:
        regression.train_on_batch(X, Y)
    finally:
        step_listeners.remove(listen)

    assert [what for what, _, _ in seen] == ["began", "differentiated", "updated"]
    assert all(seen[1][2])
    assert seen[1][1] != seen[2][1]


def test_step_keeps_no_record_when_nobody_records(regression):
    kept = []
    step_listeners.append(lambda event: kept.append(event.loss))
    try:
        regression.train_on_batch(X, Y)
    finally:
        step_listeners.pop()

    assert kept[-1].record is None


def test_step_is_on_the_tape_that_runs(regression):
    with engine.recording() as segment:
        regression.train_on_batch(X, Y)

    names = {record.primitive.name for record in segment.records}

    assert {"matmul", "tanh"} <= names
    assert segment.records[0].inputs


def test_gradients_are_those_of_the_weights():
    model = keras.Sequential([layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(1.0), "mse")

    model.train_on_batch(X, Y)

    wanted = 2 * X.T @ Y / len(X)
    np.testing.assert_allclose(model.layers[0].kernel.numpy(), wanted, rtol=1e-4)


def test_regularizers_and_added_losses_are_minimised_too():
    class Pulled(layers.Layer):
        def build(self, shape):
            self.w = self.add_weight(shape=(), initializer="ones", regularizer="l2")

        def call(self, x):
            self.add_loss(ops.square(self.w) * 3.0)
            return x

    model = keras.Sequential([Pulled()])
    model.compile(keras.optimizers.SGD(0.1), "mse")

    loss = model.train_on_batch(X, X)

    assert loss == pytest.approx(3 + 0.01, rel=1e-5)
    assert model.layers[0].w.value.item() == pytest.approx(1 - 0.1 * (6 + 0.02), rel=1e-4)


def test_model_without_weights_warns():
    model = keras.Sequential([layers.Flatten()])
    model.compile("sgd", "mse")

    with pytest.warns(UserWarning, match="trainable weights"):
        model.train_on_batch(X, X)


def test_evaluate_refuses_unknown_arguments(regression):
    with pytest.raises(ValueError, match="not recognized"):
        regression.evaluate(X, Y, verbose=0, speed=3)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_predict_says_that_there_was_no_batch(regression):
    with pytest.raises(ValueError, match="There was no batch"):
        regression.predict(np.zeros((0, 4)), verbose=0)


def test_fit_goes_on_where_an_interrupted_one_stopped(regression, tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(KeyboardInterrupt):
        regression.fit(X, Y, epochs=4, callbacks=[backup, Stop()], verbose=0)

    history = regression.fit(X, Y, epochs=4, callbacks=[backup], verbose=0)

    assert history.epoch == [2, 3]
