# Old project, kept alive with compat.v1
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
import numpy as np
from tensorflow.python.keras import backend as K
from tensorflow.python.keras.layers import Input, LSTM, Dense, TimeDistributed, CuDNNLSTM
from tensorflow.python.keras.models import Model

config = tf.ConfigProto()
config.gpu_options.allow_growth = True
sess = tf.Session(config=config)
K.set_session(sess)
tf.logging.set_verbosity(tf.logging.ERROR)
FLAGS = tf.app.flags
FLAGS.DEFINE_integer("units", 64, "units of the LSTM")
FLAGS.DEFINE_string("out", "model.h5", "file to write")
units = FLAGS.FLAGS.units

x = np.random.normal(size=(256, 20, 6)).astype("float32")
y = np.cumsum(x.sum(-1, keepdims=True), axis=1)
inp = Input(shape=(20, 6))
h = LSTM(units, return_sequences=True)(inp)
h = LSTM(units, return_sequences=True, dropout=0.2)(h)
out = TimeDistributed(Dense(1))(h)
model = Model(inputs=inp, outputs=out)


def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true), axis=-1))


model.compile(loss="mse", optimizer="adam", metrics=[rmse])
model.fit(x, y, epochs=5, batch_size=32, validation_split=0.1)
model.save(FLAGS.FLAGS.out)
