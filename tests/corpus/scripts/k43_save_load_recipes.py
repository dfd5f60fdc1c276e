"""Recipes: saving, loading, cloning, freezing, custom objects, extracting features."""
import json
import os
import tempfile
import numpy as np
import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="Recipes")
class Antirectifier(layers.Layer):
    def __init__(self, initializer="he_normal", **kwargs):
        super().__init__(**kwargs)
        self.initializer = keras.initializers.get(initializer)

    def build(self, input_shape):
        dim = input_shape[-1]
        self.kernel = self.add_weight(shape=(dim * 2, dim), initializer=self.initializer, name="kernel")

    def call(self, inputs):
        inputs = inputs - ops.mean(inputs, axis=-1, keepdims=True)
        pos = ops.relu(inputs)
        neg = ops.relu(-inputs)
        return ops.matmul(ops.concatenate([pos, neg], axis=-1), self.kernel)

    def get_config(self):
        return {**super().get_config(), "initializer": keras.initializers.serialize(self.initializer)}


def build(units=64):
    inputs = keras.Input((32,), name="features")
    x = layers.Dense(units, name="first")(inputs)
    x = Antirectifier()(x)
    x = layers.Dense(units, activation="relu", name="embedding")(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="probs")(x))


model = build()
x = np.random.rand(100, 32).astype("float32")
y = keras.utils.to_categorical(np.random.randint(0, 3, 100), 3)
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=2, verbose=0)

folder = tempfile.mkdtemp()
path = os.path.join(folder, "model.keras")
model.save(path)
loaded = keras.models.load_model(path)
np.testing.assert_allclose(model.predict(x), loaded.predict(x), rtol=1e-5)
model.save_weights(os.path.join(folder, "w.weights.h5"))
other = build()
other.load_weights(os.path.join(folder, "w.weights.h5"))
config = json.loads(model.to_json())
print(config["class_name"], len(config["config"]["layers"]))
from_json = keras.models.model_from_json(model.to_json())
clone = keras.models.clone_model(model)
clone.set_weights(model.get_weights())

extractor = keras.Model(model.inputs, [model.get_layer("embedding").output, model.output])
features, probs = extractor(x[:4])
print("features", features.shape, "probs", probs.shape)
for layer in model.layers[:-1]:
    layer.trainable = False
print(len(model.trainable_weights), "trainable of", len(model.weights))
model.compile(keras.optimizers.Adam(1e-5), "categorical_crossentropy")
model.fit(x, y, epochs=1, verbose=0)
model.summary(expand_nested=True, show_trainable=True)
