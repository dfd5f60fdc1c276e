import os
from glob import glob
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import *
from tensorflow.keras.models import Model
from tensorflow.keras.callbacks import ModelCheckpoint, ReduceLROnPlateau, CSVLogger
from tensorflow.keras.metrics import Recall, Precision
from sklearn.model_selection import train_test_split

H = W = 128


def load_data(path, split=0.1):
    images = sorted(glob(os.path.join(path, "images/*")))
    masks = sorted(glob(os.path.join(path, "masks/*")))
    size = int(len(images) * split)
    train_x, valid_x = train_test_split(images, test_size=max(size, 1), random_state=42)
    train_y, valid_y = train_test_split(masks, test_size=max(size, 1), random_state=42)
    return (train_x, train_y), (valid_x, valid_y)


def tf_parse(x, y):
    image = tf.io.read_file(x)
    image = tf.image.decode_jpeg(image, channels=3)
    image = tf.image.convert_image_dtype(image, tf.float32)
    image = tf.image.resize(image, (H, W))
    mask = tf.io.read_file(y)
    mask = tf.image.decode_png(mask, channels=1)
    mask = tf.image.resize(mask, (H, W), method='nearest')
    mask = tf.cast(mask > 0, tf.float32)
    image.set_shape([H, W, 3])
    mask.set_shape([H, W, 1])
    return image, mask


def tf_dataset(x, y, batch=8):
    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    return dataset.map(tf_parse, num_parallel_calls=tf.data.experimental.AUTOTUNE).batch(batch).repeat()


def conv_block(inputs, filters):
    x = Conv2D(filters, 3, padding="same")(inputs)
    x = BatchNormalization()(x)
    x = Activation("relu")(x)
    x = Conv2D(filters, 3, padding="same")(x)
    x = BatchNormalization()(x)
    return Activation("relu")(x)


def build_unet():
    inputs = Input((H, W, 3))
    skips, x = [], inputs
    for f in [16, 32, 48, 64]:
        x = conv_block(x, f)
        skips.append(x)
        x = MaxPool2D((2, 2))(x)
    x = conv_block(x, 64)
    for f, skip in zip([64, 48, 32, 16], skips[::-1]):
        x = Conv2DTranspose(f, 2, strides=2, padding="same")(x)
        x = Concatenate()([x, skip])
        x = conv_block(x, f)
    return Model(inputs, Conv2D(1, 1, padding="same", activation="sigmoid")(x))


smooth = 1e-15


def dice_coef(y_true, y_pred):
    y_true = tf.keras.layers.Flatten()(y_true)
    y_pred = tf.keras.layers.Flatten()(y_pred)
    intersection = tf.reduce_sum(y_true * y_pred)
    return (2. * intersection + smooth) / (tf.reduce_sum(y_true) + tf.reduce_sum(y_pred) + smooth)


def dice_loss(y_true, y_pred):
    return 1.0 - dice_coef(y_true, y_pred)


def iou(y_true, y_pred):
    def f(y_true, y_pred):
        intersection = (y_true * y_pred).sum()
        union = y_true.sum() + y_pred.sum() - intersection
        return ((intersection + 1e-15) / (union + 1e-15)).astype(np.float32)
    return tf.numpy_function(f, [y_true, y_pred], tf.float32)


if __name__ == "__main__":
    np.random.seed(42)
    tf.random.set_seed(42)
    (train_x, train_y), (valid_x, valid_y) = load_data("CVC-612/")
    print(len(train_x), len(valid_x))
    train_dataset, valid_dataset = tf_dataset(train_x, train_y), tf_dataset(valid_x, valid_y)
    model = build_unet()
    model.compile(loss=dice_loss, optimizer=tf.keras.optimizers.Adam(1e-4), metrics=["acc", dice_coef, iou, Recall(), Precision()])
    callbacks = [ModelCheckpoint("files/model.h5"), ReduceLROnPlateau(monitor='val_loss', patience=3), CSVLogger("files/data.csv")]
    model.fit(train_dataset, validation_data=valid_dataset, epochs=20, steps_per_epoch=len(train_x) // 8 + 1,
              validation_steps=len(valid_x) // 8 + 1, callbacks=callbacks)
