"""Our arithmetic against torch's on the same device: forward and gradients, in float32.

Each trial is a pair of functions of the same arrays, one on Keras' functions over our engine and
one on torch's; both get the same seed for the gradients. Torch's products are exact ones here.
"""

from __future__ import annotations

import functools

import numpy as np

random = np.random.default_rng(7)
TOLERANCE = 2e-5


def noise(*shape):
    return random.normal(size=shape).astype("float32")


IMAGE, KERNEL, GROUPED, DEEP = (
    noise(4, 14, 15, 8),
    noise(3, 3, 8, 6),
    noise(3, 3, 4, 6),
    noise(3, 3, 8, 2),
)
ROWS, SCALE, OFFSET = noise(6, 5, 33), noise(33), noise(33)
LEFT, RIGHT = noise(4, 7, 9), noise(4, 9, 5)
HEADS = [noise(2, 6, 3, 8) for _ in range(3)]
TABLE, NUMBERS = noise(11, 5), random.integers(0, 11, size=(3, 4))


def trials(ops, torch):
    """Name: (arrays, ours, torch's). Arrays of whole numbers are given to both as they are."""
    f = torch.nn.functional

    def first(x):
        return x.permute(0, 3, 1, 2)

    def last(x):
        return x.permute(0, 2, 3, 1)

    def filters(w):
        return w.permute(3, 2, 0, 1)

    def conv(x, w, **how):
        return last(f.conv2d(first(x), filters(w), **how))

    def depthwise(x, w):
        weights = w.permute(2, 3, 0, 1).reshape(-1, 1, *w.shape[:2])
        return last(f.conv2d(first(x), weights, padding=1, groups=w.shape[2]))

    def transposed(x, w):
        weights = w.permute(3, 2, 0, 1)
        return last(f.conv_transpose2d(first(x), weights, stride=2))

    unary = [
        "relu",
        "gelu",
        "silu",
        "sigmoid",
        "softplus",
        "elu",
        "leaky_relu",
        "tanh",
        "hard_tanh",
    ]
    theirs = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "hard_tanh": f.hardtanh}
    found = {
        name: ([ROWS], getattr(ops, name), theirs.get(name) or getattr(f, name)) for name in unary
    }
    # Keras' defaults differ from torch's in these.
    found["gelu"] = ([ROWS], lambda x: ops.gelu(x, approximate=False), f.gelu)
    found["leaky_relu"] = ([ROWS], lambda x: ops.leaky_relu(x, 0.01), f.leaky_relu)
    return found | {
        "conv": (
            [IMAGE, KERNEL],
            lambda x, w: ops.conv(x, w, 1, "same"),
            lambda x, w: conv(x, w, padding=1),
        ),
        "conv strided": (
            [IMAGE, KERNEL],
            lambda x, w: ops.conv(x, w, 2),
            lambda x, w: conv(x, w, stride=2),
        ),
        "conv dilated": (
            [IMAGE, KERNEL],
            lambda x, w: ops.conv(x, w, dilation_rate=2),
            lambda x, w: conv(x, w, dilation=2),
        ),
        "conv grouped": (
            [IMAGE, GROUPED],
            lambda x, w: ops.conv(x, w),
            lambda x, w: conv(x, w, groups=2),
        ),
        "conv asymmetric": (
            [IMAGE[:, :, :14], KERNEL],
            lambda x, w: ops.conv(x, w, 2, "same"),
            lambda x, w: last(f.conv2d(f.pad(first(x), (0, 1, 0, 1)), filters(w), stride=2)),
        ),
        "depthwise": ([IMAGE, DEEP], lambda x, w: ops.depthwise_conv(x, w, 1, "same"), depthwise),
        "conv transposed": (
            [IMAGE, noise(3, 3, 6, 8)],
            lambda x, w: ops.conv_transpose(x, w, 2),
            transposed,
        ),
        "max_pool": (
            [IMAGE],
            lambda x: ops.max_pool(x, 3, 2),
            lambda x: last(f.max_pool2d(first(x), 3, 2)),
        ),
        "average_pool": (
            [IMAGE],
            lambda x: ops.average_pool(x, 2, 2),
            lambda x: last(f.avg_pool2d(first(x), 2, 2)),
        ),
        "softmax": ([ROWS], ops.softmax, lambda x: f.softmax(x, -1)),
        "softmax of the first axis": (
            [ROWS],
            lambda x: ops.softmax(x, axis=0),
            lambda x: f.softmax(x, 0),
        ),
        "log_softmax": ([ROWS], ops.log_softmax, lambda x: f.log_softmax(x, -1)),
        "layer_norm": (
            [ROWS, SCALE, OFFSET],
            lambda x, a, b: ops.layer_normalization(x, a, b, epsilon=1e-5),
            lambda x, a, b: f.layer_norm(x, (33,), a, b, 1e-5),
        ),
        "rms_norm": (
            [ROWS, SCALE],
            lambda x, a: ops.rms_normalization(x, a, epsilon=1e-5),
            lambda x, a: f.rms_norm(x, (33,), a, 1e-5),
        ),
        "batch_norm in training": (
            [IMAGE, noise(8), noise(8)],
            lambda x, a, b: ops.batch_normalization(x, *ops.moments(x, [0, 1, 2]), -1, b, a, 1e-5),
            lambda x, a, b: last(f.batch_norm(first(x), None, None, a, b, True, eps=1e-5)),
        ),
        "matmul": ([LEFT, RIGHT], ops.matmul, torch.matmul),
        "einsum": (
            [LEFT, RIGHT],
            lambda a, b: ops.einsum("bij,bjk->ikb", a, b),
            lambda a, b: torch.einsum("bij,bjk->ikb", a, b),
        ),
        "attention": (
            HEADS,
            lambda q, k, v: ops.dot_product_attention(q, k, v),
            lambda *qkv: f.scaled_dot_product_attention(
                *[t.transpose(1, 2) for t in qkv]
            ).transpose(1, 2),
        ),
        "embedding": (
            [TABLE, NUMBERS],
            lambda t, n: ops.take(t, n, axis=0),
            lambda t, n: f.embedding(n, t),
        ),
        "cross entropy": (
            [ROWS[:, 0], np.arange(6)],
            lambda x, n: ops.sparse_categorical_crossentropy(n, x, from_logits=True),
            lambda x, n: f.cross_entropy(x, n, reduction="none"),
        ),
        "variance": ([ROWS], lambda x: ops.var(x, 1), lambda x: x.var(1, correction=0)),
        "cumsum": ([ROWS], lambda x: ops.cumsum(x, 1), lambda x: x.cumsum(1)),
        "sort": ([ROWS], lambda x: ops.sort(x, -1), lambda x: x.sort(-1).values),
        "solve": (
            [noise(3, 4, 4) + 4 * np.eye(4, dtype="float32"), noise(3, 4, 2)],
            ops.linalg.solve,
            torch.linalg.solve,
        ),
    }


