"""The CUDA kernels: compiled for two GPUs, and run by the host on drawn shapes against NumPy.

What only a GPU can show (its own exp and sqrt, warps running at once, speed): ./dev gpu-check.
"""

from __future__ import annotations

from contextlib import contextmanager

import ml_dtypes
import numpy as np
import nvrtc
import pytest
from case_runs import difference
from cupy_stand_in import array, kernels, namespace
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector import engine
from inspector.engine import REGISTRY, Tensor, array_module
from inspector.engine.cuda import dispatch, launch
from inspector.engine.windows import all_places

ARCHITECTURES = ("sm_80", "sm_90")
TOLERANCE = {"float32": 2e-5, "float64": 1e-11, "float16": 4e-3, "bfloat16": 3e-2}
trials = settings(max_examples=25, deadline=None)
dtypes = st.sampled_from(["float32", "float64"])


@pytest.fixture(scope="module", autouse=True)
def _dispatched():
    """Kernels in front of the primitives, for as long as this module's tests run."""
    with pytest.MonkeyPatch.context() as patch:
        dispatch.install(patch.setattr)
        yield


@contextmanager
def stand_in():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(array_module, "xp", namespace.xp)
        yield namespace.xp


def run(name, arrays, constants):
    """The outputs, and what the op record says of how they were computed."""
    with engine.recording() as segment:
        made = REGISTRY[name](*[Tensor(array_module.xp.asarray(a)) for a in arrays], **constants)
    return list(made) if isinstance(made, tuple) else [made], segment.records[-1].implementation


def check(name, arrays, constants, kernel=None):
    """That the primitive's kernel runs, and gives what NumPy gives."""
    right, plain = run(name, arrays, constants)
    assert plain == ""
    with stand_in():
        found, how = run(name, arrays, constants)
        assert how == f"kernel {kernel or name}"
        tolerance = TOLERANCE[arrays[0].dtype.name]
        assert [difference(*pair, tolerance) for pair in zip(found, right, strict=True)] == [""] * (
            len(right)
        )


def noise(draw, shape, dtype):
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    return generator.normal(size=shape).astype(dtype)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("file", launch.FILES)
def test_kernels_compile_for_gpus(file, architecture):
    for stored in launch.STORED.values():
        code = launch.source(file, stored)
        assert nvrtc.compiled(code, architecture) == ""


def test_compiler_names_what_is_wrong():
    said = nvrtc.compiled('extern "C" __global__ void f(int* x) { *x = y; }', "sm_90")

    assert 'identifier "y" is undefined' in said


@st.composite
def windows(draw):
    """(input shape, constants of a pooling), with a place for at least one whole window."""
    rank = draw(st.integers(1, 3))
    axes = st.lists(st.integers(1, 3), min_size=rank, max_size=rank).map(tuple)
    size, strides = draw(axes), draw(axes)
    padding = tuple((draw(st.integers(0, n - 1)), draw(st.integers(0, n - 1))) for n in size)
    space = tuple(n + draw(st.integers(0, 4)) for n in size)
    shape = (draw(st.integers(1, 2)), *space, draw(st.integers(1, 3)))
    return shape, {"size": size, "strides": strides, "padding": padding}


@trials
@given(windows(), dtypes, st.data())
def test_pooling_kernels_give_what_numpy_gives(window, dtype, data):
    shape, how = window
    # Few different values: windows with several largest ones.
    x = data.draw(st.just(np.round(noise(data.draw, shape, dtype) * 2)))
    fit = all_places(shape[1:-1], *how.values(), (1,) * len(how["size"]))
    g = noise(data.draw, (shape[0], *fit, shape[-1]), dtype)

    check("max_pool", [x], how)
    check("max_pool_grad", [g, x], how)
    check("max_pool_pick", [noise(data.draw, shape, dtype), x], how)
    check("average_pool", [x], how)
    check("average_pool_grad", [g], {"space": shape[1:-1], **how})


def test_maxima_with_nan_are_nan_and_pass_no_gradient():
    x = np.arange(8.0, dtype="float32").reshape(1, 8, 1)
    x[0, 3] = np.nan

    check("max_pool", [x], POOL)
    check("max_pool_grad", [np.ones((1, 4, 1), "float32"), x], POOL)
    check("max_pool_pick", [np.ones((1, 8, 1), "float32"), x], POOL)


