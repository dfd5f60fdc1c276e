"""Each function of the one file that touches Keras' private names."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras.src import backend
from keras.src.utils import module_utils

from inspector.engine import promotion
from inspector.keras_backend import keras_private


def test_attach_gives_the_engine_kerass_promotion():
    assert promotion.result_type("int32", float) == "float32"
    assert promotion.result_type("bfloat16", "float16") == "float32"


def test_remembered_dtype_asks_once():
    asked = []

    def original(dtype):
        asked.append(dtype)
        return "float32"

    remembered = keras_private.remembered_dtype(original)

    assert [remembered("x"), remembered("x"), remembered(None), remembered(None)] == ["float32"] * 4
    assert asked == ["x", None, None]


def test_remembered_dtype_takes_text_arrays():
    assert keras.backend.standardize_dtype(np.array(["a"]).dtype) == "string"
    assert keras.backend.standardize_dtype(np.dtype(object)) == "string"


def test_remembered_dtype_still_refuses_nonsense():
    with pytest.raises(ValueError, match="Invalid dtype"):
        keras.backend.standardize_dtype("float33")


def test_remembered_promotion_follows_floatx():
    before = keras.backend.result_type("int32", float)
    keras.config.set_floatx("float16")
    try:
        assert keras.backend.result_type("int32", float) == "float16"
    finally:
        keras.config.set_floatx("float32")

    assert before == "float32"


def test_remembered_promotion_keeps_refusing_float8():
    for _ in range(2):
        with pytest.raises(ValueError, match="float8"):
            keras.backend.result_type("float8_e4m3fn", "float32")


def test_replace_everywhere_reaches_modules_that_imported_the_name():
    from keras.src.backend.common import dtypes, variables

    assert backend.standardize_dtype is dtypes.standardize_dtype
    assert backend.standardize_dtype is variables.standardize_dtype
    assert backend.standardize_dtype is keras.backend.standardize_dtype


def test_offered_layer_is_found_by_a_saved_model():
    layer = keras.layers.StringLookup(vocabulary=["a"])

    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))

    assert type(again) is keras.layers.StringLookup
    assert again.get_vocabulary() == ["[UNK]", "a"]


def test_hidden_tensorflow_stays_hidden_from_keras():
    code = (
        "import sys, types\n"
        "from inspector.keras_backend import install; install('numpy')\n"
        "from inspector.keras_backend import keras_private; keras_private.hide_tensorflow()\n"
        "sys.modules['tensorflow'] = types.ModuleType('tensorflow')\n"
        "from keras.src.utils.module_utils import tensorflow as tf\n"
        "print(tf.available)\n"
        "try: tf.constant\n"
        "except ImportError as error: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.split() == ["False", "refused"], done.stderr
    assert module_utils.tensorflow.available is False


def test_built_layer_takes_new_state_only_while_it_is_allowed():
    layer = keras.layers.Dense(2)
    layer.build((None, 3))

    with keras_private.new_state_allowed(layer):
        layer.add_weight(shape=(4,), name="found")

    assert len(layer.weights) == 3
    with pytest.raises(ValueError, match="cannot add new elements of state"):
        layer.add_weight(shape=(4,), name="late")
