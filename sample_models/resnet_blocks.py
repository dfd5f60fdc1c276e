# Residual blocks as layers of one's own in a model: two convolutions and a way around them.
# Look at: in each block the two edges that meet in the addition (an operator, not a layer); the
# projection that only the second block needs, because its shape changes there; batch
# normalization, whose moving statistics change in training only.
import keras
import numpy as np
from keras import layers, ops


class ResidualBlock(layers.Layer):
    def __init__(self, filters, stride=1, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Conv2D(filters, 3, strides=stride, padding="same", name="first")
        self.first_norm = layers.BatchNormalization(name="first_norm")
        self.second = layers.Conv2D(filters, 3, padding="same", name="second")
        self.second_norm = layers.BatchNormalization(name="second_norm")
        self.project = None
        if stride != 1:
            self.project = layers.Conv2D(filters, 1, strides=stride, name="project")

    def call(self, x, training=False):
        around = x if self.project is None else self.project(x)
        x = ops.relu(self.first_norm(self.first(x), training=training))
        x = self.second_norm(self.second(x), training=training)
        return ops.relu(x + around)


class SmallResNet(keras.Model):
    def __init__(self, classes, **kwargs):
        super().__init__(**kwargs)
        self.stem = layers.Conv2D(8, 3, padding="same", activation="relu", name="stem")
        self.block_1 = ResidualBlock(8, name="block_1")
        self.block_2 = ResidualBlock(16, stride=2, name="block_2")
        self.pool = layers.GlobalAveragePooling2D(name="pool")
        self.classify = layers.Dense(classes, activation="softmax", name="classify")

    def call(self, x, training=False):
        x = self.stem(x)
        x = self.block_1(x, training=training)
        x = self.block_2(x, training=training)
        return self.classify(self.pool(x))


keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)
pictures = rng.normal(size=(8, 16, 16, 3)).astype("float32")
labels = rng.integers(0, 5, size=(8,))

model = SmallResNet(classes=5, name="small_resnet")
print("inference:", model(pictures).shape)

model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(pictures, labels, batch_size=8, epochs=1, shuffle=False, verbose=0)
