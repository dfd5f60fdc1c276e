"""Convolutions on a GPU: cuDNN's graphs, and what runs where cuDNN does not.

The graphs are the real front end's; they are executed by a stand-in (cupy_stand_in/dnn.py).
"""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from case_runs import difference
from cupy_stand_in import blas as stand_in_blas
from cupy_stand_in import dnn as stand_in_dnn
from cupy_stand_in import namespace

from inspector import engine
from inspector.engine import REGISTRY, Tensor, array_module
from inspector.engine.cuda import blas, dispatch, dnn, precision
from inspector.engine.cuda.graph import GraphReplay
from inspector.engine.windows import all_places
from inspector.errors import EngineError

random = np.random.default_rng(0)
TOLERANCE = {"float32": 1e-6, "float16": 2e-3, "bfloat16": 2e-2}


@pytest.fixture
def on(monkeypatch):
    """`on(library)`: the stand-in's arrays, and this answer to the question for cuDNN."""
    dispatch.install(monkeypatch.setattr)

    monkeypatch.setattr(blas, "_cublas", stand_in_blas.library)

    def use(library):
        monkeypatch.setattr(array_module, "xp", namespace.xp)
        monkeypatch.setattr(dnn, "_library", lambda: library)
        dnn._plan.cache_clear()

    yield use
    dnn._plan.cache_clear()


