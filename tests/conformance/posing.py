"""Tests of Keras' that do something else for each backend, and nothing for NumPy's.

The check that Keras makes of nearly every layer ends with a training step, on all backends but
NumPy's and OpenVINO's: it ends so on ours, too. Other tests have branches like this one:

    if backend.backend() == "tensorflow":
        import tensorflow as tf

Their assertions run on ours when the test file, and nobody else, hears another backend's name. In
place of TensorFlow it imports our stand-in for it, so its branch runs on our engine.
"""

import fnmatch
import sys
from contextlib import ExitStack, contextmanager
from unittest import mock

TENSORFLOW, TORCH = "tensorflow", "torch"
# Keras' own check of a layer trains it on every backend but two; ours is neither.
LAYER_CHECKS, OURS = ("testing/test_case.py", "testing\\test_case.py"), "inspector"
# Which branch fits ours: TensorFlow's tape is our stand-in's; torch's needs no torch in these.
POSING = {
    "layers/core/dense_test::DenseTest::test_quantize_float8": TENSORFLOW,
    "layers/core/einsum_dense_test::EinsumDenseTest::test_quantize_float8": TENSORFLOW,
    "layers/preprocessing/hashed_crossing_test::*::test_tf_data_compatibility": TENSORFLOW,
    "layers/preprocessing/hashed_crossing_test::*::test_static_shape_preserved": TENSORFLOW,
    "layers/preprocessing/hashing_test::HashingTest::test_tf_data_compatibility": TENSORFLOW,
    "layers/preprocessing/image_preprocessing/random_flip_test::*::test_random_flip_*": TORCH,
    "layers/preprocessing/image_preprocessing/resizing_test::*_sequential": TENSORFLOW,
    "layers/preprocessing/integer_lookup_test::*::test_tf_data_compatibility": TENSORFLOW,
    "layers/preprocessing/pipeline_test::PipelineTest::test_basics": TORCH,
    "layers/preprocessing/stft_spectrogram_test::*::test_tf_data_compatibility": TENSORFLOW,
    "layers/preprocessing/string_lookup_test::*::test_tensor_as_vocab": TENSORFLOW,
    "layers/preprocessing/string_lookup_test::*::test_tf_data_compatibility": TENSORFLOW,
    "layers/preprocessing/text_vectorization_test::*::test_tf_*": TENSORFLOW,
    "layers/rnn/gru_test::GRUTest::test_stateful_with_symbolic_batch_size": TENSORFLOW,
    "ops/core_test::CoreOpsCorrectnessTest::test_associative_scan_dynamic_*": TENSORFLOW,
    "ops/core_test::CoreOpsCorrectnessTest::test_custom_gradient*": TENSORFLOW,
    "ops/numpy_test::*_in_tf*": TENSORFLOW,
    "ops/numpy_test::*::test_divide_no_nan_gradients": TENSORFLOW,
    "optimizers/optimizer_test::OptimizerTest::test_mixed_with_tf_variables": TENSORFLOW,
    "optimizers/optimizer_test::OptimizerTest::test_tf_checkpointing": TENSORFLOW,
    "quantizers/quantizers_test::*::test_fake_quant_with_min_max_vars_*": TENSORFLOW,
    "trainers/data_adapters/data_adapter_utils_test::*_tf_specific": TENSORFLOW,
    "trainers/trainer_test::TestTrainer::test_fit_with_data_adapter_py_dataset*": TORCH,
}


def pose_of(name):
    """The backend that a test is told to run on; None for the truth."""
    return next(
        (pose for pattern, pose in POSING.items() if fnmatch.fnmatchcase(name, pattern)), None
    )


@contextmanager
def posing(name, module):
    """While a test of a file's `module` runs, what it and its checks are told of the backend."""
    import keras.src.backend

    pose = pose_of(name)
    truth = keras.src.backend.backend

    def told():
        asker = sys._getframe(1).f_code.co_filename
        if asker.endswith(LAYER_CHECKS):
            return OURS
        return pose if pose and asker.endswith("_test.py") else truth()

    with ExitStack() as poses:
        poses.enter_context(mock.patch.object(keras.src.backend, "backend", told))
        if pose == TENSORFLOW:
            stand_in_for_tensorflow(module, poses)
        yield


def stand_in_for_tensorflow(module, poses):
    """What the test file imported, and what its tests import while they run."""
    from inspector.compat.namespaces import tensorflow_module

    poses.enter_context(without_tensorflow())
    stand_in = tensorflow_module("tensorflow")
    for name, replacement in (("tf", stand_in), ("tf_data", stand_in.data)):
        if hasattr(module, name):
            poses.enter_context(mock.patch.object(module, name, replacement))


@contextmanager
def without_tensorflow():
    """As if nothing of that name had been imported yet."""
    before = tensorflow_modules()
    for name in before:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in tensorflow_modules():
            del sys.modules[name]
        sys.modules.update(before)


def tensorflow_modules():
    return {n: m for n, m in sys.modules.items() if n.partition(".")[0] == "tensorflow"}
