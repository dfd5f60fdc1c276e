# The autoencoder of vae.py in the manner of TensorFlow users: once with a loop around
# tf.GradientTape, once with `fit`.
# Look at: the training steps of the loop, each with its losses (the loop adds the model's own
# to the reconstruction), the gradient of every weight, and what the optimizer changed.
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

PIXELS = 64


class Sampling(layers.Layer):
    def call(self, inputs):
        mean, log_variance = inputs
        batch = tf.shape(mean)[0]
        size = tf.shape(mean)[1]
        noise = tf.random.normal(shape=(batch, size))
        return mean + tf.exp(0.5 * log_variance) * noise


class Encoder(layers.Layer):
    def __init__(self, latent_size=4, hidden_size=32, name="encoder", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hidden = layers.Dense(hidden_size, activation="relu")
        self.mean = layers.Dense(latent_size)
        self.log_variance = layers.Dense(latent_size)
        self.sampling = Sampling()

    def call(self, inputs):
        x = self.hidden(inputs)
        mean = self.mean(x)
        log_variance = self.log_variance(x)
        z = self.sampling((mean, log_variance))
        return mean, log_variance, z


class Decoder(layers.Layer):
    def __init__(self, picture_size, hidden_size=32, name="decoder", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hidden = layers.Dense(hidden_size, activation="relu")
        self.pixels = layers.Dense(picture_size, activation="sigmoid")

    def call(self, inputs):
        return self.pixels(self.hidden(inputs))


class VariationalAutoEncoder(keras.Model):
    def __init__(self, picture_size, name="autoencoder", **kwargs):
        super().__init__(name=name, **kwargs)
        self.encoder = Encoder()
        self.decoder = Decoder(picture_size)

    def call(self, inputs):
        mean, log_variance, z = self.encoder(inputs)
        reconstructed = self.decoder(z)
        kl_loss = -0.5 * tf.reduce_mean(log_variance - tf.square(mean) - tf.exp(log_variance) + 1)
        self.add_loss(kl_loss)
        return reconstructed


keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
pictures = rng.uniform(size=(96, PIXELS)).astype("float32") ** 3

vae = VariationalAutoEncoder(PIXELS)
optimizer = keras.optimizers.Adam(learning_rate=1e-3)
mse = keras.losses.MeanSquaredError()
mean_loss = keras.metrics.Mean()
dataset = tf.data.Dataset.from_tensor_slices(pictures).shuffle(buffer_size=96).batch(32)

for step, batch in enumerate(dataset):
    with tf.GradientTape() as tape:
        reconstructed = vae(batch)
        loss = mse(batch, reconstructed)
        loss += sum(vae.losses)
    gradients = tape.gradient(loss, vae.trainable_weights)
    optimizer.apply_gradients(zip(gradients, vae.trainable_weights))
    mean_loss(loss)
    print(f"step {step}: mean loss so far {float(mean_loss.result()):.4f}")

# The same again, left to Keras.
second = VariationalAutoEncoder(PIXELS, name="fitted")
second.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-3), loss=mse)
second.fit(pictures, pictures, epochs=2, batch_size=32, verbose=0)
