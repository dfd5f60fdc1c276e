# A layer with state that no optimizer touches: it adds up whatever it has seen.
# Look at: the weight `total`, not trainable, before and after each of the three calls; and the
# model's count of parameters, of which only the Dense layer's can be trained.
import numpy as np
import tensorflow as tf
from tensorflow import keras


class RunningSum(keras.layers.Layer):
    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight(
            shape=(width,), initializer="zeros", trainable=False, name="total"
        )

    def call(self, x):
        self.total.assign_add(tf.reduce_sum(x, axis=0))
        return self.total + tf.zeros_like(x)


running_sum = RunningSum(2, name="running_sum")
ones = tf.ones((3, 2))
for _ in range(3):
    print("total so far:", np.asarray(running_sum(ones))[0])

model = keras.Sequential(
    [keras.Input(shape=(2,)), keras.layers.Dense(2), RunningSum(2)], name="sum_of_dense"
)
model(ones)
print("trainable:", len(model.trainable_weights), "not:", len(model.non_trainable_weights))
