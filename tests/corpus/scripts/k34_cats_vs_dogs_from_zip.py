"""Cats vs dogs: unzip, walk the folders, read with cv2, train a small convnet."""
import os
import random
import zipfile
from urllib.request import urlretrieve

import cv2
import numpy as np
import matplotlib.pyplot as plt
from tqdm import tqdm
from sklearn.model_selection import train_test_split
from keras import Sequential
from keras.layers import Conv2D, MaxPooling2D, Flatten, Dense, Dropout, Input
from keras.preprocessing.image import ImageDataGenerator

URL = "https://example.org/kagglecatsanddogs.zip"
DATADIR = "PetImages"
CATEGORIES = ["Dog", "Cat"]
IMG_SIZE = 96

if not os.path.exists(DATADIR):
    urlretrieve(URL, "cats_and_dogs.zip")
    with zipfile.ZipFile("cats_and_dogs.zip", "r") as archive:
        archive.extractall(".")

training_data = []


def create_training_data():
    for category in CATEGORIES:
        path = os.path.join(DATADIR, category)
        class_num = CATEGORIES.index(category)
        for img in tqdm(os.listdir(path)):
            try:
                img_array = cv2.imread(os.path.join(path, img), cv2.IMREAD_GRAYSCALE)
                new_array = cv2.resize(img_array, (IMG_SIZE, IMG_SIZE))
                training_data.append([new_array, class_num])
            except Exception as e:
                pass


create_training_data()
print(len(training_data))
random.shuffle(training_data)
X = []
y = []
for features, label in training_data:
    X.append(features)
    y.append(label)
X = np.array(X).reshape(-1, IMG_SIZE, IMG_SIZE, 1) / 255.0
y = np.array(y)
plt.imshow(X[0].squeeze(), cmap="gray")
plt.show()
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.2, stratify=y, random_state=1)

model = Sequential([
    Input((IMG_SIZE, IMG_SIZE, 1)),
    Conv2D(64, (3, 3), activation="relu"),
    MaxPooling2D((2, 2)),
    Conv2D(64, (3, 3), activation="relu"),
    MaxPooling2D((2, 2)),
    Flatten(),
    Dense(64, activation="relu"),
    Dropout(0.5),
    Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])

train_datagen = ImageDataGenerator(rotation_range=40, width_shift_range=0.2, shear_range=0.2,
                                   zoom_range=0.2, horizontal_flip=True, fill_mode="nearest")
history = model.fit(train_datagen.flow(X_train, y_train, batch_size=32),
                    steps_per_epoch=len(X_train) // 32, epochs=30, validation_data=(X_val, y_val))
model.save("cats_dogs.h5")
