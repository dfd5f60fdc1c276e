"""The step table and what is printed with it, from traces made by hand."""

import re
from dataclasses import replace

import pytest
from handmade_runs import add, call, edge, nested, run, tensor

from inspector.cli.report import print_report
from inspector.cli.words import clean
from inspector.session.client import OpenResult
from inspector.session.protocol import Failed, Lost
from inspector.trace import (
    AttentionMask,
    AxisOrigin,
    Engine,
    Failure,
    Loss,
    Mask,
    MaskEvent,
    Model,
    OpenFailure,
    Operand,
    Reduction,
    Replacement,
    Trace,
    Update,
    Weight,
)

ENGINE = Engine("numpy", "cpu", "CuPy is not installed")


@pytest.fixture
def printed(capsys):
    """`printed(run, ...)` is what the report of a trace with these runs says."""

    def report(*made, with_ops=False, lost=None, failures=(), **fields):
        trace = Trace("model.py", ENGINE, runs=made, **fields)
        print_report(OpenResult(trace, lost, failures), with_ops=with_ops)
        return capsys.readouterr().out

    return report


def test_report_indents_calls_by_depth_with_shapes_and_lines(printed):
    shown = printed(nested())

    row = next(line for line in shown.splitlines() if " inner " in line)
    assert row.index("inner") > next(s for s in shown.splitlines() if " outer " in s).index("outer")
    assert "Block" in row
    assert "(8, 4)" in row
    assert "model.py:3" in row


def test_report_counts_parameters_of_a_call(printed):
    weights = (Weight("kernel", (3, 4), "float32", True, True), Weight("b", (4,), "f", True, True))

    shown = printed(run([replace(call("dense"), weights=weights)], []))

    assert " 16 " in next(line for line in shown.splitlines() if "dense" in line)


def test_report_says_engine_and_models(printed):
    models = (Model("vae", "VAE", "subclassed", 1200, 1000, runs_not_kept=7),)

    shown = printed(models=models)

    assert "vae  VAE, subclassed, 1,200 parameters (200 not trainable), 7 later runs" in shown
    assert "engine: numpy on cpu (CuPy is not installed)" in shown


def test_report_does_not_repeat_the_table_of_an_equal_run(printed):
    shown = printed(nested(), replace(nested(), number=1))

    assert "the same calls as run 1" in shown
    assert shown.count(" inner ") == 1


def test_report_tells_what_differs_when_the_calls_are_the_same(printed):
    first = replace(nested(), updates=(Update("dense/kernel", 0.5, 0.25),))
    later = replace(first, number=1, updates=(Update("dense/kernel", 0.125, 0.0625),))

    shown = printed(first, later)

    assert "the same calls as run 1" in shown
    assert "0.125" in shown


def test_report_repeats_the_table_when_a_weight_was_frozen(printed):
    weight = Weight("kernel", (3, 4), "float32", True, True)
    trained = run([replace(call("dense"), weights=(weight,))], [])
    frozen = run([replace(call("dense"), weights=(replace(weight, trainable=False),))], [])

    assert "the same calls" not in printed(trained, frozen)


def test_report_shows_a_failure_with_a_caret_under_its_line(printed, tmp_path):
    file = tmp_path / "model.py"
    file.write_text("import keras\n    y = self.project(x)\n")
    failure = Failure(
        "outer/inner/a#0",
        "ValueError",
        "The shapes do not fit.",
        expected="16",
        found="8",
        operands=(Operand("x", (5, 8), (AxisOrigin(1, 8, "Dense(8)", str(file), 1),)),),
        file=str(file),
        line=2,
    )

    lines = printed(replace(nested(), failure=failure)).splitlines()

    assert "✗ ValueError in outer/inner/a#0" in lines
    source = lines.index("    y = self.project(x)")
    assert lines[source + 1] == "    ^^^^^^^^^^^^^^^^^^^"
    assert " expected: 16" in lines
    assert "  operand: x (5, 8)" in lines
    assert "           axis 1: 8 comes from Dense(8), model.py:1" in lines


