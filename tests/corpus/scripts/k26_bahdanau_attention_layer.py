"""Text classifier with a hand-written attention layer (blog style)."""
import numpy as np
import keras
from keras import backend as K
from keras.layers import Layer, Input, Embedding, LSTM, Bidirectional, Dense, Dropout
from keras.models import Model
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences

texts = [
    "the movie was wonderful and moving", "a dull and boring film", "great acting great story",
    "i hated every minute", "what a masterpiece", "never again", "lovely soundtrack",
    "the plot makes no sense",
] * 8
labels = np.array([1, 0, 1, 0, 1, 0, 1, 0] * 8)

tokenizer = Tokenizer(num_words=1000, oov_token="<OOV>")
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
maxlen = max(len(s) for s in sequences)
data = pad_sequences(sequences, maxlen=maxlen, padding="post")
vocab_size = len(tokenizer.word_index) + 1
print("Found %s unique tokens." % len(tokenizer.word_index))


class Attention(Layer):
    def __init__(self, return_sequences=True, **kwargs):
        self.return_sequences = return_sequences
        super(Attention, self).__init__(**kwargs)

    def build(self, input_shape):
        self.W = self.add_weight(name="att_weight", shape=(input_shape[-1], 1), initializer="normal")
        self.b = self.add_weight(name="att_bias", shape=(input_shape[1], 1), initializer="zeros")
        super(Attention, self).build(input_shape)

    def call(self, x):
        e = K.tanh(K.dot(x, self.W) + self.b)
        a = K.softmax(e, axis=1)
        output = x * a
        if self.return_sequences:
            return output
        return K.sum(output, axis=1)

    def get_config(self):
        config = super().get_config()
        config.update({"return_sequences": self.return_sequences})
        return config


inp = Input(shape=(maxlen,))
x = Embedding(vocab_size, 32)(inp)
x = Bidirectional(LSTM(32, return_sequences=True))(x)
x = Attention(return_sequences=False)(x)
x = Dropout(0.3)(x)
out = Dense(1, activation="sigmoid")(x)
model = Model(inp, out)
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(data, labels, epochs=10, batch_size=8, validation_split=0.25)
model.save("attention.keras")
again = keras.models.load_model("attention.keras", custom_objects={"Attention": Attention})
new = pad_sequences(tokenizer.texts_to_sequences(["what a lovely film"]), maxlen=maxlen, padding="post")
print(again.predict(new))
print(tokenizer.to_json()[:80])
