"""Input 0 is incompatible: built for 10 features, called with 12."""

import numpy as np
from keras import layers

x_train = np.zeros((32, 10), dtype="float32")
x_test = np.zeros((8, 12), dtype="float32")
dense = layers.Dense(4, name="scores")
dense(x_train)
dense(x_test)
