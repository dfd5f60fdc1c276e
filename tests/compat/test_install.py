"""Who sees the stand-in, and what is said of names that it lacks."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector import compat
from inspector.errors import NotAvailable


def _library(tmp_path: Path, source: str) -> Any:
    """Run source as a module of a library."""
    path = tmp_path / "site-packages" / "library.py"
    names: dict[str, Any] = {"__name__": "library", "__file__": str(path)}
    exec(compile(source, str(path), "exec"), names)
    return names


def test_tensorflow_is_importable_for_user_files_in_every_form(user: Any) -> None:
    names = user.run(
        "import tensorflow as tf\n"
        "import tensorflow.keras.layers as L\n"
        "from tensorflow import keras\n"
        "from tensorflow.keras.models import Model\n"
        "import importlib\n"
        "again = importlib.import_module('tensorflow.nn')\n"
    )

    import keras

    assert names["L"].Dense is keras.layers.Dense
    assert names["Model"] is keras.Model
    assert names["again"] is names["tf"].nn
    assert names["keras"].layers is names["L"]


@pytest.mark.parametrize(
    "source",
    [
        "import tensorflow",
        "import tensorflow.keras",
        "from tensorflow import nn",
        "import importlib; importlib.import_module('tensorflow')",
    ],
)
def test_tensorflow_is_missing_for_libraries_also_after_the_user_imported_it(
    user: Any, tmp_path: Path, source: str
) -> None:
    user.run("import tensorflow")

    with pytest.raises(ModuleNotFoundError, match="No module named 'tensorflow"):
        _library(tmp_path, source)


def test_find_spec_of_a_library_finds_no_tensorflow(user: Any, tmp_path: Path) -> None:
    user.run("import tensorflow")

    names = _library(
        tmp_path,
        "import importlib.util, importlib.metadata\n"
        "spec = importlib.util.find_spec('tensorflow')\n"
        "try:\n    version = importlib.metadata.version('tensorflow')\n"
        "except importlib.metadata.PackageNotFoundError:\n    version = None\n",
    )

    assert names["spec"] is None
    assert names["version"] is None


def test_keras_does_not_see_the_stand_in(user: Any) -> None:
    from keras.src.utils import backend_utils, module_utils

    user.run("import tensorflow")

    assert module_utils.tensorflow.available is False
    with pytest.raises(ImportError, match="requires the tensorflow module"):
        module_utils.tensorflow.initialize()
    assert backend_utils.in_tf_graph() is False


def test_missing_name_says_which_where_and_what_to_do(user: Any) -> None:
    with pytest.raises(AttributeError) as caught:
        user.run("import tensorflow as tf\n\ntf.math.bessel_i0(1.0)\n")

    assert isinstance(caught.value, NotAvailable)
    assert "tensorflow.math.bessel_i0" in caught.value.message
    assert "model.py, line 3" in caught.value.message
    assert caught.value.fix


def test_missing_name_names_the_function_of_keras_ops() -> None:
    from inspector.compat.missing import advice

    assert (
        advice("reduce_logsumexp_", []) == "The nearest function of Keras is keras.ops.logsumexp."
    )
    assert advice("reduce_median", []) == "Write keras.ops.median instead."


def test_missing_import_says_the_same_and_stays_an_import_error(user: Any) -> None:
    with pytest.raises(ImportError) as caught:
        user.run("\nfrom tensorflow.keras.layers import Nonsense\n")

    assert "tensorflow.keras.layers.Nonsense" in str(caught.value)
    assert "line 2" in str(caught.value)


def test_missing_module_says_the_same(user: Any) -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        user.run("import tensorflow.nonsense\n")

    assert "tensorflow.nonsense" in str(caught.value)
    assert "line 1" in str(caught.value)


def test_hasattr_and_try_import_go_on_working(user: Any) -> None:
    names = user.run(
        "import tensorflow as tf\n"
        "there = hasattr(tf, 'nonsense')\n"
        "try:\n    from tensorflow import nonsense\n"
        "except ImportError:\n    nonsense = None\n"
    )

    assert names["there"] is False
    assert names["nonsense"] is None


def test_remove_takes_finder_guard_and_modules_away(tmp_path: Path) -> None:
    before = (list(sys.meta_path), importlib.import_module, importlib.util.find_spec)

    installed = compat.install()
    exec("import tensorflow", {"__file__": str(tmp_path / "model.py")})
    installed.remove()

    assert before == (list(sys.meta_path), importlib.import_module, importlib.util.find_spec)
    assert not [name for name in sys.modules if name.split(".")[0] == "tensorflow"]


def test_second_install_only_changes_who_is_told(user: Any) -> None:
    told: list[str] = []
    finders = len(sys.meta_path)

    compat.install(lambda what, why: told.append(what))
    user.run("from keras.layers.core import Dense\n")

    assert len(sys.meta_path) == finders
    assert told == ["import of keras.layers.core"]


def test_private_paths_of_tensorflow_are_answered_with_a_note(user: Any) -> None:
    names = user.run(
        "from tensorflow.python.keras.layers import Dense\n"
        "from tensorflow.python.ops import math_ops\n"
        "total = math_ops.reduce_sum([1, 2])\n"
    )

    assert int(names["total"]) == 3
    assert any("math_ops.reduce_sum" in what for what, _ in user.notes)


def test_versioned_paths_show_the_same_functions(user: Any) -> None:
    names = user.run(
        "import tensorflow as tf\nimport tensorflow.compat.v1 as tf1\n"
        "one = tf1.log(1.0)\nsame = tf.compat.v2.nn.relu is tf.nn.relu\n"
    )

    assert float(names["one"]) == 0.0
    assert names["same"]


def test_tensorflow_addons_answers_with_what_keras_has_today(user: Any) -> None:
    names = user.run(
        "import numpy as np\nimport tensorflow_addons as tfa\n"
        "from tensorflow_addons.layers import InstanceNormalization\n"
        "optimizer = tfa.optimizers.AdamW(learning_rate=0.1, weight_decay=0.01)\n"
        "x = np.arange(8, dtype='float32').reshape(1, 4, 2)\n"
        "out = InstanceNormalization(epsilon=1e-6)(x)\n"
        "mish = tfa.activations.mish([0.0])\n"
    )

    import keras

    assert isinstance(names["optimizer"], keras.optimizers.AdamW)
    assert abs(float(names["out"].numpy().mean())) < 1e-5
    assert float(names["mish"][0]) == 0.0
    assert any("tensorflow_addons.optimizers.AdamW" in what for what, _ in user.notes)