@trials
@given(st.data(), dtypes, st.integers(1, 3), st.integers(1, 2))
def test_depthwise_kernels_give_what_numpy_gives(data, dtype, rank, many):
    axes = st.lists(st.integers(1, 3), min_size=rank, max_size=rank).map(tuple)
    kernel, strides, dilation = data.draw(axes), data.draw(axes), data.draw(axes)
    padding = tuple((data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))) for _ in kernel)
    space = tuple(
        (n - 1) * step + 1 + data.draw(st.integers(0, 4))
        for n, step in zip(kernel, dilation, strict=True)
    )
    channels = data.draw(st.integers(2, 3))
    how = {"strides": strides, "padding": padding, "dilation": dilation, "groups": channels}
    x = noise(data.draw, (2, *space, channels), dtype)
    w = noise(data.draw, (*kernel, 1, channels * many), dtype)
    fit = all_places(space, kernel, strides, padding, dilation)
    g = noise(data.draw, (2, *fit, channels * many), dtype)

    check("conv", [x, w], how, "depthwise")
    check("conv_input_grad", [g, w], {"size": space, **how}, "depthwise")
    check("conv_weight_grad", [x, g], {"kernel": kernel, **how}, "depthwise")


@trials
@given(st.data(), dtypes, st.integers(1, 3), st.sampled_from([1, 2, 31, 33, 129, 700]))
def test_row_kernels_give_what_numpy_gives(data, dtype, rows, width):
    x, g = (noise(data.draw, (rows, width), dtype) * 3 for _ in range(2))
    scale, offset = (noise(data.draw, (width,), dtype) for _ in range(2))
    centered, has_scale, has_offset = (data.draw(st.booleans()) for _ in range(3))
    how = {"epsilon": 1e-3, "centered": centered, "has_scale": has_scale}
    vectors = [v for v, has in ((scale, has_scale), (offset, has_offset)) if has]

    check("softmax", [x], {"axis": data.draw(st.sampled_from([0, -1]))})
    check("log_softmax", [x], {"axis": -1}, "softmax")
    check("softmax_grad", [g, x], {"axis": -1})
    check("log_softmax_grad", [g, x], {"axis": 0}, "softmax_grad")
    check("layer_norm", [x, *vectors], {"has_offset": has_offset, **how})
    check("layer_norm_grad", [g, x, *vectors[: int(has_scale)]], how)
    check("moments", [x], {"axis": (1,)})


@trials
@given(st.data(), dtypes, st.integers(1, 90), st.integers(1, 40))
def test_column_kernels_give_what_numpy_gives(data, dtype, rows, width):
    x, g = (noise(data.draw, (rows, 2, width), dtype) for _ in range(2))
    vectors = [noise(data.draw, (1, 1, width), dtype) for _ in range(4)]
    vectors[1] = vectors[1] ** 2
    has_scale, has_offset = data.draw(st.booleans()), data.draw(st.booleans())
    given = vectors[: 2 + has_scale] + vectors[3:] * has_offset
    how = {"epsilon": 1e-3, "has_scale": has_scale, "has_offset": has_offset}

    check("moments", [x + 5], {"axis": (0, 1)})
    check("channel_sums", [g, x, vectors[0]], {"axis": 2})
    check("batch_norm", [x, *given], {"axis": 2, **how})
    check("scale_shift", [x, *vectors[:2]], {})
    first = [v.reshape(1, width, 1) for v in given]
    check("batch_norm", [x.transpose(0, 2, 1), *first], {"axis": 1, **how})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("has_bias", [False, True])
@pytest.mark.parametrize("has_mask", [False, True])
def test_attention_through_the_softmax_kernel_gives_what_numpy_gives(
    dtype, causal, has_bias, has_mask
):
    random = np.random.default_rng(0)
    shapes = (2, 5, 3, 4), (2, 6, 3, 4), (2, 6, 3, 7)
    arrays = [random.normal(size=shape).astype(dtype) for shape in shapes]
    arrays += [random.normal(size=(2, 3, 5, 6)).astype(dtype)] * has_bias
    arrays += [random.normal(size=(2, 1, 5, 6)) > 0] * has_mask
    how = {"scale": 0.5, "causal": causal, "has_bias": has_bias, "has_mask": has_mask}

    check("attention", arrays, how, "softmax")


@pytest.mark.parametrize("spread", [1e-3, 1e3])
def test_variances_keep_their_digits_far_from_zero(spread):
    """The first value of a piece is taken off: also where it is the odd one out."""
    x = np.random.default_rng(0).normal(size=(400, 3)) * spread + 1e4
    x[0] = -1e6
    with stand_in():
        found, _ = run("moments", [x.astype("float32")], {"axis": (0,)})
    right = x.astype("float32").astype("float64").var(axis=0)

    np.testing.assert_allclose(found[1].data.get()[0], right, rtol=1e-5)


