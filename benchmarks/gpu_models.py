"""ResNet-50 and BERT-base, ours and torch's, timed on the same GPU in one run.

Per model these rows, each with its goal, and each measured even if another fails:

    eager    a recorded forward pass of a large batch over torch eager's: throughput, at least 0.85
    replay   a captured replay at batch 1 against torch eager: at least 2 times as fast
    fused    the same with fused chains against torch.compile: at least 0.8 of its speed

Torch runs in inference mode with channels last; both sides have the same precision
(INSPECTOR_GPU_PRECISION): exact, tf32, or half, which is float16 operands on ours and autocast on
torch's.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable

import numpy as np
from gpu_device import Device, on
from gpu_parts import fastest, implementations

GOALS = {"eager": 0.85, "replay": 2.0, "fused": 0.8}
# What each row is compared with.
_THEIRS = {"eager": "eager", "replay": "eager_1", "fused": "compiled_1"}
LENGTH, WORDS, WIDTH, HEADS, DEPTH = 128, 30522, 768, 12, 12
SIZES = {"resnet50": {"large": 128, "blocks": (3, 4, 6, 3)}, "bert": {"large": 64, "blocks": DEPTH}}


def row(device: Device, name: str, kind: str) -> dict:
    """One row: our seconds, torch's, and the ratio against its goal."""
    large = SIZES[name]["large"] if device.torch == "cuda" else 2
    with on(device):
        ours = _ours(name, kind, large)
    device.release()  # torch has a pool of its own, and knows nothing of ours
    found = {"said": "", **ours, "goal": GOALS[kind], "batch": large if kind == "eager" else 1}
    theirs = _torchs(name, _THEIRS[kind], large, device.torch)
    ratio = theirs / ours["ours_s"]
    print(f"{name} {kind} ratio {ratio:.2f} (goal {GOALS[kind]})", flush=True)
    return found | {"torch_s": theirs, "ratio": round(ratio, 3), "reached": ratio >= GOALS[kind]}


def batch_of(name: str, size: int) -> np.ndarray:
    random = np.random.default_rng(0)
    if name == "bert":
        return random.integers(0, WORDS, size=(size, LENGTH)).astype("int32")
    return random.normal(size=(size, 224, 224, 3)).astype("float32")


@functools.cache
def keras_model(name: str, blocks) -> Callable:
    """The model as Keras has it."""
    import keras
    from keras import layers

    if name == "resnet50":
        return keras.applications.ResNet50(weights=None, classifier_activation=None)
    inputs = layers.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(WORDS, WIDTH)(inputs)
    x = layers.LayerNormalization(epsilon=1e-12)(x)
    for _ in range(blocks):
        attended = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, x)
        x = layers.LayerNormalization(epsilon=1e-12)(x + attended)
        wide = layers.Dense(4 * WIDTH, activation="gelu")(x)
        x = layers.LayerNormalization(epsilon=1e-12)(x + layers.Dense(WIDTH)(wide))
    return keras.Model(inputs, x)


def _ours(name: str, kind: str, large: int) -> dict:
    """Our seconds, and which code ran how often."""
    from case_runs import upload

    from inspector import engine
    from inspector.engine.cuda.graph import GraphReplay

    model = keras_model(name, SIZES[name]["blocks"])
    if kind == "eager":
        many = upload(batch_of(name, large))

        def recorded():
            with engine.recording():
                model(many, training=False)

        return {"ours_s": fastest(recorded)}
    one = upload(batch_of(name, 1))
    with engine.recording() as segment:
        y = model(one, training=False)
    use_fusion = kind == "fused"
    replay = GraphReplay(segment.records, given=[one.id], wanted=[y.id], use_fusion=use_fusion)
    return {
        # With the copies of input and output, as torch.compile has them.
        "ours_s": fastest(lambda: replay.run({one.id: one.data}), repeats=50),
        "launch_s": fastest(replay.launch, repeats=50),
        "launches": replay.kernels,
        "implementations": implementations(segment.records),
    }


@functools.cache
def _torch_model(name: str, device: str):
    import torch
    from torch_models import model_of

    from inspector.engine.cuda import precision

    tf32 = precision.current == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    return model_of(name, SIZES[name]["blocks"]).eval().to(device)


def _torchs(name: str, kind: str, large: int, device: str) -> float:
    import torch

    from inspector.engine.cuda import precision

    model = _torch_model(name, device)
    half = precision.current == "half"
    casting = torch.autocast(device, torch.float16) if half else contextlib.nullcontext()
    given = torch.tensor(batch_of(name, large if kind == "eager" else 1), device=device)
    if name != "bert":
        given = given.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    is_cuda = device == "cuda"
    wait = torch.cuda.synchronize if is_cuda else lambda: None
    with torch.inference_mode(), casting:
        if kind == "compiled_1":
            model = torch.compile(model, mode="reduce-overhead" if is_cuda else None)
        found = fastest(lambda: model(given), wait, repeats=5 if kind == "eager" else 50)
    if is_cuda:
        torch.cuda.empty_cache()
    return found
