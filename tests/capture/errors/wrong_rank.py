"""expected ndim=4, found ndim=3: images without their channel axis."""

import keras
import numpy as np
from keras import layers

images = np.zeros((6, 28, 28), dtype="float32")
model = keras.Sequential([layers.Conv2D(8, 3, name="conv"), layers.Flatten(), layers.Dense(10)])
model(images)