@trials
@given(
    st.data(),
    st.sampled_from(["bool", "int16", "float32", "float64"]),
    st.sampled_from(["int32", "int64"]),
    st.integers(0, 2),
)
def test_gather_kernels_give_what_numpy_gives(data, dtype, index, axis):
    x = data.draw(st.just((noise(data.draw, (3, 4, 5), "float64") * 9).astype(dtype)))
    size = x.shape[axis]
    some = st.lists(st.integers(-size, size - 1), min_size=1, max_size=6)
    numbers = np.array([data.draw(some)], index)
    with stand_in():
        found, how = run("take", [x, numbers], {"axis": axis})

    assert how == "kernel gather"
    np.testing.assert_array_equal(found[0].data.get(), np.take(x, numbers, axis=axis))


@pytest.mark.parametrize("wrong", [-4, 3])
def test_gather_says_which_index_is_wrong(wrong):
    with stand_in(), pytest.raises(IndexError, match=f"index {wrong} is out of range"):
        run("take", [np.ones((3, 2)), np.array([0, wrong])], {"axis": 0})


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_narrow_floats_are_computed_in_float32_and_rounded_once(dtype):
    wanted = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    x = np.random.default_rng(1).normal(size=(4, 9)).astype(wanted)
    exact = x.astype("float64")
    exact = np.exp(exact - exact.max(-1, keepdims=True))
    with stand_in():
        found, how = run("softmax", [x], {"axis": -1})

    assert how == "kernel softmax"
    right = (exact / exact.sum(-1, keepdims=True)).astype(wanted)
    np.testing.assert_array_equal(found[0].data.get(), right)


POOL = {"size": (2,), "strides": (2,), "padding": ((0, 0),)}


@pytest.mark.parametrize(
    ("name", "arrays", "constants"),
    [
        ("max_pool", [np.arange(6).reshape(1, 6, 1)], POOL),
        ("softmax", [np.zeros((0, 3))], {"axis": -1}),
        ("moments", [np.ones((2, 3, 4))], {"axis": (1,)}),
        ("scale_shift", [np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 3))], {}),
        ("take", [np.ones((3, 2)), np.array([1], "uint8")], {"axis": 0}),
    ],
)
def test_what_no_kernel_takes_is_left_to_the_function_for_both(name, arrays, constants):
    before = kernels.started.copy()
    with stand_in():
        _, how = run(name, arrays, constants)

    assert how == ""
    assert kernels.started == before


KERNEL = '#define LOCKSTEP\nextern "C" __global__ void f(float* x, int n) {{ {} }}'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("x[n] = 1;", "wrote beside"),
        ("if (threadIdx.x) __syncthreads();", "some threads of a warp"),
        ("if (threadIdx.x >= 32) __syncthreads();", "some threads of a block"),
    ],
)
def test_stand_in_finds_kernels_that_are_wrong(body, said):
    kernel = kernels.RawModule(code=KERNEL.format(body)).get_function("f")

    with pytest.raises(kernels.KernelFault, match=said):
        kernel((1,), (64,), (namespace.xp.zeros(4, "float32"), np.int32(4)))


# The third guards nothing yet: no kernel takes a maximum after another use of `shared`.
@pytest.mark.parametrize("number", [1, 2, 4])
def test_stand_in_finds_a_barrier_that_is_missing(number):
    """Each barrier of the row kernels in turn is left out."""
    code = launch.source("rows", 0)
    parts = code.split("__syncthreads();")
    assert len(parts) == 5
    parts[number - 1 : number + 1] = ["".join(parts[number - 1 : number + 1])]
    x = np.random.default_rng(0).normal(size=(2, 700)).astype("float32")
    found = []
    for text in (code, "__syncthreads();".join(parts)):
        y = namespace.xp.empty(x.shape, "float32")
        kernel = kernels.RawModule(code=text).get_function("softmax")
        kernel((2,), (256,), (namespace.xp.asarray(x), y, np.int32(700), np.int32(0)))
        found.append(y.get())

    assert not np.allclose(*found, rtol=1e-4)


@pytest.mark.parametrize(
    "args",
    [
        (np.zeros(4, "float32"), np.int32(1)),
        (array.ndarray(np.zeros(4)), np.int32(1)),
        (array.ndarray(np.zeros((4, 2), "float32")[:, 0]), np.int32(1)),
        (array.ndarray(np.zeros(4, "float32")), 1),
        (array.ndarray(np.zeros(4, "float32")), np.int64(1)),
        (array.ndarray(np.zeros(4, "float32")),),
    ],
)
def test_stand_in_refuses_operands_that_a_kernel_would_misread(args):
    kernel = kernels.RawModule(code=KERNEL.format("x[0] = n;")).get_function("f")

    with pytest.raises(kernels.KernelFault):
        kernel((1,), (1,), args)
