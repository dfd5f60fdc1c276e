"""Recipes: custom callbacks, a learning-rate finder, cyclic learning rates."""
import numpy as np
import keras
from keras import layers
from keras.callbacks import Callback
import keras.backend as K
import matplotlib.pyplot as plt


class LRFinder(Callback):
    def __init__(self, min_lr=1e-5, max_lr=1e-2, steps=100):
        super().__init__()
        self.min_lr, self.max_lr, self.total = min_lr, max_lr, steps
        self.iteration = 0
        self.history = {}

    def clr(self):
        x = self.iteration / self.total
        return self.min_lr + (self.max_lr - self.min_lr) * x

    def on_train_begin(self, logs=None):
        K.set_value(self.model.optimizer.lr, self.min_lr)

    def on_train_batch_end(self, epoch, logs=None):
        logs = logs or {}
        self.iteration += 1
        self.history.setdefault("lr", []).append(K.get_value(self.model.optimizer.lr))
        for k, v in logs.items():
            self.history.setdefault(k, []).append(v)
        K.set_value(self.model.optimizer.lr, self.clr())

    def plot_loss(self):
        plt.plot(self.history["lr"], self.history["loss"])
        plt.xscale("log")
        plt.show()


class TimeHistory(Callback):
    def on_train_begin(self, logs=None):
        self.times = []

    def on_epoch_end(self, epoch, logs=None):
        self.times.append(epoch)
        print("epoch", epoch, {k: round(float(v), 3) for k, v in (logs or {}).items()})


(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0
class_names = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot"]

model = keras.models.Sequential()
model.add(layers.Flatten(input_shape=[28, 28]))
model.add(layers.Dense(300, activation="relu", kernel_initializer="he_normal"))
model.add(layers.BatchNormalization())
model.add(layers.Dense(100, activation="selu", kernel_initializer="lecun_normal"))
model.add(layers.AlphaDropout(rate=0.2))
model.add(layers.Dense(10, activation="softmax"))
print(model.layers[1].name, model.get_layer(index=1) is model.layers[1])
weights, biases = model.layers[1].get_weights()
print(weights.shape, biases.shape)
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(learning_rate=1e-3, momentum=0.9, nesterov=True),
              metrics=["accuracy"])
finder = LRFinder(steps=len(x_train) // 32)
times = TimeHistory()
model.fit(x_train, y_train, epochs=1, callbacks=[finder, times])
finder.plot_loss()
history = model.fit(x_train, y_train, epochs=30, validation_split=0.1,
                    callbacks=[times, keras.callbacks.LearningRateScheduler(lambda e: 0.01 * 0.95**e, verbose=1)])
import pandas as pd

pd.DataFrame(history.history).plot(figsize=(8, 5))
plt.grid(True)
plt.gca().set_ylim(0, 1)
plt.show()
y_proba = model.predict(x_test[:3])
print(np.array(class_names)[np.argmax(y_proba, axis=-1)])
