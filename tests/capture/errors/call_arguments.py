"""`call` takes two tensors, and is given one."""

import keras
import numpy as np
from keras import layers


class Gate(layers.Layer):
    def call(self, x, gate):
        return x * gate


class Net(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(8, name="hidden")
        self.gate = Gate(name="gate")

    def call(self, x):
        return self.gate(self.hidden(x))


Net(name="net")(np.zeros((4, 10), dtype="float32"))
