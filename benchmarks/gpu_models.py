"""ResNet-50 and BERT-base, ours and torch's, timed on the same GPU in one run.

Per model these rows, each with its goal:

    eager    a recorded forward pass of a large batch over torch eager's: throughput, at least 0.85
    replay   a captured replay at batch 1 against torch eager: at least 2 times as fast
    fused    the same with fused chains against torch.compile: at least 0.8 of its speed

Torch runs in inference mode with channels last; both sides have the same precision
(INSPECTOR_GPU_PRECISION): exact, tf32, or half, which is float16 operands on ours and autocast on
torch's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
from gpu_parts import fastest, implementations

GOALS = {"eager": 0.85, "replay": 2.0, "fused": 0.8}
LENGTH, WORDS, WIDTH, HEADS, DEPTH = 128, 30522, 768, 12, 12
SIZES = {"resnet50": {"large": 128, "blocks": (3, 4, 6, 3)}, "bert": {"large": 64, "blocks": DEPTH}}


def against_torch(device: str, sizes: dict = SIZES) -> tuple[list[dict], dict]:
    """The rows, and which code ran how often in ours."""
    rows, ran = [], {}
    for name, size in sizes.items():
        ours, ran[name] = _ours(name, size)
        theirs = _torchs(name, size, device)
        pairs = {"eager": "eager", "replay": "eager_1", "fused": "compiled_1"}
        for row, other in pairs.items():
            ratio = theirs[other] / ours[row]
            rows.append(
                {
                    "name": f"{name} {row}",
                    "ours_s": ours[row],
                    "torch_s": theirs[other],
                    "ratio": round(ratio, 3),
                    "goal": GOALS[row],
                    "reached": ratio >= GOALS[row],
                }
            )
            print(f"{name} {row} ratio {ratio:.2f} (goal {GOALS[row]})", flush=True)
    return rows, ran


def batch_of(name: str, size: int) -> np.ndarray:
    random = np.random.default_rng(0)
    if name == "bert":
        return random.integers(0, WORDS, size=(size, LENGTH)).astype("int32")
    return random.normal(size=(size, 224, 224, 3)).astype("float32")


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


def _ours(name: str, size: dict) -> tuple[dict[str, float], dict[str, int]]:
    from case_runs import upload

    from inspector import engine
    from inspector.engine.cuda.graph import GraphReplay

    model = keras_model(name, size["blocks"])
    large, one = upload(batch_of(name, size["large"])), upload(batch_of(name, 1))

    def recorded():
        with engine.recording():
            model(large, training=False)

    found = {"eager": fastest(recorded)}
    with engine.recording() as segment:
        y = model(one, training=False)
    for row, fused in (("replay", False), ("fused", True)):
        replay = GraphReplay(segment.records, given=[one.id], wanted=[y.id], use_fusion=fused)
        found[row] = fastest(replay.launch, repeats=50)
        print(f"{name} {row}: {replay.kernels} ops and chains", flush=True)
    return found, implementations(segment.records)


def _torchs(name: str, size: dict, device: str) -> dict[str, float]:
    import torch
    from torch_models import model_of

    from inspector.engine.cuda import precision

    tf32 = precision.current == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    half = precision.current == "half"
    casting = torch.autocast(device, torch.float16) if half else contextlib.nullcontext()
    model = model_of(name, size["blocks"]).eval().to(device)

    def ready(count):
        given = torch.tensor(batch_of(name, count), device=device)
        if name == "bert":
            return given
        return given.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)

    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    with torch.inference_mode(), casting:
        large, one = ready(size["large"]), ready(1)
        found = {
            "eager": fastest(lambda: model(large), wait),
            "eager_1": fastest(lambda: model(one), wait, repeats=50),
        }
        compiled = torch.compile(model, mode="reduce-overhead" if device == "cuda" else None)
        found["compiled_1"] = fastest(lambda: compiled(one), wait, repeats=50)
    return found
