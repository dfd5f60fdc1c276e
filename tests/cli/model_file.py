"""A small model as a file, for tests of commands."""

MODEL = """
import keras
import numpy as np
print("from the script")
model = keras.Sequential([keras.layers.Dense(3, name="dense")], name="small")
model(np.ones((2, 4), "float32"))
"""
