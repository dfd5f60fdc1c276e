"""A module of model builders, nothing at the top level (a project's models.py)."""
from keras import Input, Model
from keras import layers as L


def conv_block(x, filters, dropout=0.0):
    x = L.Conv1D(filters, 5, padding="same")(x)
    x = L.BatchNormalization()(x)
    x = L.Activation("swish")(x)
    if dropout:
        x = L.SpatialDropout1D(dropout)(x)
    return L.MaxPooling1D(2)(x)


def ecg_classifier(length=1000, leads=12, classes=5):
    """ECG classifier: four convolution blocks and a GRU."""
    signal = Input((length, leads), name="signal")
    x = signal
    for i, filters in enumerate((32, 64, 64, 128)):
        x = conv_block(x, filters, dropout=0.1 * i)
    x = L.Bidirectional(L.GRU(32))(x)
    x = L.Dense(64, activation="relu")(x)
    return Model(signal, L.Dense(classes, activation="softmax", name="rhythm")(x), name="ecg")


def fusion(signal_model=None, age_bins=10):
    """The classifier above with patient data."""
    base = signal_model or ecg_classifier()
    age = Input((1,), name="age", dtype="int32")
    sex = Input((1,), name="sex", dtype="int32")
    a = L.Flatten()(L.Embedding(age_bins, 4)(age))
    s = L.Flatten()(L.Embedding(2, 2)(sex))
    x = L.Concatenate()([base.layers[-2].output, a, s])
    return Model([base.input, age, sex], L.Dense(1, activation="sigmoid")(x), name="fusion")


def train(x, y, epochs):
    model = ecg_classifier(x.shape[1], x.shape[2])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=epochs)
    return model
