"""Each sample model through the real command: it opens, runs and shows what it was made to show.

This is the promise of Inspector in one file: a real worker process, real Keras on our engine, no
window. What a sample must show is in SAMPLES; a sample without a row fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Shows:
    """What the trace of a sample must hold.

    models:  names of the models that the file builds, and of layers it calls on their own.
    frames:  pairs (layer, layer it is called in) by name.
    runs:    kinds of run.
    losses:  kinds of losses, each somewhere.
    mask:    (layer it is born at, what happens to it, layer where).
    failure: (layer, word in the message).
    """

    models: tuple[str, ...]
    frames: tuple[tuple[str, str], ...] = ()
    runs: tuple[str, ...] = ("forward",)
    losses: tuple[str, ...] = ()
    mask: tuple[str, str, str] | None = None
    failure: tuple[str, str] | None = None


TRAINED = ("forward", "train_step")
SAMPLES = {
    "custom_linear": Shows(("linear", "two_linear"), (("linear_1", "two_linear"),)),
    "running_sum": Shows(("running_sum", "sum_of_dense")),
    "nested_mlp": Shows(("tower",), (("block_1", "tower"), ("expand", "block_1"))),
    "regularizers": Shows(
        ("regularized",),
        runs=("build", "train_step"),
        losses=(
            "compiled",
            "add_loss",
            "kernel_regularizer",
            "bias_regularizer",
            "activity_regularizer",
        ),
    ),
    "vae": Shows(
        ("vae",),
        (("encoder", "vae"), ("sampling", "encoder"), ("decoder", "vae")),
        runs=TRAINED,
        losses=("compiled", "add_loss"),
    ),
    "vae_tensorflow": Shows(
        ("autoencoder", "fitted"),
        (("encoder", "autoencoder"), ("sampling", "encoder"), ("decoder", "fitted")),
        runs=("train_step",),
        losses=("compiled", "add_loss"),
    ),
    "resnet_blocks": Shows(("small_resnet",), (("project", "block_2"),), runs=TRAINED),
    "masked_lstm": Shows(
        ("masked_lstm",), runs=("build", *TRAINED), mask=("tokens", "used", "reader")
    ),
    "multi_input": Shows(
        ("tickets",), (("together", "tickets"),), runs=("build", *TRAINED), losses=("compiled",)
    ),
    "shared_layer": Shows(("siamese", "encoder"), (("code", "encoder"), ("encoder", "siamese"))),
    "sequential_cnn": Shows(("cnn",), (("conv2d_1", "cnn"),), runs=("train_step",)),
    # `call` makes an Add each time; add_1 belongs to the symbolic run that Keras builds by.
    "skip_connection": Shows(("skip_model",), (("add_1", "skip"), ("add_3", "skip"))),
    "conditional_dropout": Shows(("classifier",), (("dropout", "classifier"),)),
    "text_vectorization": Shows(("words", "reviews"), (("words", "reviews"),)),
    "transformer_block": Shows(
        ("transformer",), (("attention", "block"),), mask=("tokens", "used", "attention")
    ),
    "broken_last_axis": Shows(("reader",), failure=("project", "16")),
    "broken_concat_axis": Shows(("classifier",), failure=("split_signs", "12")),
    # Its training step is NaN all through, which tests/docs_pages look at.
    "broken_log_of_zero": Shows(("log_of_zero",), runs=("build",)),
    "broken_mask_lost": Shows(("mask_lost",), mask=("tokens", "dropped", "scale")),
}


def _those(wanted: Callable[[Shows], object]) -> list[Any]:
    """Names of samples as parameters; a sample's tests share a process, and so its one trace."""
    return [
        pytest.param(name, marks=pytest.mark.xdist_group(name))
        for name, shows in SAMPLES.items()
        if wanted(shows)
    ]


FILES = sorted((ROOT / "sample_models").glob("*.py"))


@pytest.fixture(scope="module")
def trace_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """`trace_of("vae")` runs `inspector run` on that sample, once, and reads its trace."""
    finished: dict[str, tuple[subprocess.CompletedProcess[str], Path]] = {}

    def read(name: str) -> dict[str, Any]:
        if name not in finished:
            finished[name] = _run(name, tmp_path_factory.mktemp(name))
        result, out = finished[name]
        expected = 0 if SAMPLES[name].failure is None else 1
        assert expected == result.returncode, result.stdout + result.stderr
        trace: dict[str, Any] = json.loads(out.read_text())
        return trace

    return read


