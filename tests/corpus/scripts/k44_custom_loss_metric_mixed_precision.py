"""Recipes: focal loss, F1 metric, class weights, sample weights, mixed precision."""
import numpy as np
import keras
from keras import layers, ops
from sklearn.utils import class_weight
from sklearn.datasets import make_classification

keras.mixed_precision.set_global_policy("mixed_float16")
keras.utils.set_random_seed(812)

X, y = make_classification(n_samples=2000, n_features=20, n_informative=10, weights=[0.9, 0.1], random_state=3)
X = X.astype("float32")
weights = class_weight.compute_class_weight("balanced", classes=np.unique(y), y=y)
class_weights = dict(enumerate(weights))
print("class weights", class_weights)


class FocalLoss(keras.losses.Loss):
    def __init__(self, alpha=0.25, gamma=2.0, name="focal"):
        super().__init__(name=name)
        self.alpha, self.gamma = alpha, gamma

    def call(self, y_true, y_pred):
        y_true = ops.cast(y_true, "float32")
        y_pred = ops.clip(ops.cast(y_pred, "float32"), 1e-7, 1 - 1e-7)
        p = ops.where(y_true == 1, y_pred, 1 - y_pred)
        alpha = ops.where(y_true == 1, self.alpha, 1 - self.alpha)
        return ops.mean(-alpha * ops.power(1 - p, self.gamma) * ops.log(p), axis=-1)


class F1(keras.metrics.Metric):
    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.reshape(y_true, (-1,)), "float32")
        y_pred = ops.cast(ops.reshape(y_pred, (-1,)) > 0.5, "float32")
        self.tp.assign_add(ops.sum(y_true * y_pred))
        self.fp.assign_add(ops.sum((1 - y_true) * y_pred))
        self.fn.assign_add(ops.sum(y_true * (1 - y_pred)))

    def result(self):
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn + 1e-7)

    def reset_state(self):
        for v in (self.tp, self.fp, self.fn):
            v.assign(0.0)


def residual_block(x, units):
    h = layers.LayerNormalization()(x)
    h = layers.Dense(units, activation="gelu")(h)
    h = layers.Dense(x.shape[-1])(h)
    return layers.Add()([x, h])


inputs = keras.Input((20,))
x = layers.Dense(64)(inputs)
for _ in range(3):
    x = residual_block(x, 128)
outputs = layers.Dense(1, activation="sigmoid", dtype="float32")(x)
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.Nadam(1e-3), FocalLoss(), metrics=[F1(), keras.metrics.AUC(curve="PR"), "binary_accuracy"])
model.fit(X, y, epochs=5, batch_size=64, validation_split=0.2, class_weight=class_weights)
model.fit(X, y, epochs=1, sample_weight=np.where(y == 1, 5.0, 1.0))
print(dict(zip(model.metrics_names, model.evaluate(X, y, verbose=0))))
