"""`transformers` and `tensorflow_hub` as stand-ins: models of their shapes, marked as made up."""

from __future__ import annotations

import pytest

SCRIPT = """
import numpy as np
import tensorflow as tf
import tensorflow_hub as hub
from tensorflow.keras import layers
from transformers import BertTokenizerFast, TFBertModel, TFAutoModelForSequenceClassification

tokenizer = BertTokenizerFast.from_pretrained("bert-base-uncased")
encoded = tokenizer(["a good film", "bad"], padding="max_length", max_length=8,
                    truncation=True, return_tensors="tf")
print("TOKENS", encoded["input_ids"].shape, encoded.attention_mask.numpy().sum(axis=1))
ids, mask = (layers.Input((8,), dtype=tf.int32, name=n) for n in ("input_ids", "attention_mask"))
outputs = TFBertModel.from_pretrained("bert-base-uncased")(ids, attention_mask=mask)
assert outputs[1] is outputs.pooler_output and outputs[0] is outputs["last_hidden_state"]
bert = tf.keras.Model([ids, mask], layers.Dense(3)(outputs.pooler_output), name="bert_model")
bert.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
bert.fit({"input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"]},
         np.array([0, 1]))
scores = TFAutoModelForSequenceClassification.from_pretrained("x-large", num_labels=5)(encoded)
print("SCORES", scores.logits.shape)

texts = tf.keras.Sequential([
    hub.KerasLayer("https://tfhub.dev/google/nnlm-en-dim50/2", input_shape=[], dtype=tf.string),
    layers.Dense(1)], name="texts")
texts.compile("adam", "mse")
texts.fit(np.array(["good film", "bad"]), np.array([1.0, 0.0]))
pictures = tf.keras.Sequential([
    hub.KerasLayer("https://tfhub.dev/google/imagenet/mobilenet_v2_100_224/feature_vector/4",
                   input_shape=(32, 32, 3))], name="pictures")
print("FEATURES", pictures(np.ones((2, 32, 32, 3), "float32")).shape)
prepare = hub.KerasLayer("https://tfhub.dev/tensorflow/bert_en_uncased_preprocess/3")
encoder = hub.KerasLayer("https://tfhub.dev/tensorflow/small_bert/bert_en_uncased_L-4_H-512_A-8/1")
text = layers.Input((), dtype=tf.string)
print("POOLED", encoder(prepare(text))["pooled_output"].shape)
"""


@pytest.fixture(scope="module")
def opened(open_script):
    return open_script(SCRIPT)


def test_script_of_both_comes_to_its_end(opened):
    assert opened.failure is None
    assert "TOKENS (2, 8) [5 3]" in opened.printed
    assert "SCORES (2, 5)" in opened.printed
    assert "FEATURES (2, 1280)" in opened.printed
    assert "POOLED (None, 512)" in opened.printed


@pytest.mark.parametrize("model", ["bert_model", "texts"])
def test_model_around_a_stand_in_trains(opened, model):
    (run,) = opened.runs(model, "train_step")

    assert run.failure is None
    assert run.updates


def test_calls_of_stand_ins_are_marked(opened):
    calls = [call for run in opened.result.trace.runs for call in run.calls]
    marked = {call.class_ for call in calls if call.placeholder}

    assert {"TFBertModel", "KerasLayer"} <= marked
    assert all("random" in call.placeholder for call in calls if call.placeholder)
    assert any(what.startswith("tensorflow_hub https://") for what in opened.replaced)
