"""Fine-tuning an image classifier on a folder of images."""
import os
import numpy as np
import keras
from keras import layers
from keras.applications import EfficientNetB0
import matplotlib.pyplot as plt

IMG_SIZE = 224
BATCH_SIZE = 64
data_dir = "data/dogs"

train_ds = keras.utils.image_dataset_from_directory(
    os.path.join(data_dir, "train"), label_mode="categorical",
    image_size=(IMG_SIZE, IMG_SIZE), batch_size=BATCH_SIZE, seed=42)
val_ds = keras.utils.image_dataset_from_directory(
    os.path.join(data_dir, "val"), label_mode="categorical",
    image_size=(IMG_SIZE, IMG_SIZE), batch_size=BATCH_SIZE)
class_names = train_ds.class_names
NUM_CLASSES = len(class_names)
print(NUM_CLASSES, "classes")

plt.figure(figsize=(10, 10))
for images, labels in train_ds.take(1):
    for i in range(9):
        ax = plt.subplot(3, 3, i + 1)
        plt.imshow(np.array(images[i]).astype("uint8"))
        plt.title(class_names[int(np.argmax(labels[i]))])
        plt.axis("off")

img_augmentation = keras.Sequential([
    layers.RandomRotation(factor=0.15),
    layers.RandomTranslation(height_factor=0.1, width_factor=0.1),
    layers.RandomFlip(),
    layers.RandomContrast(factor=0.1),
], name="img_augmentation")


def build_model(num_classes):
    inputs = layers.Input(shape=(IMG_SIZE, IMG_SIZE, 3))
    x = img_augmentation(inputs)
    base = EfficientNetB0(include_top=False, input_tensor=x, weights="imagenet")
    base.trainable = False
    x = layers.GlobalAveragePooling2D(name="avg_pool")(base.output)
    x = layers.BatchNormalization()(x)
    x = layers.Dropout(0.2, name="top_dropout")(x)
    outputs = layers.Dense(num_classes, activation="softmax", name="pred")(x)
    model = keras.Model(inputs, outputs, name="EfficientNet")
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-2),
                  loss="categorical_crossentropy", metrics=["accuracy"])
    return model


model = build_model(num_classes=NUM_CLASSES)
hist = model.fit(train_ds, epochs=25, validation_data=val_ds)


def plot_hist(hist):
    plt.plot(hist.history["accuracy"])
    plt.plot(hist.history["val_accuracy"])
    plt.title("model accuracy")
    plt.legend(["train", "validation"], loc="upper left")
    plt.show()


plot_hist(hist)


def unfreeze_model(model):
    for layer in model.layers[-20:]:
        if not isinstance(layer, layers.BatchNormalization):
            layer.trainable = True
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-5),
                  loss="categorical_crossentropy", metrics=["accuracy"])


unfreeze_model(model)
hist = model.fit(train_ds, epochs=4, validation_data=val_ds)
plot_hist(hist)
