import json
import numpy as np
import tensorflow as tf
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences

vocab_size = 10000
embedding_dim = 16
max_length = 100
training_size = 20000
with open("/tmp/sarcasm.json", 'r') as f:
    datastore = json.load(f)
sentences = []
labels = []
for item in datastore:
    sentences.append(item['headline'])
    labels.append(item['is_sarcastic'])
training_sentences, testing_sentences = sentences[0:training_size], sentences[training_size:]
training_labels, testing_labels = labels[0:training_size], labels[training_size:]
tokenizer = Tokenizer(num_words=vocab_size, oov_token="<OOV>")
tokenizer.fit_on_texts(training_sentences)
word_index = tokenizer.word_index
training_padded = pad_sequences(tokenizer.texts_to_sequences(training_sentences), maxlen=max_length, padding='post', truncating='post')
testing_padded = pad_sequences(tokenizer.texts_to_sequences(testing_sentences), maxlen=max_length, padding='post', truncating='post')
training_padded, training_labels = np.array(training_padded), np.array(training_labels)
testing_padded, testing_labels = np.array(testing_padded), np.array(testing_labels)
model = tf.keras.Sequential([
    tf.keras.layers.Embedding(vocab_size, embedding_dim, input_length=max_length),
    tf.keras.layers.GlobalAveragePooling1D(),
    tf.keras.layers.Dense(24, activation='relu'),
    tf.keras.layers.Dense(1, activation='sigmoid')
])
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.summary()
history = model.fit(training_padded, training_labels, epochs=30, validation_data=(testing_padded, testing_labels), verbose=2)
sentence = ["granny starting to fear spiders in the garden might be real"]
print(model.predict(pad_sequences(tokenizer.texts_to_sequences(sentence), maxlen=max_length)))
e = model.layers[0]
weights = e.get_weights()[0]
print(weights.shape)
