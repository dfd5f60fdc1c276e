"""Sort support tickets with KerasHub: a small encoder of our own, then one from a preset."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
import keras_hub
import numpy as np

MAX_LENGTH = 24
DEPTH = 32
LABELS = ["billing", "delivery", "other"]

tickets = np.array(
    [
        "my card was charged twice this month",
        "the parcel never arrived at my door",
        "how do i change the colour of the app",
    ]
    * 20
)
kinds = np.arange(len(tickets)) % len(LABELS)

vocabulary = keras_hub.tokenizers.compute_word_piece_vocabulary(
    [tickets], vocabulary_size=200, reserved_tokens=["[PAD]", "[UNK]", "[CLS]"]
)
tokenizer = keras_hub.tokenizers.WordPieceTokenizer(
    vocabulary, sequence_length=MAX_LENGTH, lowercase=True
)

tokens = keras.Input((MAX_LENGTH,), dtype="int32", name="tokens")
hidden = keras_hub.layers.TokenAndPositionEmbedding(
    vocabulary_size=len(vocabulary), sequence_length=MAX_LENGTH, embedding_dim=DEPTH
)(tokens)
for _ in range(2):
    hidden = keras_hub.layers.TransformerEncoder(
        intermediate_dim=2 * DEPTH, num_heads=2, dropout=0.1
    )(hidden)
pooled = keras.layers.GlobalMaxPooling1D()(hidden)
model = keras.Model(tokens, keras.layers.Dense(len(LABELS), activation="softmax")(pooled))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(tokenizer(tickets), kinds, batch_size=16, epochs=5, validation_split=0.2)

pretrained = keras_hub.models.DistilBertTextClassifier.from_preset(
    "distil_bert_base_en_uncased", num_classes=len(LABELS)
)
pretrained.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.AdamW(5e-5),
)
pretrained.fit(tickets, kinds, batch_size=8, epochs=1)
scores = pretrained.predict(["where is my parcel"])
print(LABELS[int(np.argmax(scores[0]))])
