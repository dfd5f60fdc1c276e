# From raw text to a verdict in one model: TextVectorization learns its words by `adapt`, then
# stands first in a Sequential.
# Look at: the strings that go in, the integers that come out of `words` (0 pads, 1 is a word it
# does not know), and the vocabulary in the layer.
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

reviews = [
    "The picture was bright and the story moved fast",
    "Slow, dull and far too long",
    "A bright story, well told!",
    "I left before the dull end",
]
labels = [1.0, 0.0, 1.0, 0.0]

keras.utils.set_random_seed(13)
words = layers.TextVectorization(max_tokens=40, output_sequence_length=8, name="words")
words.adapt(tf.data.Dataset.from_tensor_slices(reviews).batch(2))
print("vocabulary:", words.get_vocabulary()[:6])

model = keras.Sequential(
    [
        keras.Input(shape=(1,), dtype=tf.string),
        words,
        layers.Embedding(input_dim=40, output_dim=6, name="meaning"),
        layers.GlobalAveragePooling1D(name="mean"),
        layers.Dense(1, activation="sigmoid", name="verdict"),
    ],
    name="reviews",
)
texts = tf.constant([["A fast and bright picture"], ["Unheard of words"]])
print("as integers:", words(texts).shape)
print("verdicts:", model(texts).shape)
