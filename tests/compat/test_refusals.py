"""What Keras 2 let pass and Keras 3 refuses."""

from __future__ import annotations

import keras
import numpy as np


def test_name_with_a_slash_gets_an_underscore(user) -> None:
    inputs = keras.Input((2,))
    outputs = keras.layers.Dense(3, name="block/dense")(inputs)

    model = keras.Model(inputs, outputs, name="nets/small")

    assert model.name == "nets_small"
    assert model.get_layer("block_dense").units == 3


def test_one_optimizer_trains_several_models(user) -> None:
    optimizer = keras.optimizers.Adam(0.1)
    models = [keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]) for _ in range(2)]
    x, y = np.ones((4, 2), "float32"), np.zeros((4, 1), "float32")
    before = [model.get_weights()[0] for model in models]

    for model in models:
        model.compile(optimizer, "mse")
    for model in (*models, models[0]):
        model.train_on_batch(x, y)

    assert optimizer.iterations.numpy() == 3
    for model, weights in zip(models, before, strict=True):
        assert not np.allclose(model.get_weights()[0], weights)


def test_backend_module_holds_tensorflow_as_it_did(user) -> None:
    names = user.run("from keras import backend as K\nx = K.sqrt(K.cast(4, dtype=K.tf.float32))\n")

    assert float(names["x"]) == 2.0


def test_private_path_of_initializers_leads_to_keras(user) -> None:
    names = user.run(
        "from tensorflow.python.ops.init_ops_v2 import Zeros, glorot_normal\nx = Zeros()((2,))\n"
    )

    assert names["x"].shape == (2,)


def test_synchronized_normalization_is_a_normalization_where_there_is_one_device(user) -> None:
    layer = keras.layers.BatchNormalization(synchronized=True)

    x = np.arange(6, dtype="float32").reshape(3, 2)

    assert np.allclose(layer(x, training=True).numpy().mean(0), 0, atol=1e-6)
    assert not layer.get_config()["synchronized"]
