"""Code of Keras 1 and 2: import paths, names, arguments and methods that are gone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

IMPORTS = """
from keras.layers.core import Dense, Dropout, Activation, Flatten, Lambda
from keras.layers.convolutional import Conv2D, Convolution2D, MaxPooling2D
from keras.layers.pooling import GlobalAveragePooling2D
from keras.layers.embeddings import Embedding
from keras.layers.recurrent import LSTM
from keras.layers.normalization import BatchNormalization
from keras.layers.merge import concatenate, add
from keras.layers.advanced_activations import LeakyReLU, PReLU
from keras.layers.wrappers import TimeDistributed, Bidirectional
from keras.layers.noise import GaussianNoise
from keras.layers.local import LocallyConnected1D
from keras.layers import CuDNNLSTM, merge
from keras.engine.topology import Layer, InputSpec
from keras.engine import Input, Model
from keras.utils import np_utils
from keras.utils.np_utils import to_categorical
from keras.utils.vis_utils import plot_model
from keras.utils.generic_utils import get_custom_objects
from keras.optimizers import SGD, adam
from keras.preprocessing.image import ImageDataGenerator, load_img, img_to_array
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences
from keras.wrappers.scikit_learn import KerasClassifier
from keras import backend as K
from keras.objectives import mean_squared_error
from keras.initializations import normal
from tensorflow.keras.layers.experimental.preprocessing import Rescaling, TextVectorization
from tensorflow.keras.optimizers.legacy import Adam
from tensorflow.keras.optimizers import schedules
from tensorflow.keras.utils import Sequence
from tensorflow.keras.losses import Reduction
"""


@pytest.mark.parametrize("line", [line for line in IMPORTS.splitlines() if line])
def test_old_import_line_is_answered(user: Any, line: str) -> None:
    names = user.run(line)

    wanted = [part.strip().split(" as ")[-1] for part in line.split(" import ")[1].split(",")]
    assert all(callable(names[name]) or name in ("K", "np_utils", "schedules") for name in wanted)


def test_old_paths_are_noted_with_what_to_write_today(user: Any) -> None:
    user.run("from keras.layers.core import Dense\n")

    (what, why), *rest = user.notes
    assert what == "import of keras.layers.core"
    assert "keras.layers" in why
    assert not rest


def test_right_code_of_today_is_not_noted(user: Any) -> None:
    user.run(
        "import keras, numpy as np\n"
        "from keras import layers, ops\n"
        "m = keras.Sequential([keras.Input((4,)), layers.Dense(2, kernel_initializer='zeros')])\n"
        "m.compile(keras.optimizers.Adam(learning_rate=0.1), 'mse')\n"
        "m.fit(np.ones((2, 4)), np.ones((2, 2)), epochs=1, verbose=0)\n"
    )

    assert user.notes == []


def test_keras_1_arguments_make_the_same_layer(user: Any) -> None:
    names = user.run(
        "import keras\n"
        "from keras.layers import Dense, Conv2D, Dropout\n"
        "d = Dense(output_dim=3, init='zeros', bias=False)\n"
        "c = Conv2D(4, (3, 3), border_mode='same', subsample=(2, 2), dim_ordering='th')\n"
        "o = Dropout(p=0.25)\n"
    )

    assert (names["d"].units, names["d"].use_bias) == (3, False)
    assert type(names["d"].kernel_initializer).__name__ == "Zeros"
    assert (names["c"].padding, names["c"].strides) == ("same", (2, 2))
    assert names["c"].data_format == "channels_first"
    assert names["o"].rate == 0.25
    assert ("Dropout(p=...)", "it is called rate today") in user.notes


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")
def test_input_dim_and_input_length_build_the_model(user: Any) -> None:
    names = user.run(
        "from keras.models import Sequential\nfrom keras.layers import Dense, LSTM\n"
        "a = Sequential([Dense(2, input_dim=5)])\n"
        "b = Sequential([LSTM(2, input_dim=3, input_length=7)])\n"
        "c = Sequential([Dense(2, batch_input_shape=(None, 4))])\n"
    )

    assert [names[n].input_shape for n in "abc"] == [(None, 5), (None, 7, 3), (None, 4)]


def test_optimizers_take_lr_and_decay(user: Any) -> None:
    names = user.run(
        "from keras.optimizers import SGD, Adam\n"
        "s = SGD(lr=0.1, decay=1e-6, momentum=0.9, nesterov=True)\n"
        "a = Adam(lr=0.01, epsilon=None, decay=0.0)\n"
        "rate = float(s.lr)\ns.lr = 0.5\n"
    )

    assert names["rate"] == pytest.approx(0.1)
    assert float(names["s"].learning_rate.numpy()) == 0.5
    assert float(names["a"].learning_rate.numpy()) == pytest.approx(0.01)


def test_model_takes_input_and_output(user: Any) -> None:
    names = user.run(
        "from keras.layers import Input, Dense\nfrom keras.models import Model\n"
        "x = Input((3,))\nm = Model(input=x, output=Dense(2)(x))\n"
    )

    assert names["m"].output_shape == (None, 2)
    assert ("Model(input=...)", "it is called inputs today") in user.notes


def test_merge_is_a_module_and_a_function(user: Any) -> None:
    names = user.run(
        "from keras.layers import Input, merge\n"
        "from keras.layers.merge import concatenate\n"
        "a, b = Input((2,)), Input((2,))\n"
        "shapes = [merge([a, b], mode=m).shape for m in ('sum', 'concat', 'mul')]\n"
    )

    assert names["shapes"] == [(None, 2), (None, 4), (None, 2)]


def test_add_weight_takes_the_name_first(user: Any) -> None:
    names = user.run(
        "import tensorflow as tf\n"
        "class L(tf.keras.layers.Layer):\n"
        "    def build(self, input_shape):\n"
        "        self.k = self.add_weight('k', shape=[input_shape.as_list()[-1], 2])\n"
        "        self.v = self.add_variable('v', shape=[3])\n"
        "    def call(self, x):\n"
        "        return tf.matmul(x, self.k)\n"
        "layer = L()\ny = layer(tf.ones((1, 3)))\n"
    )

    assert [w.name for w in names["layer"].weights] == ["k", "v"]
    assert [w.shape for w in names["layer"].weights] == [(3, 2), (3,)]


@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed")
def test_generator_methods_and_old_fit_arguments_train(user: Any) -> None:
    names = user.run(
        "import numpy as np, keras\n"
        "m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation='softmax')])\n"
        "m.compile('sgd', 'categorical_crossentropy')\n"
        "def batches():\n"
        "    while True:\n"
        "        yield np.ones((4, 2)), np.eye(3)[[0, 1, 2, 0]]\n"
        "a = m.fit_generator(batches(), samples_per_epoch=2, nb_epoch=2, verbose=0)\n"
        "b = m.fit(np.ones((4, 2)), np.eye(3)[[0, 1, 2, 0]], nb_epoch=1, workers=2, verbose=0)\n"
        "c = m.predict_classes(np.ones((4, 2)), verbose=0)\n"
    )

    assert len(names["a"].history["loss"]) == 2
    assert names["c"].shape == (4,)


def test_add_loss_with_a_tensor_joins_a_functional_models_loss(user: Any) -> None:
    names = user.run(
        "import numpy as np, keras\nfrom keras import backend as K\n"
        "x = keras.layers.Input((3,))\n"
        "h = keras.layers.Dense(2, kernel_initializer='ones')(x)\n"
        "m = keras.models.Model(x, h)\n"
        "m.add_loss(K.mean(K.square(h)))\n"
        "m.compile(optimizer=keras.optimizers.SGD(0.0))\n"
        "history = m.fit(np.ones((4, 3)), epochs=1, verbose=0).history\n"
    )

    assert names["history"]["loss"] == [pytest.approx(9.0)]


def test_backend_functions_give_what_they_gave(user: Any) -> None:
    names = user.run(
        "import numpy as np\nfrom keras import backend as K\n"
        "x = K.constant([[1., 2.], [3., 4.]])\n"
        "found = [K.eval(v).tolist() for v in (\n"
        "    K.dot(x, x), K.sum(x, axis=1), K.mean(x), K.square(x), K.exp(K.zeros((1,))),\n"
        "    K.clip(x, 2., 3.), K.concatenate([x, x], axis=0)[2],\n"
        "    K.expand_dims(x, 0)[0],\n"
        "    K.max(x, axis=0), K.argmax(x), K.transpose(x), K.relu(-x),\n"
        "    K.softmax(K.zeros((1, 2))),\n"
        "    K.batch_dot(K.ones((2, 1, 3)), K.ones((2, 3, 1)))[0],\n"
        "    K.l2_normalize(x[:1] * 0 + 3., -1),\n"
        "    K.switch(K.constant(True), x, -x), K.one_hot(K.constant([1], dtype='int32'), 2))]\n"
        "other = (K.int_shape(x), K.ndim(x), K.floatx(), K.image_data_format(),\n"
        "         K.learning_phase())\n"
        "v = K.variable(np.zeros(2))\nK.set_value(v, [1., 2.])\nset_to = K.get_value(v).tolist()\n"
    )

    half = pytest.approx([2**-0.5, 2**-0.5])
    assert names["found"] == [
        [[7.0, 10.0], [15.0, 22.0]], [3.0, 7.0], 2.5, [[1.0, 4.0], [9.0, 16.0]], [1.0],
        [[2.0, 2.0], [3.0, 3.0]], [1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]],
        [3.0, 4.0], [1, 1], [[1.0, 3.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [[0.5, 0.5]],
        [[3.0]], [half], [[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0]],
    ]  # fmt: skip
    assert names["other"] == ((2, 2), 2, "float32", "channels_last", 0)
    assert names["set_to"] == [1.0, 2.0]


def test_layer_shapes_and_weights_of_old_are_there(user: Any) -> None:
    names = user.run(
        "import keras, numpy as np\n"
        "from keras.layers import LocallyConnected1D\n"
        "m = keras.Sequential([keras.Input((5, 2)), LocallyConnected1D(3, 2)])\n"
        "shapes = (m.layers[0].input_shape, m.layers[0].output_shape)\n"
        "e = keras.layers.Dense(2, weights=[np.ones((3, 2)), np.zeros(2)])\n"
        "out = e(np.ones((1, 3)))\n"
    )

    assert names["shapes"] == ((None, 5, 2), (None, 4, 3))
    assert names["out"].numpy().tolist() == [[3.0, 3.0]]


def test_cloning_keeps_a_lambda_with_the_names_it_uses(user: Any) -> None:
    names = user.run(
        "import keras\nfactor = 3.0\n"
        "m = keras.Sequential([keras.Input((1,)), keras.layers.Lambda(lambda x: x * factor)])\n"
        "out = keras.models.clone_model(m)(keras.ops.ones((1, 1)))\n"
    )

    assert names["out"].numpy().tolist() == [[3.0]]


def test_file_names_that_keras_refuses_get_its_suffix(user: Any, tmp_path: Any) -> None:
    user.run(
        "import keras\n"
        "m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        f"m.save({str(tmp_path / 'my_model')!r})\n"
        f"m.save_weights({str(tmp_path / 'w.h5')!r})\n"
        "c = keras.callbacks.ModelCheckpoint('best.hdf5', period=1)\n"
    )

    assert (tmp_path / "my_model.keras").exists()
    assert (tmp_path / "w.h5.weights.h5").exists()


def test_scikit_wrapper_builds_fits_and_predicts(user: Any) -> None:
    names = user.run(
        "import numpy as np, keras\n"
        "from keras.wrappers.scikit_learn import KerasClassifier\n"
        "def build(units=2):\n"
        "    dense = keras.layers.Dense(units, activation='softmax')\n"
        "    m = keras.Sequential([keras.Input((2,)), dense])\n"
        "    m.compile('sgd', 'sparse_categorical_crossentropy', metrics=['accuracy'])\n"
        "    return m\n"
        "k = KerasClassifier(build_fn=build, units=3, epochs=1, verbose=0)\n"
        "k.fit(np.ones((4, 2)), np.array([0, 1, 2, 0]))\n"
        "found = k.predict(np.ones((4, 2)))\n"
    )

    assert np.shape(names["found"]) == (4,)


def test_compile_takes_metrics_in_the_third_place(user: Any) -> None:
    names = user.run(
        "import keras, numpy as np\n"
        "m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "m.compile('sgd', 'mse', ['mae'])\n"
        "history = m.fit(np.ones((2, 2)), np.ones((2, 1)), verbose=0).history\n"
    )

    assert set(names["history"]) == {"loss", "mae"}


def test_super_init_may_be_given_self(user: Any) -> None:
    names = user.run(
        "import tensorflow as tf\n"
        "class M(tf.keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__(self)\n"
        "        self.d = tf.keras.layers.Dense(2)\n"
        "    def call(self, x):\n"
        "        return self.d(x)\n"
        "out = M()(tf.ones((1, 3)))\n"
    )

    assert names["out"].shape == (1, 2)


def test_model_saved_without_suffix_is_loaded_by_the_same_name(user: Any, tmp_path: Any) -> None:
    names = user.run(
        "import keras\n"
        "m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        f"m.save({str(tmp_path / 'saved')!r})\n"
        f"again = keras.models.load_model({str(tmp_path / 'saved')!r})\n"
        f"m.save_weights({str(tmp_path / 'w')!r})\n"
        f"again.load_weights({str(tmp_path / 'w')!r})\n"
    )

    assert names["again"].count_params() == 2


def test_tensorboard_writes_nothing_and_lets_fit_go_on(user: Any, tmp_path: Any) -> None:
    user.run(
        "import keras, numpy as np\n"
        "m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "m.compile('sgd', 'mse')\n"
        f"board = keras.callbacks.TensorBoard(log_dir={str(tmp_path / 'logs')!r})\n"
        "m.fit(np.ones((2, 1)), np.ones((2, 1)), verbose=0, callbacks=[board])\n"
    )

    assert not (tmp_path / "logs").exists()
    assert any("TensorBoard" in what for what, _ in user.notes)


def test_loaded_model_is_compiled_when_the_saved_one_was(user: Any, tmp_path: Any) -> None:
    path = str(tmp_path / "saved.keras")
    names = user.run(
        "import keras, numpy as np\n"
        "m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "m.compile('adam', 'mse', metrics=['mae'])\n"
        "x, y = np.ones((4, 2)), np.ones((4, 1))\n"
        "m.fit(x, y, verbose=0)\n"
        f"m.save({path!r})\n"
        f"again = keras.models.load_model({path!r})\n"
        "history = again.fit(x, y, verbose=0).history\n"
    )

    assert type(names["again"].optimizer).__name__ == "Adam"
    assert set(names["history"]) == {"loss", "mae"}


def test_loaded_model_of_the_users_own_class_is_compiled(user: Any, tmp_path: Any) -> None:
    path = str(tmp_path / "own.keras")
    names = user.run(
        "import keras\n"
        "@keras.saving.register_keras_serializable()\n"
        "class Own(keras.Model):\n"
        "    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.dense = keras.layers.Dense(1)\n"
        "    def call(self, x):\n"
        "        return self.dense(x)\n"
        "m = Own()\n"
        "m(keras.ops.ones((2, 3)))\n"
        "m.compile('sgd', 'mse')\n"
        f"m.save({path!r})\n"
        f"again = keras.models.load_model({path!r})\n"
    )

    assert type(names["again"].optimizer).__name__ == "SGD"


@pytest.mark.parametrize("code", ["keras.losses.NoSuchLoss", "tf.keras.optimizers.NoSuch"])
def test_class_that_keras_never_had_is_no_module(user: Any, code: str) -> None:
    with pytest.raises(AttributeError, match="NoSuch"):
        user.run(f"import keras\nimport tensorflow as tf\nx = {code}\n")


def test_function_that_keras_never_had_is_refused_when_it_is_called(user: Any) -> None:
    with pytest.raises(AttributeError, match="no_such"):
        user.run("import keras\nx = keras.losses.no_such(1)\n")


def test_files_of_old_optimizers_hold_todays_classes(user: Any) -> None:
    names = user.run(
        "from keras.optimizers import adam_v2\n"
        "from tensorflow.python.keras.optimizer_v2 import adam\n"
        "from keras.optimizers.optimizer_v2 import adam as file\n"
        "found = adam_v2.Adam, adam.Adam, file.Adam\n"
    )

    assert {kind.__name__ for kind in names["found"]} == {"Adam"}
