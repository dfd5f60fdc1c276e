"""KerasHub as a stand-in: layers that train, tokenizers, and small models for presets."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.loading.stand_ins.hub import StartEndPacker, Tokenizer

SCRIPT = """
import keras, keras_hub
import tensorflow as tf
from keras_hub.layers import SinePositionEncoding, TransformerDecoder

texts = tf.data.Dataset.from_tensor_slices(["the cat sat", "a dog barked at it"] * 4).batch(4)
words = keras_hub.tokenizers.compute_word_piece_vocabulary(
    texts, vocabulary_size=50, reserved_tokens=["[PAD]", "[UNK]", "[BOS]"])
tokenizer = keras_hub.tokenizers.WordPieceTokenizer(vocabulary=words, sequence_length=12)
inputs = keras.Input((12,), dtype="int32")
x = keras_hub.layers.TokenAndPositionEmbedding(50, 12, 16, mask_zero=True)(inputs)
x = keras_hub.layers.TransformerEncoder(intermediate_dim=32, num_heads=2)(x)
x = TransformerDecoder(intermediate_dim=32, num_heads=2)(x)
x = keras_hub.layers.FNetEncoder(intermediate_dim=32)(x + SinePositionEncoding()(x))
model = keras.Model(inputs, keras.layers.Dense(50)(x), name="gpt")
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(texts.map(lambda t: (tokenizer(t), tokenizer(t))))

classifier = keras_hub.models.BertTextClassifier.from_preset("bert_tiny", num_classes=3)
print("CLASSES", classifier.predict(["nice"]).shape)
writer = keras_hub.models.GPT2CausalLM.from_preset("gpt2_base_en")
print("PROMPT", writer.generate("hello"))
"""


@pytest.fixture(scope="module")
def hub(open_script):
    return open_script(SCRIPT)


def test_layers_of_the_hub_make_a_model_that_trains(hub):
    step = hub.runs("gpt", "train_step")[0]

    assert hub.failure is None
    assert {"TransformerEncoder", "TransformerDecoder", "FNetEncoder"} <= {
        call.class_ for call in step.calls
    }
    assert all(update.delta_norm for update in step.updates if "query" in update.weight)


def test_presets_are_small_models_and_say_so(hub):
    assert "CLASSES (1, 3)" in hub.printed
    assert "PROMPT hello" in hub.printed
    assert "BertTextClassifier.from_preset('bert_tiny')" in hub.replaced
    assert hub.runs("gpt2causallm_stand_in", "forward")


def test_tokenizer_gives_the_same_word_the_same_number():
    tokenizer = Tokenizer(vocabulary=["[PAD]", "[UNK]", "cat", "sat"], sequence_length=4)

    assert np.asarray(tokenizer("cat sat")).tolist() == [2, 3, 0, 0]
    assert np.asarray(tokenizer(["cat", "sat cat"])).tolist() == [[2, 0, 0, 0], [3, 2, 0, 0]]
    assert tokenizer.detokenize(np.array([2, 3, 0])) == "cat sat"


def test_packer_puts_start_and_end_around_a_row():
    packer = StartEndPacker(5, start_value=7, end_value=8)

    assert np.asarray(packer(np.array([1, 2]))).tolist() == [7, 1, 2, 8, 0]
