"""The kernel of the head was made for flattened images, and gets them unflattened."""

import keras
import numpy as np
from keras import layers, ops


class Head(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.kernel = self.add_weight(shape=(5 * 5 * 4, units), name="kernel")

    def call(self, x):
        return ops.matmul(x, self.kernel)


class Net(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv2D(4, 3, name="conv")
        self.pool = layers.MaxPooling2D(2, name="pool")
        self.head = Head(10, name="head")

    def call(self, x):
        return self.head(self.pool(self.conv(x)))


images = np.zeros((3, 12, 12, 1), dtype="float32")
Net(name="net")(images)
