import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
import tensorflow_addons as tfa
import tensorflow_datasets as tfds

tfds.disable_progress_bar()
autotune = tf.data.AUTOTUNE
dataset, _ = tfds.load("cycle_gan/horse2zebra", with_info=True, as_supervised=True)
train_horses, train_zebras = dataset["trainA"], dataset["trainB"]
orig_img_size = (286, 286)
input_img_size = (64, 64, 3)
kernel_init = keras.initializers.RandomNormal(mean=0.0, stddev=0.02)


def normalize_img(img):
    img = tf.cast(img, dtype=tf.float32)
    return (img / 127.5) - 1.0


def preprocess_train_image(img, label):
    img = tf.image.random_flip_left_right(img)
    img = tf.image.resize(img, [*orig_img_size])
    img = tf.image.random_crop(img, size=[*input_img_size])
    return normalize_img(img)


train_horses = train_horses.cache().map(preprocess_train_image, num_parallel_calls=autotune).shuffle(256).batch(1)
train_zebras = train_zebras.cache().map(preprocess_train_image, num_parallel_calls=autotune).shuffle(256).batch(1)


class ReflectionPadding2D(layers.Layer):
    def __init__(self, padding=(1, 1), **kwargs):
        self.padding = tuple(padding)
        super().__init__(**kwargs)

    def call(self, input_tensor, mask=None):
        padding_width, padding_height = self.padding
        padding_tensor = [[0, 0], [padding_height, padding_height], [padding_width, padding_width], [0, 0]]
        return tf.pad(input_tensor, padding_tensor, mode="REFLECT")


def residual_block(x, filters):
    h = ReflectionPadding2D()(x)
    h = layers.Conv2D(filters, 3, kernel_initializer=kernel_init, use_bias=False)(h)
    h = tfa.layers.InstanceNormalization()(h)
    h = layers.Activation("relu")(h)
    h = ReflectionPadding2D()(h)
    h = layers.Conv2D(filters, 3, kernel_initializer=kernel_init, use_bias=False)(h)
    h = tfa.layers.InstanceNormalization()(h)
    return layers.add([x, h])


def get_generator(name):
    img_input = layers.Input(shape=input_img_size)
    x = ReflectionPadding2D(padding=(3, 3))(img_input)
    x = layers.Conv2D(16, 7, kernel_initializer=kernel_init, use_bias=False)(x)
    x = layers.Activation("relu")(tfa.layers.InstanceNormalization()(x))
    x = layers.Conv2D(32, 3, strides=2, padding="same")(x)
    for _ in range(2):
        x = residual_block(x, 32)
    x = layers.Conv2DTranspose(16, 3, strides=2, padding="same")(x)
    x = ReflectionPadding2D(padding=(3, 3))(x)
    x = layers.Conv2D(3, 7, activation="tanh")(x)
    return keras.Model(img_input, x, name=name)


def get_discriminator(name):
    return keras.Sequential([
        layers.Input(shape=input_img_size),
        layers.Conv2D(16, 4, strides=2, padding="same"), layers.LeakyReLU(0.2),
        layers.Conv2D(32, 4, strides=2, padding="same"), layers.LeakyReLU(0.2),
        layers.Conv2D(1, 4, padding="same")], name=name)


class CycleGan(keras.Model):
    def __init__(self, gen_G, gen_F, disc_X, disc_Y, lambda_cycle=10.0):
        super().__init__()
        self.gen_G, self.gen_F, self.disc_X, self.disc_Y = gen_G, gen_F, disc_X, disc_Y
        self.lambda_cycle = lambda_cycle

    def compile(self, g_opt, f_opt, x_opt, y_opt):
        super().compile()
        self.opts = [g_opt, f_opt, x_opt, y_opt]
        self.cycle_loss_fn = keras.losses.MeanAbsoluteError()
        self.adv = keras.losses.MeanSquaredError()

    def train_step(self, batch_data):
        real_x, real_y = batch_data
        with tf.GradientTape(persistent=True) as tape:
            fake_y, fake_x = self.gen_G(real_x, training=True), self.gen_F(real_y, training=True)
            cycled_x, cycled_y = self.gen_F(fake_y, training=True), self.gen_G(fake_x, training=True)
            dx_real, dx_fake = self.disc_X(real_x, training=True), self.disc_X(fake_x, training=True)
            dy_real, dy_fake = self.disc_Y(real_y, training=True), self.disc_Y(fake_y, training=True)
            g = self.adv(tf.ones_like(dy_fake), dy_fake) + self.lambda_cycle * self.cycle_loss_fn(real_y, cycled_y)
            f = self.adv(tf.ones_like(dx_fake), dx_fake) + self.lambda_cycle * self.cycle_loss_fn(real_x, cycled_x)
            x = self.adv(tf.ones_like(dx_real), dx_real) + self.adv(tf.zeros_like(dx_fake), dx_fake)
            y = self.adv(tf.ones_like(dy_real), dy_real) + self.adv(tf.zeros_like(dy_fake), dy_fake)
        nets = [self.gen_G, self.gen_F, self.disc_X, self.disc_Y]
        for loss, net, opt in zip([g, f, x, y], nets, self.opts):
            opt.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
        return {"G_loss": g, "F_loss": f, "D_X_loss": x, "D_Y_loss": y}


model = CycleGan(get_generator("generator_G"), get_generator("generator_F"),
                 get_discriminator("discriminator_X"), get_discriminator("discriminator_Y"))
model.compile(*[keras.optimizers.Adam(learning_rate=2e-4, beta_1=0.5) for _ in range(4)])
model.fit(tf.data.Dataset.zip((train_horses, train_zebras)), epochs=1)
model.save_weights("cyclegan.weights.h5")
