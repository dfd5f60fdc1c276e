"""Runs in another Python with its own Keras: `python program.py FOLDER`; imports nothing of ours.

Reads model.json, weights.npz and inputs.npz, writes outputs.npz: what every call of a layer gave,
under `CALL:PLACE`, with calls named as in a trace.
"""

import contextlib
import json
import sys
from pathlib import Path

import keras
import numpy as np


def main(folder: Path) -> None:
    """Run the model once and write what its calls gave."""
    model = keras.saving.deserialize_keras_object(json.loads((folder / "model.json").read_text()))
    with np.load(folder / "inputs.npz") as found:
        flat = [found[f"arr_{place}"] for place in range(len(found.files))]
    inputs = flat[0] if len(flat) == 1 else keras.tree.pack_sequence_as(model.inputs, flat)
    model(inputs)  # builds what is not built yet
    with np.load(folder / "weights.npz") as found:
        for place, weight in enumerate(model.weights):
            weight.assign(found[f"arr_{place}"])
    outputs = recorded(model, inputs)
    np.savez(folder / "outputs.npz", allow_pickle=False, **outputs)


def recorded(model: keras.Model, inputs: object) -> dict[str, np.ndarray]:
    """What every call gives, in inference."""
    outputs: dict[str, np.ndarray] = {}
    counts: dict[str, int] = {}
    names: list[str] = []
    original = keras.layers.Layer.__call__

    def call(layer: keras.layers.Layer, *args: object, **kwargs: object) -> object:
        names.append(layer.name)
        path = "/".join(names)
        number = counts.get(path, 0)
        counts[path] = number + 1
        try:
            result = original(layer, *args, **kwargs)
        finally:
            names.pop()
        for place, tensor in enumerate(keras.tree.flatten(result)):
            # A cell inside a loop that JAX compiles has no values of its own.
            with contextlib.suppress(Exception):
                outputs[f"{path}#{number}:{place}"] = keras.ops.convert_to_numpy(tensor)
        return result

    keras.layers.Layer.__call__ = call
    try:
        model(inputs, training=False)
    finally:
        keras.layers.Layer.__call__ = original
    return outputs


if __name__ == "__main__":
    main(Path(sys.argv[1]))