# (space, kernel, strides, padding, dilation, groups)
SETTINGS = {
    "plain": ((5, 6), (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    "asymmetric": ((6, 7), (3, 2), (2, 2), ((0, 1), (1, 0)), (1, 1), 1),
    "dilated": ((7, 6), (2, 3), (1, 1), ((1, 0), (0, 2)), (2, 2), 1),
    "grouped": ((5, 5), (3, 3), (2, 1), ((1, 1), (0, 1)), (1, 1), 2),
    "pointwise": ((4, 5), (1, 1), (2, 1), ((0, 0), (0, 0)), (1, 1), 1),
    "one axis": ((9,), (3,), (2,), ((0, 1),), (1,), 1),
    "three axes": ((4, 3, 5), (2, 2, 3), (1, 2, 1), ((0, 1), (1, 0), (1, 1)), (1, 1, 2), 2),
}


def calls(setting, dtype):
    """The three maps of a setting: (primitive, arrays, constants)."""
    space, kernel, strides, padding, dilation, groups = setting
    wanted = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    fit = all_places(space, kernel, strides, padding, dilation)
    shapes = (2, *space, 4), (*kernel, 4 // groups, 6), (2, *fit, 6)
    x, w, g = (random.normal(size=shape).astype(wanted) for shape in shapes)
    how = {"strides": strides, "padding": padding, "dilation": dilation, "groups": groups}
    return [
        ("conv", (x, w), how),
        ("conv_input_grad", (g, w), {"size": space, **how}),
        ("conv_weight_grad", (x, g), {"kernel": kernel, **how}),
    ]


def run(name, arrays, constants):
    with engine.recording() as segment:
        made = REGISTRY[name](*[Tensor(array_module.xp.asarray(a)) for a in arrays], **constants)
    return made, segment.records[-1].implementation


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("setting", SETTINGS)
def test_cudnn_gives_what_numpy_gives(setting, dtype, on):
    trials = calls(SETTINGS[setting], dtype)
    right = [run(*trial)[0] for trial in trials]
    on(stand_in_dnn.library())

    for trial, wanted in zip(trials, right, strict=True):
        made, how = run(*trial)
        assert how == "cuDNN exact"
        assert difference(made, wanted, TOLERANCE[dtype]) == ""


@pytest.mark.parametrize("kind", ["no front end", "no engine"])
def test_what_cudnn_refuses_is_computed_by_cublas_and_said(kind, on):
    trials = calls(SETTINGS["grouped"], "float32")
    right = [run(*trial)[0] for trial in trials]
    missing = "the cuDNN front end is not installed"
    on(missing if kind == "no front end" else stand_in_dnn.library(refuses=True))
    said = missing if kind == "no front end" else "cudnnGraphNotSupportedError: no engine"

    for trial, wanted in zip(trials, right, strict=True):
        made, how = run(*trial)
        assert how.startswith(f"im2col: {said}")
        assert difference(made, wanted, 1e-6) == ""


def test_slices_that_begin_anywhere_are_moved_for_cudnn(on):
    on(stand_in_dnn.library())
    xp = array_module.xp
    for name, arrays, how in calls(SETTINGS["plain"], "float32"):
        held = [xp.asarray(np.concatenate([[0.0], a.ravel()]).astype("float32")) for a in arrays]
        slices = [h[1:].reshape(a.shape) for h, a in zip(held, arrays, strict=True)]

        made = REGISTRY[name](*map(Tensor, slices), **how)

        right = REGISTRY[name](*[Tensor(xp.asarray(a)) for a in arrays], **how)
        assert difference(made, right, 1e-6) == ""


@pytest.mark.parametrize("given", ["image", "weights"])
def test_captured_convolutions_put_constant_weights_in_order_once(given, on, monkeypatch):
    on(stand_in_dnn.library())
    xp = array_module.xp
    name, arrays, how = calls(SETTINGS["asymmetric"], "float32")[0]
    x, w = (Tensor(xp.asarray(a)) for a in arrays)
    with engine.recording() as segment:
        y = REGISTRY[name](x, w, **how)
    changed = x if given == "image" else w
    replay = GraphReplay(segment.records, given=[changed.id], wanted=[y.id])
    moved = [1 for call in replay._graph._capture.calls if "moveaxis" in str(call[1][:1])]
    other = xp.asarray(np.cos(changed.numpy()))

    found = replay.run({changed.id: other})[y.id]

    pair = (Tensor(other), w) if given == "image" else (x, Tensor(other))
    right = REGISTRY[name](*pair, **how)
    assert difference(Tensor(found), right, 1e-6) == ""
    assert len(moved) == (given == "weights")


@pytest.mark.parametrize(
    ("dtype", "padding"), [("float64", ((1, 1), (1, 1))), ("float32", ((0, -1), (0, 0)))]
)
def test_cudnn_is_not_asked_for_what_it_has_not(dtype, padding, on):
    space, kernel, strides, _, dilation, groups = SETTINGS["plain"]
    trial = calls((space, kernel, strides, padding, dilation, groups), dtype)[0]
    right, _ = run(*trial)
    on(stand_in_dnn.library())

    made, how = run(*trial)

    assert how == f"im2col: not for {dtype} or cropping padding"
    assert difference(made, right, 1e-6) == ""


def test_plans_are_made_once_per_geometry(on, monkeypatch):
    on(stand_in_dnn.library())
    made = []
    monkeypatch.setattr(dnn, "described", lambda *args: made.append(args) or 1 / 0)
    for trial in [calls(SETTINGS["plain"], "float32")[0]] * 3:
        _, how = run(*trial)

    assert how == "im2col: ZeroDivisionError: division by zero"
    assert len(made) == 1


NARROW = {"DOWN_CONVERT_INPUTS", "REDUCED_PRECISION_REDUCTION", "TENSOR_CORE"}


@pytest.mark.parametrize(
    ("switch", "dtype", "avoided"),
    [
        ("exact", "float32", {"NONDETERMINISTIC", *NARROW}),
        ("exact", "float16", {"NONDETERMINISTIC"}),
        ("tf32", "float32", {"NONDETERMINISTIC"}),
    ],
)
def test_exact_products_avoid_tensor_cores(switch, dtype, avoided, on, monkeypatch):
    library = stand_in_dnn.library()
    on(library)
    monkeypatch.setattr(precision, "current", switch)
    graphs = []
    made = library[0].pygraph
    library[0].pygraph = lambda **options: graphs.append(made(**options)) or graphs[-1]

    _, how = run(*calls(SETTINGS["plain"], dtype)[0])

    assert how == f"cuDNN {switch}"
    assert {note.name for note in graphs[0].avoided} == avoided


def test_half_rounds_the_operands_of_convolutions_and_products(on, monkeypatch):
    on(stand_in_dnn.library())
    monkeypatch.setattr(precision, "current", "half")
    a, b = (np.array([[1 + 2**-12, 2.0], [3.0, 4.0]], "float32") for _ in range(2))

    product, how = run("matmul", (a, b), {})
    conv, conv_how = run(*calls(SETTINGS["plain"], "float32")[0])

    assert (how, conv_how) == ("cuBLAS half", "cuDNN half")
    assert product.dtype == conv.dtype == np.float32
    assert product.numpy()[0, 0] == 7.0


def test_precision_is_chosen_by_the_environment(monkeypatch):
    monkeypatch.setattr(precision, "current", "exact")
    monkeypatch.setenv("CUPY_TF32", "0")
    monkeypatch.setenv(precision.VARIABLE, "tf32")
    assert precision.choose() == precision.current == "tf32"
    assert precision.os.environ["CUPY_TF32"] == "1"

    monkeypatch.setenv(precision.VARIABLE, "double")
    with pytest.raises(EngineError, match="'double'"):
        precision.choose()