@functools.cache
def _trials() -> dict:
    """The trials; those that torch is needed for are all of them."""
    import torch
    from keras_runs import keras

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    return trials(keras.ops, torch)


def trial_names() -> list[str]:
    """What can be tried; without torch one trial, which says so."""
    try:
        return list(_trials())
    except ImportError:
        return ["torch"]


def trial_of(name: str, device: str) -> str:
    """What differs; torch computes on `device`, we on the array module of the moment."""
    import torch

    arrays, ours, theirs = _trials()[name]
    return differing(_ours(arrays, ours), _torchs(arrays, theirs, device, torch))


def seed_for(shape):
    return np.random.default_rng(1).normal(size=shape).astype("float32")


def _ours(arrays, function):
    """The output and the gradients by the floating inputs, on the host."""
    from case_runs import upload

    from inspector import engine
    from inspector.engine import autodiff

    inputs = [upload(np.ascontiguousarray(a)) for a in arrays]
    with engine.recording() as segment:
        y = function(*inputs)
    sources = [t for t in inputs if t.dtype.kind == "f"]
    seed = upload(seed_for(y.shape))
    found = [y, *autodiff.gradients(y, sources, segment.records, seed=seed)]
    return [t.numpy() for t in found]


def _torchs(arrays, function, device, torch):
    inputs = [torch.tensor(np.ascontiguousarray(a), device=device) for a in arrays]
    sources = [t.requires_grad_() for t in inputs if t.is_floating_point()]
    y = function(*inputs)
    y.backward(torch.tensor(seed_for(tuple(y.shape)), device=device))
    return [t.detach().cpu().numpy() for t in (y, *[t.grad for t in sources])]


def differing(found, right) -> str:
    """What two lists of arrays differ in; empty where they agree."""
    said = []
    for number, (one, other) in enumerate(zip(found, right, strict=True)):
        if one.shape != other.shape:
            said.append(f"result {number}: {one.shape}, not {other.shape}")
            continue
        off = np.abs(one - other).max() / max(1.0, np.abs(other).max())
        if not off <= TOLERANCE:
            said.append(f"result {number}: off by {off:.1e}")
    return "; ".join(said)