def _run(name: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], Path]:
    out = folder / "trace.json"
    file = str(ROOT / "sample_models" / f"{name}.py")
    command = [sys.executable, "-m", "inspector", "run", file, "--ops", "--json", str(out)]
    result = subprocess.run(
        command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    return result, out


def _calls(trace: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for run in trace["runs"]:
        yield from run["calls"]


def _layer(call_id: str | None) -> str:
    """`encoder/hidden#1` is a call of `hidden`."""
    return (call_id or "").rpartition("#")[0].rpartition("/")[2]


def test_every_sample_has_a_row() -> None:
    assert {file.stem for file in FILES} == set(SAMPLES)


@pytest.mark.parametrize("name", _those(lambda shows: True))
def test_sample_shows_its_models_frames_and_runs(
    trace_of: Callable[[str], dict[str, Any]], name: str
) -> None:
    trace, shows = trace_of(name), SAMPLES[name]

    frames = {(call["name"], _layer(call["parent"])) for call in _calls(trace)}
    assert set(shows.models) == {model["name"] for model in trace["models"]}
    assert set(shows.frames) <= frames
    assert set(shows.runs) <= {run["kind"] for run in trace["runs"]}


@pytest.mark.parametrize("name", _those(lambda shows: True))
def test_sample_has_ids_and_shapes_and_lines_in_place(
    trace_of: Callable[[str], dict[str, Any]], name: str
) -> None:
    trace = trace_of(name)

    for run in trace["runs"]:
        ids = [call["id"] for call in run["calls"]]
        assert len(ids) == len(set(ids))
        assert {call["parent"] for call in run["calls"]} <= {None, *ids}
        assert {edge["target"] for edge in run["edges"]} <= set(ids)
        assert {edge["source"] for edge in run["edges"]} <= {None, *ids}
    assert any(call["file"] and call["file"].endswith(f"{name}.py") for call in _calls(trace))
    assert all(
        output["shape"] is not None and None not in output["shape"]
        for run in trace["runs"]
        if run["kind"] != "build"
        for call in run["calls"]
        for output in call["outputs"]
    )


@pytest.mark.parametrize("name", _those(lambda shows: shows.losses))
def test_sample_names_its_losses_and_they_add_up(
    trace_of: Callable[[str], dict[str, Any]], name: str
) -> None:
    steps = [run for run in trace_of(name)["runs"] if run["kind"] == "train_step"]

    assert set(SAMPLES[name].losses) <= {row["kind"] for run in steps for row in run["losses"]}
    for run in steps:
        total = sum(row["value"] * row["weight"] for row in run["losses"])
        assert total == pytest.approx(run["total_loss"], rel=1e-5)
        assert all(row["owner"] for row in run["losses"])


@pytest.mark.parametrize("name", _those(lambda shows: "train_step" in shows.runs))
def test_sample_lists_the_updates_of_its_training_steps(
    trace_of: Callable[[str], dict[str, Any]], name: str
) -> None:
    steps = [run for run in trace_of(name)["runs"] if run["kind"] == "train_step"]

    for run in steps:
        assert run["updates"]
        assert any(update["gradient_norm"] for update in run["updates"])
        assert any(update["delta_norm"] > 0 for update in run["updates"])


@pytest.mark.parametrize("name", _those(lambda shows: shows.mask))
def test_sample_shows_the_life_of_its_mask(
    trace_of: Callable[[str], dict[str, Any]], name: str
) -> None:
    born, what, where = SAMPLES[name].mask

    lives = {
        (_layer(mask["born_at"]), event["what"], _layer(event["call"]))
        for run in trace_of(name)["runs"]
        if run["kind"] != "build"
        for mask in run["masks"]
        for event in mask["events"]
    }
    # The thread of a mask goes through its merges; where it was born is told by the first.
    assert any(place == where and event == what for _, event, place in lives), lives
    assert any(birth == born for birth, _, _ in lives), lives


@pytest.mark.parametrize("name", _those(lambda shows: shows.failure))
def test_broken_sample_keeps_the_graph_up_to_the_failing_call(
    trace_of: Callable[[str], dict[str, Any]], name: str
) -> None:
    layer, word = SAMPLES[name].failure

    run = next(run for run in trace_of(name)["runs"] if run["failure"])

    assert layer == _layer(run["failure"]["call"])
    assert word in run["failure"]["message"]
    assert run["failure"]["line"] is not None
    assert run["failure"]["operands"]
    assert layer in {call["name"] for call in run["calls"]}
