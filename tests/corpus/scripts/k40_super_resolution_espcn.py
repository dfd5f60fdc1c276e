"""Image super-resolution using an efficient sub-pixel CNN, reading images with PIL."""
import os
import math
import glob
import numpy as np
import PIL.Image
import keras
from keras import layers, ops
from keras.utils import load_img, img_to_array, array_to_img

upscale_factor = 3
crop_size = 150
input_size = crop_size // upscale_factor

dataset_url = "http://www.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/BSR/BSR_bsds500.tgz"
data_dir = keras.utils.get_file(origin=dataset_url, fname="BSR", untar=True)
root_dir = os.path.join(data_dir, "BSDS500/data")
test_paths = sorted(glob.glob(os.path.join(root_dir, "images", "test", "*.jpg")))
train_paths = sorted(glob.glob(os.path.join(root_dir, "images", "train", "*.jpg")))
print(len(train_paths), "training images", len(test_paths), "test images")


def load_pair(path):
    image = PIL.Image.open(path).convert("YCbCr").resize((crop_size, crop_size), PIL.Image.BICUBIC)
    y, cb, cr = image.split()
    high = np.asarray(y, dtype="float32")[..., None] / 255.0
    low = np.asarray(y.resize((input_size, input_size), PIL.Image.BICUBIC), dtype="float32")[..., None] / 255.0
    return low, high


pairs = [load_pair(p) for p in train_paths]
x = np.stack([p[0] for p in pairs])
y = np.stack([p[1] for p in pairs])
print(x.shape, y.shape)


class DepthToSpace(layers.Layer):
    def __init__(self, block_size):
        super().__init__()
        self.block_size = block_size

    def call(self, input):
        batch, height, width, depth = ops.shape(input)
        depth = depth // (self.block_size**2)
        x = ops.reshape(input, [batch, height, width, self.block_size, self.block_size, depth])
        x = ops.transpose(x, [0, 1, 3, 2, 4, 5])
        return ops.reshape(x, [batch, height * self.block_size, width * self.block_size, depth])


def get_model(upscale_factor=3, channels=1):
    conv_args = {"activation": "relu", "kernel_initializer": "orthogonal", "padding": "same"}
    inputs = keras.Input(shape=(None, None, channels))
    x = layers.Conv2D(64, 5, **conv_args)(inputs)
    x = layers.Conv2D(64, 3, **conv_args)(x)
    x = layers.Conv2D(32, 3, **conv_args)(x)
    x = layers.Conv2D(channels * (upscale_factor**2), 3, **conv_args)(x)
    outputs = DepthToSpace(upscale_factor)(x)
    return keras.Model(inputs, outputs)


class PSNR(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.psnr = []

    def on_epoch_end(self, epoch, logs=None):
        print("Mean PSNR for epoch: %.2f" % np.mean(self.psnr))
        if epoch % 20 == 0:
            prediction = self.model.predict(x[:1], verbose=0)
            array_to_img(prediction[0]).save("epoch-%d.png" % epoch)

    def on_test_batch_end(self, batch, logs=None):
        self.psnr.append(10 * math.log10(1 / logs["loss"]))


model = get_model(upscale_factor=upscale_factor, channels=1)
model.summary()
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001), loss=keras.losses.MeanSquaredError())
model.fit(x, y, batch_size=8, epochs=100, callbacks=[PSNR()], validation_split=0.1, verbose=2)
lowres = load_img(test_paths[0], target_size=(100, 100), color_mode="grayscale")
out = model.predict(np.expand_dims(img_to_array(lowres) / 255.0, 0))
print("upscaled to", out.shape)