def test_report_lists_losses_masks_and_updates(printed):
    made = replace(
        nested(),
        losses=(Loss("vae", "add_loss", 0.5, 1.0, "model.py", 9),),
        total_loss=0.5,
        updates=(Update("dense/kernel", 0.25, 0.1), Update("dense/unused", None, 0.0)),
        masks=(Mask(4, (8, 6), "tokens#0", (MaskEvent("lstm#0", None, "dropped", "m.py", 7),)),),
    )

    shown = printed(made)

    assert "add_loss" in shown
    assert "model.py:9" in shown
    assert "no gradient" in shown
    assert re.search(r"1  dropped  lstm#0  m.py:7", shown)


def test_report_tells_the_arithmetic_of_a_loss(printed):
    how = Reduction("sum_over_batch_size", "mean", (32, 10), 640.0, 306.0, masked=14)
    row = Loss("m/d", "compiled", 640 / 306, 1.0, "m.py", 9, name="mse", reduction=how)
    rest = Loss("m", "unaccounted", 0.5, 1.0)

    shown = printed(replace(nested(), losses=(row, rest), total_loss=640 / 306 + 0.5))

    assert "sum over 32 x 10, divided by 306, 14 masked" in shown
    assert "what the total has beyond all other rows" in shown


def test_report_tells_why_a_mask_is_lost_and_what_attention_sees(printed):
    lost = MaskEvent("a#0", "add", "dropped", "m.py", 7, "add makes a new tensor", "Use Add().")
    born = MaskEvent("tokens#0", None, "born", "m.py", 3)
    made = replace(
        nested(),
        masks=(Mask(4, (8, 6), "tokens#0", (born, lost), masked=5),),
        attention=(AttentionMask("b#0", 9, (8, 1, 6, 6), 8, 2, 6, ("causal",), blocked=3),),
    )

    shown = printed(made)

    assert "(8, 6), 5 entries masked" in shown
    assert "add makes a new tensor. Use Add()." in shown
    assert "attention b#0 (True = may attend): causal; 3 of 96 queries" in shown


def test_report_shows_ops_when_asked(printed):
    made = run([call("a", ops=[add(1, 2, out=3)], outputs=[tensor(3)])], [])

    assert "· add" not in printed(made)
    assert "· add" in printed(made, with_ops=True)


def test_report_lists_what_was_replaced(printed):
    shown = printed(nested(), replaced=(Replacement("fit", "one step is enough", "m.py", 4),))

    assert "  fit: one step is enough (m.py:4)" in shown


def test_report_says_why_the_file_stopped(printed):
    failure = OpenFailure("open", "NameError", "name 'x' is not defined", "Define it.", "m.py", 3)

    shown = printed(failure=failure)

    assert "NameError" in shown
    assert "Define it." in shown


def test_report_tells_one_failure_once(printed):
    failure = Failure("head#0", "ValueError", "Told once.", file="m.py", line=3)
    stop = OpenFailure("open", "ValueError", "Told once.", "", "m.py", 3)

    shown = printed(replace(nested(), failure=failure), failure=stop)

    assert shown.count("Told once.") == 1
    assert "stopped at that failure" in shown


def test_report_says_that_the_worker_is_gone_and_what_failed(printed):
    lost = Lost(-9, "It was killed.", fix="Use less memory.")
    failed = Failed("CaptureError", "No input.", "Give one.")

    shown = printed(nested(), lost=lost, failures=(failed,))

    assert "It was killed." in shown
    assert "Use less memory." in shown
    assert "CaptureError: No input." in shown


def test_report_says_so_when_there_is_no_model(printed):
    assert "No Keras model" in printed()


def test_report_cuts_a_very_long_run(printed):
    calls = [call(f"c{n}") for n in range(420)]

    shown = printed(run(calls, [edge("c0#0", "c1#0")]))

    assert "120 more calls" in shown


def test_clean_lets_no_control_character_through():
    assert clean("a\x1b[1mb\x1b[0m\x1b[2J\x07") == "ab\\x1b[2J\\x07"
