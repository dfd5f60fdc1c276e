"""Text classification with an encoder from TF Hub (a missing module the model depends on)."""
import tensorflow as tf
import tensorflow_hub as hub
import tensorflow_text as text
from official.nlp import optimization

tfhub_handle_encoder = 'https://tfhub.dev/tensorflow/small_bert/bert_en_uncased_L-4_H-512_A-8/1'
tfhub_handle_preprocess = 'https://tfhub.dev/tensorflow/bert_en_uncased_preprocess/3'


def build_classifier_model():
  text_input = tf.keras.layers.Input(shape=(), dtype=tf.string, name='text')
  preprocessing_layer = hub.KerasLayer(tfhub_handle_preprocess, name='preprocessing')
  encoder_inputs = preprocessing_layer(text_input)
  encoder = hub.KerasLayer(tfhub_handle_encoder, trainable=True, name='BERT_encoder')
  outputs = encoder(encoder_inputs)
  net = outputs['pooled_output']
  net = tf.keras.layers.Dropout(0.1)(net)
  net = tf.keras.layers.Dense(1, activation=None, name='classifier')(net)
  return tf.keras.Model(text_input, net)


classifier_model = build_classifier_model()
bert_raw_result = classifier_model(tf.constant(['this is such an amazing movie!']))
print(tf.sigmoid(bert_raw_result))
loss = tf.keras.losses.BinaryCrossentropy(from_logits=True)
optimizer = optimization.create_optimizer(init_lr=3e-5, num_train_steps=1000, num_warmup_steps=100, optimizer_type='adamw')
classifier_model.compile(optimizer=optimizer, loss=loss, metrics=tf.metrics.BinaryAccuracy())
