"""Devices, strategies, versions, summaries: what surrounds the computation.

There is one device and nothing is compiled or distributed, so most of these accept their
arguments and change nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import keras
import numpy as np

from inspector.compat.missing import not_available
from inspector.compat.registry import export
from inspector.compat.tf.tensors import tensor

VERSION = "2.20.0"
export("__version__ version.VERSION", VERSION)
export("version.GIT_VERSION __git_version__", f"v{VERSION} (Inspector's stand-in)")
export("version.COMPILER_VERSION", "none")


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Accepted, and without effect here."""


class PhysicalDevice:
    """One device of the machine."""

    def __init__(self, name: str, device_type: str) -> None:
        self.name, self.device_type = name, device_type

    def __repr__(self) -> str:
        return f"PhysicalDevice(name={self.name!r}, device_type={self.device_type!r})"


def _devices(device_type: str | None = None) -> list[PhysicalDevice]:
    found = [PhysicalDevice("/physical_device:CPU:0", "CPU")]
    return [d for d in found if device_type in (None, d.device_type)]


for _name in ("list_physical_devices", "list_logical_devices", "get_visible_devices"):
    export(f"config.{_name}", _devices)
for _name in ("list_physical_devices", "list_logical_devices"):
    export(f"config.experimental.{_name}", _devices)
export(
    "config.set_visible_devices config.set_logical_device_configuration "
    "config.set_soft_device_placement "
    "config.run_functions_eagerly config.experimental_run_functions_eagerly "
    "config.experimental.set_memory_growth config.experimental.set_visible_devices "
    "config.experimental.set_virtual_device_configuration config.optimizer.set_jit "
    "config.optimizer.set_experimental_options config.experimental_connect_to_cluster "
    "config.threading.set_inter_op_parallelism_threads config.experimental_connect_to_host "
    "config.threading.set_intra_op_parallelism_threads config.experimental.enable_op_determinism "
    "config.experimental.enable_tensor_float_32_execution config.experimental.enable_mlir_bridge "
    "config.experimental.reset_memory_stats",
    _nothing,
)
export("config.functions_run_eagerly", lambda: True)
export("config.experimental.get_memory_info", lambda device: {"current": 0, "peak": 0})
export("config.LogicalDeviceConfiguration config.experimental.VirtualDeviceConfiguration", _nothing)
export("config.experimental.get_device_details", lambda device: {})
export("test.is_gpu_available test.is_built_with_cuda", lambda *args, **kwargs: False)
export("test.gpu_device_name", lambda: "")
export("sysconfig.get_build_info", dict)
export(
    "debugging.set_log_device_placement debugging.enable_check_numerics "
    "debugging.disable_check_numerics debugging.experimental.enable_dump_debug_info "
    "profiler.experimental.start profiler.experimental.stop profiler.experimental.server.start",
    _nothing,
)


class Strategy:
    """A distribution strategy with one replica."""

    num_replicas_in_sync = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.extended = self

    def scope(self) -> AbstractContextManager[Strategy]:
        return nullcontext(self)

    def run(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, **_: Any) -> Any:
        return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op: Any, value: Any, axis: Any = None) -> Any:
        if axis is None:
            return value
        mean = str(reduce_op).upper().endswith("MEAN")
        return (keras.ops.mean if mean else keras.ops.sum)(tensor(value), axis=axis)

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        return dataset

    def distribute_datasets_from_function(self, dataset_fn: Any, options: Any = None) -> Any:
        return dataset_fn(InputContext())

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        return (value,)

    def gather(self, value: Any, axis: int) -> Any:
        return value


class InputContext:
    """What a dataset function is told: one pipeline, one replica."""

    num_input_pipelines = num_replicas_in_sync = 1
    input_pipeline_id = 0

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        return global_batch_size


class ReduceOp:
    """Ways to reduce over replicas."""

    SUM, MEAN = "SUM", "MEAN"


for _name in (
    "Strategy", "MirroredStrategy", "OneDeviceStrategy", "MultiWorkerMirroredStrategy",
    "TPUStrategy", "experimental.TPUStrategy", "experimental.CentralStorageStrategy",
    "experimental.MultiWorkerMirroredStrategy", "experimental.ParameterServerStrategy",
):  # fmt: skip
    export(f"distribute.{_name}", type(_name.rpartition(".")[2], (Strategy,), {}))
export("distribute.ReduceOp", ReduceOp)
export("distribute.InputContext", InputContext)
export("distribute.get_strategy", Strategy)
export("distribute.has_strategy", lambda: False)
export("distribute.get_replica_context", lambda: _ReplicaContext())


