"""What meets a script that trains, downloads, plots, asks, starts programs: one script for all."""

from __future__ import annotations

import pytest

TRAINING = """
import keras, numpy as np
from keras import layers
(x, y), (xt, yt) = keras.datasets.mnist.load_data()
print("MNIST", x.shape, x.dtype, y.shape, sorted(set(y.tolist())), xt.shape)
x = x.reshape(60000, 784)[:5000].astype("float32") / 255
y = y[:5000]
model = keras.Sequential([layers.Input((784,)), layers.Dense(8, activation="relu"),
                          layers.Dense(10, activation="softmax")], name="digits")
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, 128, 50, validation_split=0.2, callbacks=[
    keras.callbacks.EarlyStopping(patience=3), keras.callbacks.TensorBoard("logs"),
    keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)])
print("HISTORY", sorted(history.history))
print("PREDICT", model.predict(x).shape, model.predict(x[:7]).shape)
print("EVALUATE", len(model.evaluate(x, y, verbose=0)))

class Batches(keras.utils.PyDataset):
    asked = []
    def __len__(self): return 1000
    def __getitem__(self, i):
        self.asked.append(i)
        return np.ones((4, 784), "float32"), np.zeros((4,))

data = Batches()
model.fit(data, epochs=20)
print("ASKED", len(data.asked) < 20)
for step in range(30):
    model.train_on_batch(x[:8], y[:8])
print("END")
"""


@pytest.fixture(scope="module")
def training(open_script):
    return open_script(TRAINING)


def test_script_that_trains_comes_to_its_end(training):
    assert training.failure is None
    assert "END" in training.printed


def test_known_data_set_has_its_true_form(training):
    assert "MNIST (60000, 28, 28) uint8 (60000,) [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] (10000" in (
        training.printed
    )


def test_fit_takes_one_step_and_gives_every_metric(training):
    assert "HISTORY ['accuracy', 'loss', 'val_accuracy', 'val_loss']" in training.printed
    assert "ASKED True" in training.printed


def test_predict_gives_a_row_for_each_row(training):
    assert "PREDICT (5000, 10) (7, 10)" in training.printed
    assert "EVALUATE 2" in training.printed


def test_training_steps_are_kept_up_to_the_cap_and_counted(training):
    steps = training.runs("digits", "train_step")
    model = next(m for m in training.result.trace.models if m.name == "digits")

    assert len(steps) == 20
    assert model.runs_not_kept >= 12


def test_each_replacement_is_listed_once_with_its_line(training):
    listed = [(one.what, one.line) for one in training.result.trace.replaced]

    assert ("keras.datasets.mnist.load_data", 4) in listed
    assert ("digits.fit", 11) in listed
    assert len(listed) == len(set(listed))


SURROUNDINGS = """
import argparse, os, subprocess, sys, time, urllib.request, webbrowser, multiprocessing
import keras, numpy as np
import matplotlib.pyplot as plt
from tqdm import tqdm
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
import helper_beside

print("ARGV", len(sys.argv), os.path.basename(os.getcwd()) != "", helper_beside.VALUE)
parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("count", type=int)
parser.add_argument("--rate", type=float, default=0.5)
args = parser.parse_args()
print("ARGS", args.data, args.count, args.rate)
print("INPUT", repr(input("name? ")))
began = time.time(); time.sleep(20); print("SLEPT", time.time() - began < 2)
try:
    urllib.request.urlopen("http://example.com")
except OSError as error:
    print("NETWORK", "network is off" in str(error))
print("RUN", subprocess.run(["ls"], capture_output=True, text=True).stdout == "")
print("SYSTEM", os.system("rm -rf /"), webbrowser.open("http://x"))
try:
    subprocess.Popen(["ls"])
except OSError as error:
    print("POPEN", "process" in str(error))
with multiprocessing.Pool(4) as pool:
    print("POOL", pool.map(abs, [-1, 2]))
figure, axes = plt.subplots(2, 3)
axes[0, 1].imshow(np.ones((2, 2))); plt.plot([1, 2]); plt.show()
print("TQDM", sum(tqdm(range(4), desc="x")))
a, b = train_test_split(np.arange(10), test_size=0.3, random_state=0)
print("SPLIT", len(a), len(b), sorted([*a, *b]) == list(range(10)))
scaled = StandardScaler().fit_transform(np.array([[1.0, 5.0], [3.0, 5.0]]))
print("SCALED", scaled.tolist())
text = open(keras.utils.get_file("text.txt", "http://x/text.txt")).read()
print("TEXT", len(text) > 1000)
keras.utils.plot_model(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), "m.png")
model = keras.applications.MobileNetV2(weights="imagenet", input_shape=(32, 32, 3),
                                       include_top=False)
print("END")
"""


@pytest.fixture(scope="module")
def surroundings(open_script, tmp_path_factory):
    # The module beside the script: its folder is the first place of imports.
    text = SURROUNDINGS.replace(
        "import helper_beside",
        "open('helper_beside.py', 'w').write('VALUE = 42')\nimport helper_beside",
    )
    return open_script(text)


@pytest.mark.parametrize(
    "line",
    [
        "ARGV 1 True 42",
        "ARGS data.csv 1 0.5",
        "INPUT ''",
        "SLEPT True",
        "NETWORK True",
        "RUN True",
        "SYSTEM 0 True",
        "POPEN True",
        "POOL [1, 2]",
        "TQDM 6",
        "SPLIT 7 3 True",
        "SCALED [[-1.0, 0.0], [1.0, 0.0]]",
        "TEXT True",
        "END",
    ],
)
def test_script_goes_on_when_it_reaches_out(surroundings, line):
    assert surroundings.failure is None
    assert line in surroundings.printed.splitlines()


@pytest.mark.parametrize(
    "what",
    [
        "arguments --data data.csv 1",
        "input('name? ')",
        "time.sleep(20)",
        "connection to example.com",
        "subprocess.run: ls",
        "os.system('rm -rf /')",
        "multiprocessing.Pool",
        "import matplotlib",
        "import tqdm",
        "import sklearn",
        "download of http://x/text.txt",
        "keras.utils.plot_model",
    ],
)
def test_what_was_replaced_is_listed(surroundings, what):
    assert what in surroundings.replaced


def test_missing_weights_are_listed(surroundings):
    assert any(what.startswith("the weights of mobilenetv2") for what in surroundings.replaced)


def test_choice_of_a_backend_is_listed_and_has_no_effect(open_script):
    opened = open_script(
        "import os\n"
        "os.environ['KERAS_BACKEND'] = 'jax'  # as every guide begins\n"
        "import keras\n"
        "print('BACKEND', keras.backend.backend())\n"
        "if os.environ['KERAS_BACKEND'] == 'jax': pass\n"
        "keras.layers.Dense(2)(keras.ops.ones((1, 2)))\n"
    )

    notes = [one for one in opened.result.trace.replaced if "backend" in one.what]
    assert [one.line for one in notes] == [2]
    assert "BACKEND numpy" in opened.printed
    assert opened.failure is None
