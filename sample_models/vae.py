# A variational autoencoder on little pictures of blobs, trained by `fit`.
# Look at: the frames encoder, sampling and decoder; the noise drawn inside `sampling`; in the
# losses, the reconstruction (compiled) and the KL term (add_loss, in VariationalAutoEncoder.call);
# and after a training step, the gradient norm of every weight. vae_tensorflow.py is the same
# model with a training loop of its own.
import keras
import numpy as np
from keras import layers, ops

SIDE = 12
PIXELS = SIDE * SIDE


class Sampling(layers.Layer):
    """Draws z from the normal distribution that the encoder describes."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(7)

    def call(self, mean, log_variance):
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


class Encoder(layers.Layer):
    """Maps pictures to the mean and log variance of z, and to one z."""

    def __init__(self, latent_size, hidden_size, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(hidden_size, activation="relu", name="hidden")
        self.mean = layers.Dense(latent_size, name="mean")
        self.log_variance = layers.Dense(latent_size, name="log_variance")
        self.sampling = Sampling(name="sampling")

    def call(self, pictures):
        x = self.hidden(pictures)
        mean = self.mean(x)
        log_variance = self.log_variance(x)
        return mean, log_variance, self.sampling(mean, log_variance)


class Decoder(layers.Layer):
    """Maps z back to a picture."""

    def __init__(self, picture_size, hidden_size, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(hidden_size, activation="relu", name="hidden")
        self.pixels = layers.Dense(picture_size, activation="sigmoid", name="pixels")

    def call(self, z):
        return self.pixels(self.hidden(z))


class VariationalAutoEncoder(keras.Model):
    """Encoder and decoder, with the KL divergence as a loss of its own."""

    def __init__(self, picture_size, hidden_size=32, latent_size=4, **kwargs):
        super().__init__(**kwargs)
        self.encoder = Encoder(latent_size, hidden_size, name="encoder")
        self.decoder = Decoder(picture_size, hidden_size, name="decoder")

    def call(self, pictures):
        mean, log_variance, z = self.encoder(pictures)
        reconstruction = self.decoder(z)
        kl = -0.5 * ops.mean(1 + log_variance - ops.square(mean) - ops.exp(log_variance))
        self.add_loss(kl)
        return reconstruction


def blobs(count, seed):
    """Pictures of one soft round spot each, flattened, values 0 to 1."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    centres = rng.uniform(2, SIDE - 2, size=(count, 2, 1, 1))
    widths = rng.uniform(1.0, 2.5, size=(count, 1, 1))
    distance = (rows - centres[:, 0]) ** 2 + (columns - centres[:, 1]) ** 2
    return np.exp(-distance / widths**2).reshape(count, PIXELS).astype("float32")


keras.utils.set_random_seed(4)
pictures = blobs(64, seed=4)

vae = VariationalAutoEncoder(PIXELS, name="vae")
print("before training:", vae(pictures[:8]).shape)

vae.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.MeanSquaredError())
vae.fit(pictures, pictures, batch_size=32, epochs=2, shuffle=False, verbose=0)
print("after training:", vae(pictures[:8]).shape)