class _ReplicaContext:
    replica_id_in_sync_group = 0
    num_replicas_in_sync = 1

    def all_reduce(self, reduce_op: Any, value: Any, options: Any = None) -> Any:
        return value

    def merge_call(self, merge_fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        return merge_fn(Strategy(), *args, **(kwargs or {}))


class TPUClusterResolver:
    """There is no TPU, as TensorFlow reports it on a machine without one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ValueError("Please provide a TPU Name to connect to.")

    @staticmethod
    def connect(*args: Any, **kwargs: Any) -> Any:
        raise ValueError("Please provide a TPU Name to connect to.")


export("distribute.cluster_resolver.TPUClusterResolver", TPUClusterResolver)
export("tpu.experimental.initialize_tpu_system", _nothing)


@contextmanager
def _summary_recording(*args: Any, **kwargs: Any) -> Any:
    yield


class SummaryWriter:
    """A writer of TensorBoard summaries that writes nothing."""

    def as_default(self, step: Any = None) -> AbstractContextManager[Any]:
        return nullcontext(self)

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def set_as_default(self, step: Any = None) -> None:
        """Nothing is written."""

    flush = close = init = set_as_default


export("summary.create_file_writer summary.create_noop_writer", lambda *a, **k: SummaryWriter())
export("summary.SummaryWriter", SummaryWriter)
export(
    "summary.scalar summary.image summary.histogram summary.text summary.audio summary.write "
    "summary.trace_on summary.trace_export summary.trace_off summary.flush summary.graph",
    _nothing,
)
export("summary.record_if", _summary_recording)
export("summary.should_record_summaries", lambda: False)
export("summary.experimental.set_step", _nothing)

_logger = logging.getLogger("tensorflow")
_logger.addHandler(logging.NullHandler())
export("get_logger", lambda: _logger)
export("compat.v1.logging.set_verbosity autograph.set_verbosity", _nothing)
for _level in ("DEBUG", "INFO", "WARN", "ERROR", "FATAL"):
    export(f"compat.v1.logging.{_level}", _level)
for _word in ("debug", "info", "warning", "warn", "error"):
    export(f"compat.v1.logging.{_word}", getattr(_logger, "warning" if _word == "warn" else _word))
export("autograph.experimental.do_not_convert autograph.to_graph", lambda function=None: function)
export("autograph.experimental.set_loop_options", _nothing)
export("autograph.trace", _nothing)

export("compat.as_text compat.as_str compat.as_str_any", lambda b, encoding="utf-8": _text(b))
export("compat.as_bytes", lambda t, encoding="utf-8": t if isinstance(t, bytes) else t.encode())
export("compat.path_to_str", str)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


export(
    "compat.v1.enable_eager_execution compat.v1.disable_eager_execution "
    "compat.v1.enable_v2_behavior compat.v1.disable_v2_behavior compat.v1.reset_default_graph "
    "compat.v1.disable_control_flow_v2 compat.v1.enable_resource_variables "
    "compat.v1.experimental.output_all_intermediates",
    _nothing,
)
export("compat.v1.executing_eagerly_outside_functions", lambda: True)
export("compat.v1.get_default_graph compat.v1.Graph Graph", lambda: nullcontext())


def _refused(what: str, fix: str) -> Any:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise not_available(f"tf.{what}", fix=fix)

    return refuse


_SESSIONS = "Write the model with Keras layers; Keras 3 has no graphs and sessions."
for _name in ("placeholder", "Session", "InteractiveSession", "ConfigProto", "GPUOptions"):
    export(f"compat.v1.{_name}", _refused(f"compat.v1.{_name}", _SESSIONS))
export("saved_model.load", _refused("saved_model.load", "Open a .keras file instead."))
export("saved_model.save", _nothing)
export("saved_model.SaveOptions saved_model.LoadOptions", _nothing)
_LITE = "Keep the conversion out of the file that is opened; the model itself is not affected."
export("lite.TFLiteConverter.from_keras_model", _refused("lite.TFLiteConverter", _LITE))
export("lite.TFLiteConverter.from_saved_model", _refused("lite.TFLiteConverter", _LITE))
export("lite.Interpreter", _refused("lite.Interpreter", _LITE))
export("lite.Optimize.DEFAULT", "DEFAULT")

# Exceptions of tf.errors, all of one base as in TensorFlow.
OpError = export("errors.OpError", type("OpError", (Exception,), {}))
for _name in (
    "AbortedError", "AlreadyExistsError", "CancelledError", "DataLossError",
    "FailedPreconditionError",
    "InternalError", "NotFoundError", "PermissionDeniedError",
    "ResourceExhaustedError", "UnavailableError", "UnimplementedError", "UnknownError",
):  # fmt: skip
    export(f"errors.{_name}", type(_name, (OpError,), {}))
OutOfRangeError = export("errors.OutOfRangeError", type("OutOfRangeError", (OpError,), {}))
InvalidArgumentError = export(
    "errors.InvalidArgumentError", type("InvalidArgumentError", (OpError, ValueError), {})
)

export("__compiler_version__", "none")
export("dtypes.experimental.float8_e5m2", "float8_e5m2")
export("experimental.dlpack.to_dlpack", _refused("experimental.dlpack", "Use numpy() instead."))
export(
    "autodiff.ForwardAccumulator", _refused("autodiff.ForwardAccumulator", "Use tf.GradientTape.")
)
export("random.Algorithm.PHILOX", "philox")
export("experimental.numpy.experimental_enable_numpy_behavior", _nothing)
export(
    "experimental.numpy.random.seed",
    lambda seed: keras.utils.set_random_seed(int(np.asarray(seed))),
)
