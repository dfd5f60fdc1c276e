import os
import datetime
import IPython
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf

mpl.rcParams['figure.figsize'] = (8, 6)
zip_path = tf.keras.utils.get_file(
    origin='https://storage.googleapis.com/tensorflow/tf-keras-datasets/jena_climate_2009_2016.csv.zip',
    fname='jena_climate_2009_2016.csv.zip', extract=True)
csv_path, _ = os.path.splitext(zip_path)
df = pd.read_csv(csv_path)
df = df[5::6]
date_time = pd.to_datetime(df.pop('Date Time'), format='%d.%m.%Y %H:%M:%S')
wv = df['wv (m/s)']
wv[wv == -9999.0] = 0.0
wv = df.pop('wv (m/s)')
wd_rad = df.pop('wd (deg)') * np.pi / 180
df['Wx'] = wv * np.cos(wd_rad)
df['Wy'] = wv * np.sin(wd_rad)
timestamp_s = date_time.map(pd.Timestamp.timestamp)
day = 24 * 60 * 60
df['Day sin'] = np.sin(timestamp_s * (2 * np.pi / day))
n = len(df)
train_df, val_df, test_df = df[0:int(n*0.7)], df[int(n*0.7):int(n*0.9)], df[int(n*0.9):]
num_features = df.shape[1]
train_mean, train_std = train_df.mean(), train_df.std()
train_df = (train_df - train_mean) / train_std
val_df = (val_df - train_mean) / train_std
test_df = (test_df - train_mean) / train_std


class WindowGenerator():
  def __init__(self, input_width, label_width, shift, label_columns=None):
    self.label_columns = label_columns
    self.column_indices = {name: i for i, name in enumerate(train_df.columns)}
    self.input_width, self.label_width, self.shift = input_width, label_width, shift
    self.total_window_size = input_width + shift
    self.input_slice = slice(0, input_width)
    self.labels_slice = slice(self.total_window_size - label_width, None)

  def split_window(self, features):
    inputs = features[:, self.input_slice, :]
    labels = features[:, self.labels_slice, :]
    if self.label_columns is not None:
      labels = tf.stack([labels[:, :, self.column_indices[name]] for name in self.label_columns], axis=-1)
    inputs.set_shape([None, self.input_width, None])
    labels.set_shape([None, self.label_width, None])
    return inputs, labels

  def make_dataset(self, data):
    data = np.array(data, dtype=np.float32)
    ds = tf.keras.utils.timeseries_dataset_from_array(
        data=data, targets=None, sequence_length=self.total_window_size,
        sequence_stride=1, shuffle=True, batch_size=32)
    return ds.map(self.split_window)

  @property
  def train(self):
    return self.make_dataset(train_df)

  @property
  def val(self):
    return self.make_dataset(val_df)


wide_window = WindowGenerator(24, 24, 1, label_columns=['T (degC)'])
for example_inputs, example_labels in wide_window.train.take(1):
  print(f'Inputs shape (batch, time, features): {example_inputs.shape}')
  print(f'Labels shape (batch, time, features): {example_labels.shape}')


class ResidualWrapper(tf.keras.Model):
  def __init__(self, model):
    super().__init__()
    self.model = model

  def call(self, inputs, *args, **kwargs):
    delta = self.model(inputs, *args, **kwargs)
    return inputs + delta


MAX_EPOCHS = 20


def compile_and_fit(model, window, patience=2):
  early_stopping = tf.keras.callbacks.EarlyStopping(monitor='val_loss', patience=patience, mode='min')
  model.compile(loss=tf.keras.losses.MeanSquaredError(), optimizer=tf.keras.optimizers.Adam(),
                metrics=[tf.keras.metrics.MeanAbsoluteError()])
  return model.fit(window.train, epochs=MAX_EPOCHS, validation_data=window.val, callbacks=[early_stopping])


lstm_model = tf.keras.models.Sequential([
    tf.keras.layers.LSTM(32, return_sequences=True), tf.keras.layers.Dense(units=1)])
print('Output shape:', lstm_model(example_inputs).shape)
history = compile_and_fit(lstm_model, wide_window)
IPython.display.clear_output()
val_performance = {'LSTM': lstm_model.evaluate(wide_window.val, return_dict=True)}
residual = ResidualWrapper(tf.keras.Sequential([
    tf.keras.layers.LSTM(32, return_sequences=True),
    tf.keras.layers.Dense(num_features, kernel_initializer=tf.initializers.zeros())]))
compile_and_fit(residual, WindowGenerator(24, 24, 1))
