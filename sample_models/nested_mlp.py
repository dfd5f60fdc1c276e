# Layers inside a layer inside a model: blocks of two Dense layers, and a model of three blocks.
# Look at: the frames. Step into `tower`, then into a block, then into a Dense; step out again.
# Collapsed, the graph is four boxes; the paths say where each call sits.
import keras
import numpy as np


class MLPBlock(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.expand = keras.layers.Dense(2 * units, activation="relu", name="expand")
        self.shrink = keras.layers.Dense(units, name="shrink")
        self.norm = keras.layers.LayerNormalization(name="norm")

    def call(self, x):
        return self.norm(self.shrink(self.expand(x)))


class Tower(keras.Model):
    def __init__(self, units, depth, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [MLPBlock(units, name=f"block_{i}") for i in range(depth)]
        self.head = keras.layers.Dense(1, activation="sigmoid", name="head")

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
inputs = rng.normal(size=(5, 12)).astype("float32")

tower = Tower(units=16, depth=3, name="tower")
print("output:", tower(inputs).shape)
print("parameters:", tower.count_params())
