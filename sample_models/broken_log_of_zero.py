# Broken, but nothing raises: the loss is NaN from the first training step on. ReLU lets zeros
# through, and the cross-entropy that is written by hand takes their logarithm.
# Look at: the finding "not finite", which names the op `log`, its first element and the 0 that
# went in; from there the way to the loss.
# The way out: a softmax in `scores`, or ops.maximum(shares, keras.config.epsilon()) in the loss.
import keras
import numpy as np
from keras import ops


class Surprise(keras.losses.Loss):
    """The cross-entropy between the true classes and the shares that were given to each."""

    def call(self, y_true, y_pred):
        shares = y_pred / ops.sum(y_pred, axis=-1, keepdims=True)
        return -ops.sum(y_true * ops.log(shares), axis=-1)


keras.utils.set_random_seed(18)
model = keras.Sequential(
    [
        keras.Input((6,), name="measured"),
        keras.layers.Dense(12, activation="tanh", name="hidden"),
        keras.layers.Dense(3, activation="relu", name="scores"),
    ],
    name="log_of_zero",
)
model.compile("sgd", Surprise())

rng = np.random.default_rng(18)
x = rng.normal(size=(32, 6)).astype("float32")
y = np.eye(3, dtype="float32")[rng.integers(0, 3, 32)]
history = model.fit(x, y, batch_size=16, epochs=1, verbose=0)
print("loss:", history.history["loss"])
