"""The import hook: what it answers, what it refuses."""

import os
import subprocess
import sys

import pytest

from inspector.engine import array_module
from inspector.errors import NotAvailable, UsageError
from inspector.keras_backend import hook, install
from inspector.keras_backend.door import _missing_names


def run(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_finder_answers_for_one_name_only():
    finder = hook.BackendFinder()

    assert finder.find_spec("keras.src.backend.numpy") is not None
    assert finder.find_spec("keras.src.backend.jax") is None
    assert finder.find_spec("numpy") is None


def test_install_gives_the_first_choice_again_when_called_twice():
    assert install("auto") is array_module.choice


def test_keras_runs_without_jax_torch_and_tensorflow():
    printed = run(
        "import sys; from inspector.keras_backend import install; install('numpy')\n"
        "import keras, numpy as np\n"
        "print(keras.Sequential([keras.layers.Dense(4)])(np.ones((2, 3))).shape)\n"
        "print(sorted({'jax', 'torch', 'tensorflow', 'scipy'} & set(sys.modules)))"
    )

    assert printed.splitlines()[-2:] == ["(2, 4)", "[]"]


def test_install_is_refused_when_keras_is_there_already():
    printed = run(
        "import sys, types; sys.modules['keras'] = types.ModuleType('keras')\n"
        "from inspector.errors import UsageError\n"
        "from inspector.keras_backend import install\n"
        "try: install('numpy')\n"
        "except UsageError as error: print('refused', error.fix)"
    )

    assert "refused Call inspector.keras_backend.install()" in printed


def test_backend_modules_ask_for_the_hook_when_it_is_missing():
    printed = run(
        "from inspector.errors import UsageError\n"
        "try: import inspector.keras_backend.core\n"
        "except UsageError as error: print('refused', error.message)"
    )

    assert "refused Inspector's Keras backend is not installed" in printed


def test_keras_home_is_seeded_from_the_users_settings(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "keras.json").write_text('{"floatx": "float64", "backend": "jax"}')
    scratch = tmp_path / "scratch"

    printed = run(
        "from pathlib import Path; from inspector.keras_backend import install\n"
        f"install('numpy', keras_home=Path({str(scratch)!r}))\n"
        "import keras; print(keras.config.floatx(), keras.config.backend())",
        KERAS_HOME=str(tmp_path / "home"),
    )

    assert printed.split() == ["float64", "numpy"]
    assert (scratch / "keras.json").exists()


def test_missing_function_of_the_contract_says_its_name_when_called():
    function = _missing_names("numpy")("matmul")

    with pytest.raises(NotAvailable, match=r"does not have `numpy.matmul` yet"):
        function(1, 2)


def test_name_outside_of_the_contract_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"numpy\.no_such_function"):
        _missing_names("numpy")("no_such_function")


def test_require_passes_when_installed():
    hook.require()

    assert hook.is_installed()
    assert issubclass(UsageError, Exception)
