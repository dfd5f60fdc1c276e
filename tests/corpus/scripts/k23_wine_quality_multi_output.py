# Wine quality: two outputs, one functional model.
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
import keras
from keras.layers import Input, Dense, Dropout, Concatenate, BatchNormalization
from keras.models import Model

red = pd.read_csv("winequality-red.csv", sep=";")
white = pd.read_csv("winequality-white.csv", sep=";")
red["type"] = 0
white["type"] = 1
df = pd.concat([red, white], ignore_index=True)
df = df.dropna()
print(df.describe())

y_quality = df.pop("quality").values.astype("float32")
y_type = df.pop("type").values.astype("float32")
X = df.values
X_train, X_test, yq_train, yq_test, yt_train, yt_test = train_test_split(
    X, y_quality, y_type, test_size=0.25, random_state=7)
scaler = MinMaxScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

inp = Input(shape=(X_train.shape[1],), name="features")
h = Dense(64, activation="relu")(inp)
h = BatchNormalization()(h)
h = Dense(64, activation="relu")(h)
h = Dropout(0.3)(h)
skip = Concatenate()([inp, h])
quality = Dense(1, name="quality")(skip)
kind = Dense(1, activation="sigmoid", name="kind")(skip)
model = Model(inputs=inp, outputs=[quality, kind])
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss={"quality": "mse", "kind": "binary_crossentropy"},
    loss_weights={"quality": 1.0, "kind": 0.5},
    metrics={"quality": [keras.metrics.RootMeanSquaredError()], "kind": ["accuracy"]},
)
hist = model.fit(
    X_train, {"quality": yq_train, "kind": yt_train},
    validation_data=(X_test, {"quality": yq_test, "kind": yt_test}),
    epochs=100, batch_size=32, verbose=2)
out = model.evaluate(X_test, {"quality": yq_test, "kind": yt_test}, return_dict=True)
print(out)
q, t = model.predict(X_test[:5])
for a, b, c in zip(q, t, yq_test):
    print(f"quality {a[0]:.2f} (true {c:.0f}) kind {'white' if b[0] > 0.5 else 'red'}")
