"""Functions of `keras.ops` that are compared with Keras on torch: images, transforms, matrices.

`CASES` maps a name to `function(ops, values)`, where `values` are the same numbers on both sides.
"""

import numpy as np

G = np.random.default_rng(3)
VALUES = {
    "images": G.uniform(size=(2, 9, 12, 3)).astype("float32"),
    "signal": G.normal(size=(2, 96)).astype("float32"),
    "square": (G.normal(size=(2, 4, 4)) + 3 * np.eye(4)).astype("float32"),
    "tall": G.normal(size=(5, 3)).astype("float32"),
    "right": G.normal(size=(2, 4, 2)).astype("float32"),
    "places": G.uniform(-4, 13, size=(2, 30)).astype("float32"),
    "affine": np.array(
        [[0.913, 0.207, -1.31, 0.11, 1.13, 2.03, 0, 0], [1, 0, 3.3, 0, 1, -2.2, 0, 0]], "float32"
    ),
    "corners": np.array([[0, 0], [11, 0], [0, 8], [11, 8]], "float32"),
    "moved": np.array([[1, 1], [10, 0], [0, 7], [11, 8]], "float32"),
}
VALUES["positive"] = VALUES["square"] @ VALUES["square"].transpose(0, 2, 1) + np.eye(
    4, dtype="float32"
)

FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")

CASES = {
    "rgb_to_grayscale": lambda ops, v: ops.image.rgb_to_grayscale(v["images"]),
    "rgb_to_hsv": lambda ops, v: ops.image.rgb_to_hsv(v["images"]),
    "hsv_to_rgb": lambda ops, v: ops.image.hsv_to_rgb(v["images"]),
    **{
        f"resize {how} {size}": lambda ops, v, how=how, size=size: ops.image.resize(
            v["images"], size, interpolation=how
        )
        for how in ("nearest", "bilinear")
        for size in ((5, 6), (20, 7))
    },
    "resize antialiased": lambda ops, v: ops.image.resize(v["images"], (5, 6), antialias=True),
    "resize cropped": lambda ops, v: ops.image.resize(
        v["images"], (5, 5), crop_to_aspect_ratio=True
    ),
    "resize padded": lambda ops, v: ops.image.resize(
        v["images"], (5, 5), pad_to_aspect_ratio=True, fill_value=0.5
    ),
    **{
        f"affine_transform {how} {mode}": lambda ops, v, how=how, mode=mode: (
            ops.image.affine_transform(
                v["images"], v["affine"], interpolation=how, fill_mode=mode, fill_value=0.3
            )
        )
        for how in ("nearest", "bilinear")
        for mode in FILL_MODES
    },
    **{
        f"map_coordinates {order} {mode}": lambda ops, v, order=order, mode=mode: (
            ops.image.map_coordinates(v["images"][0, :, :, 0], v["places"], order, mode, 0.4)
        )
        for order in (0, 1)
        for mode in FILL_MODES
    },
    "perspective_transform": lambda ops, v: ops.image.perspective_transform(
        v["images"], v["corners"], v["moved"], fill_value=0.2
    ),
    # At the border of sobel_edges torch takes zeros, the other backends (and ours) the border's
    # own pixels. Without a data format gaussian_blur on torch takes channels first.
    "gaussian_blur": lambda ops, v: ops.image.gaussian_blur(
        v["images"], (5, 5), (1.5, 0.7), data_format="channels_last"
    ),
    "sobel_edges inside": lambda ops, v: ops.image.sobel_edges(v["images"])[:, 1:-1, 1:-1],
    "scale_and_translate": lambda ops, v: ops.image.scale_and_translate(
        v["images"],
        (2, 7, 9, 3),
        np.array([0.7, 0.8], "float32"),
        np.array([0.3, -1.0], "float32"),
        (1, 2),
        "linear",
    ),
    "fft": lambda ops, v: ops.fft((v["signal"], v["signal"][::-1].copy())),
    "fft2": lambda ops, v: ops.fft2((v["square"], v["square"])),
    "ifft2": lambda ops, v: ops.ifft2((v["square"], v["square"])),
    "rfft": lambda ops, v: ops.rfft(v["signal"], fft_length=64),
    "irfft": lambda ops, v: ops.irfft((v["signal"], v["signal"]), fft_length=90),
    "stft": lambda ops, v: ops.stft(v["signal"], 16, 4, 20),
    "stft hamming": lambda ops, v: ops.stft(v["signal"], 16, 8, 16, "hamming", center=False),
    "extract_sequences": lambda ops, v: ops.extract_sequences(v["signal"], 16, 5),
    "erf": lambda ops, v: ops.erf(v["signal"] * 3),
    "erfinv": lambda ops, v: ops.erfinv(np.tanh(v["signal"])),
    "rsqrt": lambda ops, v: ops.rsqrt(np.abs(v["signal"]) + 0.1),
    "logsumexp": lambda ops, v: ops.logsumexp(v["signal"], axis=1),
    "logdet": lambda ops, v: ops.logdet(v["positive"]),
    "top_k": lambda ops, v: ops.top_k(v["signal"], 5)[0],
    "in_top_k": lambda ops, v: ops.in_top_k(np.array([3, 9]), v["signal"], 40),
    "segment_sum": lambda ops, v: ops.segment_sum(v["tall"], np.array([0, 2, 0, 1, 2]), 4),
    "segment_max": lambda ops, v: ops.segment_max(v["tall"], np.array([0, 2, 0, 1, 2]), 3),
    "cholesky": lambda ops, v: ops.cholesky(v["positive"]),
    "det": lambda ops, v: ops.det(v["square"]),
    "inv": lambda ops, v: ops.inv(v["square"]),
    "eigh": lambda ops, v: ops.eigh(v["positive"])[0],
    "solve": lambda ops, v: ops.solve(v["square"], v["right"]),
    "solve_triangular": lambda ops, v: ops.solve_triangular(v["square"], v["right"], lower=True),
    "lstsq": lambda ops, v: ops.lstsq(v["tall"], v["tall"][:, :1] * 2 + 1),
    "svd": lambda ops, v: ops.svd(v["tall"])[1],
    "pinv": lambda ops, v: ops.linalg.pinv(v["tall"]),
    "lu_factor": lambda ops, v: ops.lu_factor(v["square"])[0],
    **{
        f"norm {order} {axis}": lambda ops, v, order=order, axis=axis: ops.norm(
            v["square"], ord=order, axis=axis
        )
        for axis, orders in (
            ((1, 2), (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)),
            (-1, (None, 0, 1, 2, 3, np.inf, -np.inf)),
        )
        for order in orders
    },
}


def flat(result):
    """A function's results as a list."""
    return list(result) if isinstance(result, tuple | list) else [result]
