import os
import pathlib
import numpy as np
import seaborn as sns
import tensorflow as tf
from tensorflow.keras import layers, models

tf.random.set_seed(42)
data_dir = pathlib.Path('data/mini_speech_commands')
if not data_dir.exists():
  tf.keras.utils.get_file('mini_speech_commands.zip',
      origin="http://storage.googleapis.com/download.tensorflow.org/data/mini_speech_commands.zip",
      extract=True, cache_dir='.', cache_subdir='data')
commands = np.array(tf.io.gfile.listdir(str(data_dir)))
commands = commands[(commands != 'README.md') & (commands != '.DS_Store')]
print('Commands:', commands)
filenames = tf.io.gfile.glob(str(data_dir) + '/*/*')
filenames = tf.random.shuffle(filenames)
print('Number of total examples:', len(filenames))
train_files, val_files = filenames[:-2], filenames[-2:]


def get_label(file_path):
  parts = tf.strings.split(input=file_path, sep=os.path.sep)
  return parts[-2]


def get_waveform_and_label(file_path):
  audio, _ = tf.audio.decode_wav(contents=tf.io.read_file(file_path))
  return tf.squeeze(audio, axis=-1), get_label(file_path)


def get_spectrogram(waveform):
  input_len = 16000
  waveform = waveform[:input_len]
  zero_padding = tf.zeros([input_len] - tf.shape(waveform), dtype=tf.float32)
  waveform = tf.cast(waveform, dtype=tf.float32)
  equal_length = tf.concat([waveform, zero_padding], 0)
  spectrogram = tf.abs(tf.signal.stft(equal_length, frame_length=255, frame_step=128))
  return spectrogram[..., tf.newaxis]


def to_example(audio, label):
  return get_spectrogram(audio), tf.math.argmax(label == commands)


def preprocess_dataset(files):
  ds = tf.data.Dataset.from_tensor_slices(files)
  ds = ds.map(map_func=get_waveform_and_label, num_parallel_calls=tf.data.AUTOTUNE)
  return ds.map(map_func=to_example, num_parallel_calls=tf.data.AUTOTUNE)


train_ds, val_ds = preprocess_dataset(train_files).batch(64), preprocess_dataset(val_files).batch(64)
for spectrogram, _ in train_ds.unbatch().take(1):
  input_shape = spectrogram.shape
print('Input shape:', input_shape)
norm_layer = layers.Normalization()
norm_layer.adapt(data=train_ds.map(map_func=lambda spec, label: spec))
model = models.Sequential([
    layers.Input(shape=input_shape),
    layers.Resizing(32, 32),
    norm_layer,
    layers.Conv2D(32, 3, activation='relu'),
    layers.Conv2D(64, 3, activation='relu'),
    layers.MaxPooling2D(),
    layers.Dropout(0.25),
    layers.Flatten(),
    layers.Dense(128, activation='relu'),
    layers.Dense(len(commands)),
])
model.summary()
model.compile(optimizer=tf.keras.optimizers.Adam(),
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
model.fit(train_ds, validation_data=val_ds, epochs=10, callbacks=tf.keras.callbacks.EarlyStopping(verbose=1, patience=2))
y_pred = np.argmax(model.predict(val_ds), axis=1)
y_true = np.concatenate([y for x, y in val_ds], axis=0)
confusion_mtx = tf.math.confusion_matrix(y_true, y_pred)
sns.heatmap(confusion_mtx, xticklabels=commands, yticklabels=commands, annot=True, fmt='g')
