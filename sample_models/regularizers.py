# Losses that no one sees in the code of the training loop: regularizers.
# Look at: the loss ledger of a training step. Beside the mean squared error there are rows for
# the kernel of `hidden`, its bias, the activity of `code`, and a term of `penalty` by add_loss;
# the total is their sum.
import keras
import numpy as np
from keras import ops


class RangePenalty(keras.layers.Layer):
    """Passes its input on and asks for values near zero."""

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, x):
        self.add_loss(self.rate * ops.mean(ops.abs(x)))
        return x


keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
features = rng.normal(size=(32, 10)).astype("float32")
targets = features[:, :1] * 0.5 - features[:, 1:2]

inputs = keras.Input(shape=(10,))
x = keras.layers.Dense(
    16,
    activation="tanh",
    kernel_regularizer=keras.regularizers.L2(1e-3),
    bias_regularizer=keras.regularizers.L1(1e-3),
    name="hidden",
)(inputs)
x = keras.layers.Dense(4, activity_regularizer=keras.regularizers.L1(1e-2), name="code")(x)
x = RangePenalty(0.05, name="penalty")(x)
outputs = keras.layers.Dense(1, name="estimate")(x)

model = keras.Model(inputs, outputs, name="regularized")
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mean_squared_error")
model.fit(features, targets, batch_size=16, epochs=1, shuffle=False, verbose=0)
print("losses besides the compiled one:", len(model.losses))
