"""What Keras on torch and Keras on our engine must agree on: outputs of the sample models.

Each sample runs to its end with `fit` left out, so that its models have their first weights; then
each model gets the same weights, and is called on the same inputs in inference mode.
"""

import contextlib
import io
import runpy
import sys
import warnings
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest import mock

import numpy as np

SAMPLES = Path(__file__).resolve().parents[2] / "sample_models"

# Sample, name of the model in it, and names in it (or made here) of the inputs. Left out: those
# that draw noise in inference (vae), need TensorFlow's text functions, or raise.
CASES = {
    "custom_linear": ("model", ("batch",)),
    "nested_mlp": ("tower", ("inputs",)),
    "regularizers": ("model", ("features",)),
    "resnet_blocks": ("model", ("pictures",)),
    "masked_lstm": ("model", ("padded",)),
    "shared_layer": ("model", ("first", "second")),
    "transformer_block": ("model", ("batch",)),
    "broken_mask_lost": ("model", ("numbers",)),
    "multi_input": ("model", ("title", "text", "tags")),
    "sequential_cnn": ("model", ("pictures",)),
    "skip_connection": ("model", ("fours",)),
    "conditional_dropout": ("model", ("sixes",)),
}
MADE_HERE = {
    "second": np.linspace(-1, 1, 30, dtype="float32").reshape(3, 10),
    "numbers": np.array([[7, 3, 9, 0, 0], [5, 8, 6, 1, 2]]),
    "fours": np.linspace(-1, 2, 12, dtype="float32").reshape(3, 4),
    "sixes": np.linspace(-1, 2, 18, dtype="float32").reshape(3, 6),
}


def _tensorflow(keras):
    """The little of TensorFlow that these samples use, for either side alike."""
    made = ModuleType("tensorflow")
    made.keras = keras
    made.ones, made.zeros = keras.ops.ones, keras.ops.zeros
    made.nn = SimpleNamespace(relu=keras.ops.relu, dropout=keras.random.dropout)
    made.random = SimpleNamespace(set_seed=lambda seed: None)
    return {
        "tensorflow": made,
        "tensorflow.keras": keras,
        "tensorflow.keras.layers": keras.layers,
    }


def model_and_inputs(keras, name):
    """The sample's model with its first weights, and what to call it on."""
    with (
        mock.patch.dict(sys.modules, _tensorflow(keras)),
        mock.patch.object(keras.Model, "fit"),
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        namespace = runpy.run_path(str(SAMPLES / f"{name}.py"), run_name="__main__")
    model, inputs = CASES[name]
    known = {**namespace, **namespace.get("tickets", {}), **MADE_HERE}
    return namespace[model], [known[each] for each in inputs]


def output_of(keras, model, inputs):
    """All values of the model's outputs in inference mode, in one row."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outputs = model(list(inputs) if len(inputs) > 1 else inputs[0], training=False)
    arrays = [
        keras.ops.convert_to_numpy(keras.ops.stop_gradient(output))
        for output in keras.tree.flatten(outputs)
    ]
    return np.concatenate([np.ravel(array) for array in arrays]).astype("float32")
