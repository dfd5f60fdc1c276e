"""The cursor's moves over a run, with and without ops and failures."""

from __future__ import annotations

import pytest

from inspector.trace import Call, Failure, Op, Run
from inspector.trace.stepping import Step, Steps


def _call(call_id: str, parent: str | None = None, **fields: object) -> Call:
    path = call_id.split("#")[0]
    base: dict[str, object] = {
        "id": call_id, "layer_id": 0, "path": path, "name": path, "class_": "Layer",
        "call_index": 0, "parent": parent, "depth": 0, "file": None, "line": None,
        "elapsed_s": 0.0, "inputs": (), "outputs": (),
    }  # fmt: skip
    return Call(**{**base, **fields})  # type: ignore[arg-type]


def _run(*calls: Call, failure: Failure | None = None) -> Run:
    return Run(model="m", kind="forward", training=False, seed=0, calls=calls, failure=failure)


@pytest.fixture
def nested() -> Run:
    """A holds b and c; d follows."""
    return _run(_call("a"), _call("b", "a"), _call("c", "a"), _call("d"))


def _walk(steps: Steps) -> list[str]:
    return [f"{steps[i].kind} {steps[i].call}" for i in range(len(steps))]


def test_steps_give_leaves_one_position_and_frames_two(nested: Run) -> None:
    steps = Steps(nested)

    assert ["enter a", "enter b", "enter c", "exit a", "enter d"] == _walk(steps)


def test_over_skips_what_is_inside(nested: Run) -> None:
    steps = Steps(nested)

    assert "d" == steps[steps.over(0)].call


def test_over_reaches_the_frames_return_after_its_last_call(nested: Run) -> None:
    steps = Steps(nested)

    assert Step("exit", "a") == steps[steps.over(2)]


def test_over_stays_at_the_end(nested: Run) -> None:
    steps = Steps(nested)

    assert steps.end() == steps.over(steps.end())


def test_back_undoes_over(nested: Run) -> None:
    steps = Steps(nested)

    assert 0 == steps.back(steps.over(0))
    assert 1 == steps.back(steps.over(1))


def test_back_goes_to_the_frame_from_its_first_call(nested: Run) -> None:
    steps = Steps(nested)

    assert Step("enter", "a") == steps[steps.back(1)]


def test_out_goes_to_where_the_frame_returns(nested: Run) -> None:
    steps = Steps(nested)

    assert Step("exit", "a") == steps[steps.out(1)]


def test_failing_run_ends_at_the_failing_call(nested: Run) -> None:
    failing = _run(*nested.calls[:3], failure=Failure("c", "ValueError", "no"))

    steps = Steps(failing)

    assert ["enter a", "enter b", "enter c"] == _walk(steps)
    assert steps.end() == steps.failure_position()
    assert "failed" == steps.state("c", steps.end())


def test_failing_frame_has_a_raise_position(nested: Run) -> None:
    failing = _run(*nested.calls[:2], failure=Failure("a", "ValueError", "no"))

    assert ["enter a", "enter b", "raise a"] == _walk(Steps(failing))


def test_states_follow_the_position(nested: Run) -> None:
    steps = Steps(nested)

    assert ["open", "done", "current", "pending"] == [
        steps.state(call_id, 2) for call_id in ("a", "b", "c", "d")
    ]


def test_frames_lists_the_stack_outermost_first(nested: Run) -> None:
    assert ["a", "c"] == Steps(nested).frames(2)


def test_ops_are_placed_between_calls_when_the_record_numbers_them() -> None:
    first, second = Op("add", (), (), position=1), Op("exp", (), (), position=4)
    run = _run(_call("a", start=0, end=5, ops=(first, second)), _call("b", "a", start=2, end=3))

    steps = Steps(run, "op")

    assert ["enter a", "op a", "enter b", "op a", "exit a"] == _walk(steps)


def test_ops_follow_the_calls_when_the_record_does_not_number_them() -> None:
    run = _run(
        _call("a", start=0, end=3, ops=(Op("add", (), ()),)), _call("b", "a", start=1, end=2)
    )

    assert ["enter a", "enter b", "op a", "exit a"] == _walk(Steps(run, "op"))


def test_empty_run_has_no_positions() -> None:
    steps = Steps(_run())

    assert 0 == len(steps)
    assert [] == steps.frames(0)


def test_backward_ops_come_after_the_last_return() -> None:
    forward, backward = Op("exp", (), (), position=2), Op("exp_grad", (), (), position=9)
    run = _run(
        _call("a", start=0, end=4),
        _call("b", "a", start=1, end=3, ops=(forward, backward)),
        _call("c", start=5, end=6),
    )

    steps = Steps(run, "op")

    assert ["enter a", "enter b", "op b", "exit b", "exit a", "enter c", "op b"] == _walk(steps)
    assert Step("op", "b", 1) == steps[steps.end()]
    assert 6 == steps.first_backward
    assert "done" == steps.state("b", 5)


def test_op_has_a_position_of_its_own_at_granularity_op(nested: Run) -> None:
    ops = (Op("add", (), (), position=1), Op("exp", (), (), position=2))
    run = _run(_call("a", ops=ops, start=0, end=3), _call("b", start=4, end=5))

    assert (1, 2) == (Steps(run, "op").op_at("a", 0), Steps(run, "op").op_at("a", 1))
    assert 0 == Steps(run).op_at("a", 1)


def test_sibling_is_the_next_call_of_the_same_layer() -> None:
    steps = Steps(_run(_call("a", layer_id=1), _call("b", layer_id=2), _call("c", layer_id=1)))

    assert ("c", "a") == (steps.sibling("a", 1), steps.sibling("c", -1))
    assert (None, None) == (steps.sibling("c", 1), steps.sibling("b", -1))


def test_open_frame_of_a_run_that_goes_on_has_not_returned() -> None:
    steps = Steps(_run(_call("a"), _call("b", "a", start=1, end=2), _call("c", "a", start=3)))

    assert ["enter a", "enter b", "enter c"] == _walk(steps)
