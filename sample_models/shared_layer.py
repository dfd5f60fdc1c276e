# One layer, called twice: a siamese network that says how alike two vectors are.
# Look at: `encoder` is one layer with one set of weights but two calls, #0 and #1; at the end
# `double` adds a tensor to itself, which is one call with two edges from the same source.
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(9)

encoder = keras.Sequential(
    [
        keras.Input(shape=(10,)),
        layers.Dense(16, activation="relu", name="widen"),
        layers.Dense(4, name="code"),
    ],
    name="encoder",
)

left = keras.Input(shape=(10,), name="left")
right = keras.Input(shape=(10,), name="right")
difference = layers.Subtract(name="difference")([encoder(left), encoder(right)])
distance = layers.Lambda(lambda x: ops.sum(ops.square(x), axis=-1, keepdims=True), name="distance")(
    difference
)
outputs = layers.Add(name="double")([distance, distance])
model = keras.Model([left, right], outputs, name="siamese")

rng = np.random.default_rng(9)
first = rng.normal(size=(3, 10)).astype("float32")
print("the same twice:", keras.ops.convert_to_numpy(model([first, first])).ravel())
print("two different:", keras.ops.convert_to_numpy(model([first, first[::-1].copy()])).ravel())
