"""The part `first`: minutes on a new machine that say whether the hours after it are worth it.

Every kernel file compiled, loaded and its functions found; cuDNN's three maps in three dtypes
against NumPy, and that it was cuDNN that ran; what CUDA captures of CuPy, cuBLAS and cuDNN; and a
sample model opened as users open theirs, in a confined worker.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from gpu_device import Device, on

from inspector import engine
from inspector.engine import REGISTRY, Tensor
from inspector.engine.cuda import launch
from inspector.engine.cuda.graph import GraphReplay
from inspector.errors import ReplayError

ROOT = Path(__file__).resolve().parents[1]
# How far a convolution in a dtype may be off the same in float64, of its largest value.
OFF = {"float32": 1e-5, "float16": 5e-3, "bfloat16": 4e-2}
HOW = {"strides": (2, 2), "padding": ((0, 1), (0, 1)), "dilation": (1, 1), "groups": 1}
random = np.random.default_rng(5)
X, W, G = (random.normal(size=s) for s in ((2, 14, 14, 16), (3, 3, 16, 24), (2, 7, 7, 24)))
MAPS = {
    "conv": ((X, W), {}),
    "conv_input_grad": ((G, W), {"size": (14, 14)}),
    "conv_weight_grad": ((X, G), {"kernel": (3, 3)}),
}


def first(device: Device) -> dict:
    """The runs of this part."""
    found = {
        f"kernels {file} {dtype}": functools.partial(loaded, device, file, dtype)
        for file in launch.FILES
        for dtype in launch.STORED
    }
    for name in MAPS:
        for dtype in OFF:
            found[f"cuDNN {name} {dtype}"] = functools.partial(convolved, device, name, dtype)
    captures = {"elementwise": elementwise, "matmul": product, "batched": batched, "conv": strided}
    for name, run in captures.items():
        found[f"capture {name}"] = functools.partial(captured, device, run)
    found["capture upload"] = functools.partial(upload_refused, device)
    return found | {"session": functools.partial(session, device)}


def loaded(device: Device, file: str, dtype: str) -> str:
    """Compile one kernel file for a dtype and find all of its functions."""
    code = launch.source(file, launch.STORED[dtype])
    names = re.findall(r"__global__ void (\w+)\(", code) if file != "gather" else []
    module = device.xp.RawModule(code=code)
    for name in names or re.findall(r"^GATHER\((\w+),", code, re.MULTILINE):
        module.get_function(name)
    return ""


def convolved(device: Device, name: str, dtype: str) -> dict:
    """One map of a convolution against NumPy's in float64, and which code ran it."""
    arrays, more = MAPS[name]
    right = REGISTRY[name](*map(Tensor, arrays), **HOW, **more).numpy()
    with on(device):
        given = [device.xp.asarray(a.astype("float32")).astype(_dtype(dtype)) for a in arrays]
        with engine.recording() as segment:
            made = REGISTRY[name](*map(Tensor, given), **HOW, **more)
        off = np.abs(made.numpy().astype("float64") - right).max() / np.abs(right).max()
    ran = segment.records[-1].implementation
    said = "" if off <= OFF[dtype] else f"off by {off:.1e}"
    if not ran.startswith("cuDNN"):
        said = f"{said}; " * bool(said) + f"ran as {ran or 'the function for NumPy and CuPy'}"
    return {"said": said, "ran": ran, "off": float(off)}


def _dtype(name: str):
    import ml_dtypes

    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


def elementwise(x):
    return REGISTRY["exp"](REGISTRY["multiply"](x, x))


def product(x):
    return REGISTRY["matmul"](x, x)


def batched(x):
    return REGISTRY["matmul"](
        REGISTRY["reshape"](x, shape=(4, 4, 16)), REGISTRY["reshape"](x, shape=(4, 16, 4))
    )


def strided(x):
    image = REGISTRY["reshape"](x, shape=(1, 8, 8, 4))
    weights = Tensor(_ones((3, 3, 4, 8)))
    return REGISTRY["conv"](image, weights, **{**HOW, "strides": (1, 1)})


def _ones(shape):
    from inspector.engine import array_module

    return array_module.xp.ones(shape, "float32")


def captured(device: Device, function) -> str:
    """A captured function on other values than it was captured with, against itself."""
    one, other = (random.normal(size=(16, 16)).astype("float32") for _ in range(2))
    with on(device):
        x = Tensor(device.xp.asarray(one))
        with engine.recording() as segment:
            y = function(x)
        replay = GraphReplay(segment.records, given=[x.id], wanted=[y.id])
        found = [replay.run({x.id: values})[y.id].get() for values in (other, one, other)]
        right = function(Tensor(device.xp.asarray(other))).numpy()
        if not all(np.allclose(one, right, 1e-5, 1e-5) for one in (found[0], found[2])):
            return "wrong values"
        return (
            "" if np.allclose(found[1], y.numpy(), 1e-5, 1e-5) else "wrong values the second time"
        )


def upload_refused(device: Device) -> str:
    """An op that uploads is refused within a capture, and uploads work after it as before."""
    with on(device):
        x = Tensor(device.xp.asarray(np.ones((3, 3), "float32")))
        with engine.recording() as segment:
            y = REGISTRY["concatenate"](*[x] * 9, axis=0)
        try:
            GraphReplay(segment.records, given=[x.id], wanted=[y.id])
        except ReplayError:
            again = device.xp.asarray(np.arange(5.0))
            return "" if float(again.sum()) == 10 else "uploads are wrong afterwards"
    return "was captured"


def session(device: Device) -> str:
    """`inspector run` on a sample model: whether the confined worker may use the device."""
    wanted = "cupy" if device.torch == "cuda" else "numpy"
    file = ROOT / "sample_models" / "vae.py"
    command = [sys.executable, "-m", "inspector", "run", str(file), "--engine", wanted]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if done.returncode:
        return f"ended with {done.returncode}: {(done.stdout + done.stderr)[-300:]}"
    return "" if f"engine: {wanted} on" in done.stdout else "ran on another engine"
