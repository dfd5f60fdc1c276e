"""Structured data classification with FeatureSpace."""
import pandas as pd
import keras
from keras.utils import FeatureSpace

file_url = "http://storage.googleapis.com/download.tensorflow.org/data/heart.csv"
dataframe = pd.read_csv(file_url)
print(dataframe.shape)
dataframe.head()
val_dataframe = dataframe.sample(frac=0.2, random_state=1337)
train_dataframe = dataframe.drop(val_dataframe.index)
print("Using %d samples for training and %d for validation" % (len(train_dataframe), len(val_dataframe)))

features = ["age", "sex", "cp", "trestbps", "chol", "fbs", "restecg", "thalach", "exang",
            "oldpeak", "slope", "ca", "thal"]


def to_arrays(frame):
    frame = frame.copy()
    labels = frame.pop("target").values
    return {name: frame[name].values for name in features}, labels


feature_space = FeatureSpace(
    features={
        "sex": "integer_categorical",
        "cp": "integer_categorical",
        "fbs": "integer_categorical",
        "restecg": "integer_categorical",
        "exang": "integer_categorical",
        "ca": "integer_categorical",
        "thal": "string_categorical",
        "age": "float_discretized",
        "trestbps": "float_normalized",
        "chol": "float_normalized",
        "thalach": "float_normalized",
        "oldpeak": "float_normalized",
        "slope": "float_normalized",
    },
    crosses=[("sex", "age"), ("thal", "ca")],
    crossing_dim=32,
    output_mode="concat",
)
x_train, y_train = to_arrays(train_dataframe)
x_val, y_val = to_arrays(val_dataframe)
feature_space.adapt(x_train)
preprocessed = feature_space(x_train)
print("preprocessed.shape", preprocessed.shape)

x = keras.layers.Input(shape=(preprocessed.shape[1],))
h = keras.layers.Dense(32, activation="relu")(x)
h = keras.layers.Dropout(0.5)(h)
predictions = keras.layers.Dense(1, activation="sigmoid")(h)
training_model = keras.Model(inputs=x, outputs=predictions)
training_model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
training_model.fit(preprocessed, y_train, epochs=20, validation_data=(feature_space(x_val), y_val), verbose=2)
