import tensorflow as tf
import tensorflow_datasets as tfds
from tensorflow import keras
from tensorflow.keras import layers

unlabeled_batch, labeled_batch = 100, 20
width = 64
temperature = 0.1


def prepare_dataset():
    unlabeled = tfds.load("stl10", split="unlabelled", as_supervised=True, shuffle_files=True).shuffle(5000).batch(unlabeled_batch)
    labeled = tfds.load("stl10", split="train", as_supervised=True, shuffle_files=True).shuffle(5000).batch(labeled_batch)
    test = tfds.load("stl10", split="test", as_supervised=True).batch(100).prefetch(buffer_size=tf.data.AUTOTUNE)
    return tf.data.Dataset.zip((unlabeled, labeled)).prefetch(tf.data.AUTOTUNE), labeled, test


class RandomColorAffine(layers.Layer):
    def __init__(self, brightness=0, jitter=0, **kwargs):
        super().__init__(**kwargs)
        self.brightness, self.jitter = brightness, jitter

    def call(self, images, training=True):
        if training:
            batch_size = tf.shape(images)[0]
            scales = 1 + tf.random.uniform((batch_size, 1, 1, 1), minval=-self.brightness, maxval=self.brightness)
            matrices = tf.random.uniform((batch_size, 1, 3, 3), minval=-self.jitter, maxval=self.jitter)
            transforms = tf.eye(3, batch_shape=[batch_size, 1]) * scales + matrices
            images = tf.clip_by_value(tf.matmul(images, transforms), 0, 1)
        return images


def get_augmenter(min_area, brightness, jitter):
    zoom = 1.0 - tf.sqrt(min_area)
    return keras.Sequential([
        keras.Input(shape=(96, 96, 3)), layers.Rescaling(1 / 255), layers.RandomFlip("horizontal"),
        layers.RandomTranslation(float(zoom) / 2, float(zoom) / 2),
        RandomColorAffine(brightness, jitter)])


def get_encoder():
    return keras.Sequential(
        [keras.Input(shape=(96, 96, 3))]
        + [layers.Conv2D(width, kernel_size=3, strides=2, activation="relu") for _ in range(4)]
        + [layers.Flatten(), layers.Dense(width, activation="relu")], name="encoder")


class ContrastiveModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.contrastive_augmenter = get_augmenter(0.25, 0.6, 0.2)
        self.classification_augmenter = get_augmenter(0.75, 0.3, 0.1)
        self.encoder = get_encoder()
        self.projection_head = keras.Sequential(
            [keras.Input(shape=(width,)), layers.Dense(width, activation="relu"), layers.Dense(width)], name="projection_head")
        self.linear_probe = keras.Sequential([layers.Input(shape=(width,)), layers.Dense(10)], name="linear_probe")

    def compile(self, contrastive_optimizer, probe_optimizer, **kwargs):
        super().compile(**kwargs)
        self.contrastive_optimizer, self.probe_optimizer = contrastive_optimizer, probe_optimizer
        self.probe_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.contrastive_loss_tracker = keras.metrics.Mean(name="c_loss")
        self.contrastive_accuracy = keras.metrics.SparseCategoricalAccuracy(name="c_acc")
        self.probe_loss_tracker = keras.metrics.Mean(name="p_loss")
        self.probe_accuracy = keras.metrics.SparseCategoricalAccuracy(name="p_acc")

    @property
    def metrics(self):
        return [self.contrastive_loss_tracker, self.contrastive_accuracy, self.probe_loss_tracker, self.probe_accuracy]

    def contrastive_loss(self, projections_1, projections_2):
        projections_1 = tf.math.l2_normalize(projections_1, axis=1)
        projections_2 = tf.math.l2_normalize(projections_2, axis=1)
        similarities = tf.matmul(projections_1, projections_2, transpose_b=True) / temperature
        contrastive_labels = tf.range(tf.shape(projections_1)[0])
        self.contrastive_accuracy.update_state(contrastive_labels, similarities)
        loss_1_2 = keras.losses.sparse_categorical_crossentropy(contrastive_labels, similarities, from_logits=True)
        loss_2_1 = keras.losses.sparse_categorical_crossentropy(contrastive_labels, tf.transpose(similarities), from_logits=True)
        return (loss_1_2 + loss_2_1) / 2

    def train_step(self, data):
        (unlabeled_images, _), (labeled_images, labels) = data
        images = tf.concat((unlabeled_images, labeled_images), axis=0)
        a = self.contrastive_augmenter(images, training=True)
        b = self.contrastive_augmenter(images, training=True)
        with tf.GradientTape() as tape:
            pa = self.projection_head(self.encoder(a, training=True), training=True)
            pb = self.projection_head(self.encoder(b, training=True), training=True)
            contrastive_loss = self.contrastive_loss(pa, pb)
        weights = self.encoder.trainable_weights + self.projection_head.trainable_weights
        self.contrastive_optimizer.apply_gradients(zip(tape.gradient(contrastive_loss, weights), weights))
        self.contrastive_loss_tracker.update_state(contrastive_loss)
        images = self.classification_augmenter(labeled_images, training=True)
        with tf.GradientTape() as tape:
            logits = self.linear_probe(self.encoder(images, training=False), training=True)
            probe_loss = self.probe_loss(labels, logits)
        gradients = tape.gradient(probe_loss, self.linear_probe.trainable_weights)
        self.probe_optimizer.apply_gradients(zip(gradients, self.linear_probe.trainable_weights))
        self.probe_loss_tracker.update_state(probe_loss)
        self.probe_accuracy.update_state(labels, logits)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        images, labels = data
        logits = self.linear_probe(self.encoder(images / 255, training=False), training=False)
        self.probe_loss_tracker.update_state(self.probe_loss(labels, logits))
        self.probe_accuracy.update_state(labels, logits)
        return {m.name: m.result() for m in self.metrics[2:]}


train_dataset, labeled_train_dataset, test_dataset = prepare_dataset()
model = ContrastiveModel()
model.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
history = model.fit(train_dataset, epochs=20, validation_data=test_dataset)
print("Maximal validation accuracy: {:.2f}%".format(max(history.history["val_p_acc"]) * 100))
