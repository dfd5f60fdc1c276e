"""The check big_layers: when it speaks and when it keeps quiet."""

from __future__ import annotations

from inspector.api import Call, Run, Trace, Weight
from inspector.trace import Engine
from inspector_plugins.big_layers import big_layers

ENGINE = Engine("numpy", "cpu", "test")


def _call(number: int, rows: int, *, parent: str | None = None, **fields: object) -> Call:
    weight = Weight("kernel", (rows, 1000), "float32", True, True, tensor=number)
    values = {"layer_id": number, "weights": (weight,), **fields}
    return Call(
        id=f"dense_{number}#0", path=f"dense_{number}", name=f"dense_{number}", class_="Dense",
        call_index=0, parent=parent, depth=0 if parent is None else 1, file="model.py",
        line=number, elapsed_s=0.0, inputs=(), outputs=(), **values,
    )  # fmt: skip


def _trace(*calls: Call, runs: int = 1) -> Trace:
    run = Run(model="m", kind="forward", training=False, seed=0, calls=calls)
    return Trace(file="model.py", engine=ENGINE, runs=(run,) * runs)


def test_big_layer_is_found_with_its_share_and_place() -> None:
    trace = _trace(_call(1, 10), _call(2, 300), _call(3, 90))

    (finding,) = big_layers(trace)

    assert ("big-layer", "dense_2#0", 2) == (finding.rule, finding.call, finding.line)
    assert "dense_2 holds 75% of all weights (300,000 parameters)." == finding.message


def test_big_layer_is_reported_once_when_it_runs_often() -> None:
    trace = _trace(_call(1, 10), _call(2, 300), _call(3, 90), runs=3)

    assert 1 == len(list(big_layers(trace)))


def test_even_layers_are_no_finding() -> None:
    assert [] == list(big_layers(_trace(_call(1, 100), _call(2, 100), _call(3, 100))))


def test_small_models_are_no_finding() -> None:
    assert [] == list(big_layers(_trace(_call(1, 1), _call(2, 9), _call(3, 1))))


def test_weight_that_a_frame_lists_too_counts_for_the_inner_call() -> None:
    inner = [_call(number, rows, parent="model#0") for number, rows in ((1, 100), (2, 90), (3, 80))]
    weights = tuple(weight for call in inner for weight in call.weights)
    outer = _call(4, 0, weights=weights)

    assert [] == list(big_layers(_trace(outer, *inner)))
