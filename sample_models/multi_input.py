# A model with three inputs and two outputs: a ticket's title, text and tags in, priority and
# department out.
# Look at: where the three branches meet (`together`); the names of inputs and outputs; and the
# two compiled losses in the ledger, with their weights 1.0 and 0.2.
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

WORDS, TAGS, DEPARTMENTS = 50, 6, 3

title = keras.Input(shape=(5,), dtype="int32", name="title")
text = keras.Input(shape=(9,), dtype="int32", name="text")
tags = keras.Input(shape=(TAGS,), name="tags")

title_vector = layers.GlobalAveragePooling1D(name="title_mean")(
    layers.Embedding(WORDS, 8, name="title_words")(title)
)
text_vector = layers.GRU(8, name="text_reader")(layers.Embedding(WORDS, 8, name="text_words")(text))
together = layers.concatenate([title_vector, text_vector, tags], name="together")

priority = layers.Dense(1, activation="sigmoid", name="priority")(together)
department = layers.Dense(DEPARTMENTS, name="department")(together)
model = keras.Model([title, text, tags], [priority, department], name="tickets")

model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={
        "priority": keras.losses.BinaryCrossentropy(),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True),
    },
    loss_weights={"priority": 1.0, "department": 0.2},
)

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
tickets = {
    "title": rng.integers(0, WORDS, size=(16, 5)),
    "text": rng.integers(0, WORDS, size=(16, 9)),
    "tags": rng.integers(0, 2, size=(16, TAGS)).astype("float32"),
}
answers = {
    "priority": rng.uniform(size=(16, 1)).astype("float32"),
    "department": np.eye(DEPARTMENTS, dtype="float32")[rng.integers(0, DEPARTMENTS, size=16)],
}
model.fit(tickets, answers, epochs=1, batch_size=8, verbose=0)
print([output.shape for output in model([tickets["title"], tickets["text"], tickets["tags"]])])
