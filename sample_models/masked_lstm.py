# Sentences of different length in one batch: padded with 0, and a mask that says so.
# Look at: the mask, born at `tokens` (Embedding with mask_zero), passed by Dropout, and used at
# `reader` (LSTM), which skips the padded steps. The output of a padded sentence does not change
# when more padding is added: the last line prints the difference.
import keras
import numpy as np

sentences = [[7, 3, 9], [4, 2], [5, 8, 6, 1, 2, 3], [9]]
padded = keras.utils.pad_sequences(sentences, padding="post")
longer = keras.utils.pad_sequences(sentences, padding="post", maxlen=10)

keras.utils.set_random_seed(7)
words = keras.Input(shape=(None,), dtype="int32", name="words")
x = keras.layers.Embedding(input_dim=10, output_dim=6, mask_zero=True, name="tokens")(words)
x = keras.layers.Dropout(0.2, name="dropout")(x)
x = keras.layers.LSTM(5, name="reader")(x)
outputs = keras.layers.Dense(2, activation="softmax", name="verdict")(x)
model = keras.Model(words, outputs, name="masked_lstm")

short = keras.ops.convert_to_numpy(model(padded))
long = keras.ops.convert_to_numpy(model(longer))
print("changed by padding:", float(np.abs(short - long).max()))

labels = np.array([0, 1, 0, 1])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(padded, labels, batch_size=4, epochs=1, verbose=0)
