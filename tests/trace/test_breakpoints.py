"""Breakpoints: their text, the calls and ops of a run that they mean, and lines that move."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import ExpressionError
from inspector.trace import Call, Op, Run
from inspector.trace.breakpoints import (
    CONDITIONS,
    Breakpoint,
    Site,
    lines_that_stop,
    parse_breakpoint,
    renewed,
    sites,
)
from inspector.trace.expressions import parse


def op(name, line):
    return Op(name, (), (), "m.py", line, f"nn.{name}_fn")


def call(path, class_, line, ops=(), index=0):
    name = path.rpartition("/")[2]
    return Call(
        f"{path}#{index}", 1, path, name, class_, index, None, 0, "m.py", line, 0.0, (), (), ops=ops
    )


@pytest.fixture
def run():
    calls = (
        call("net", "Net", 30, (op("add", 7), op("add", 7), op("exp", 8), op("add", 7))),
        call("net/dense", "Dense", 5, (op("matmul", 5), op("add", 5))),
        call("net/dense", "Dense", 6, (op("matmul", 6),), index=1),
        call("net/drop", "Dropout", 6),
    )
    return Run("net", "forward", False, 0, calls)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call:net/dense", ["net/dense#0", "net/dense#1"]),
        ("call:net/dense#1", ["net/dense#1"]),
        ("call:net/d*", ["net/dense#0", "net/dense#1", "net/drop#0"]),
        ("class:Dropout", ["net/drop#0"]),
        ("line:6", ["net/dense#1", "net/drop#0"]),
        ("line:m.py:5", ["net/dense#0"]),
        ("line:other.py:5", []),
        ("any", ["net#0", "net/dense#0", "net/dense#1", "net/drop#0"]),
        ("class:LSTM", []),
    ],
)
def test_breakpoint_means_the_calls_that_it_names(run, text, expected):
    assert [Site(name) for name in expected] == list(sites(run, parse_breakpoint(text)))


def test_breakpoint_on_a_line_without_calls_stops_once_for_each_time_its_ops_run(run):
    assert (Site("net#0", 0), Site("net#0", 3)) == sites(run, parse_breakpoint("line:7"))


@pytest.mark.parametrize("name", ["matmul", "matmul_fn", "nn.matmul_fn"])
def test_breakpoint_on_an_op_stops_at_each_of_its_kind(run, name):
    found = sites(run, parse_breakpoint(f"op:{name}"))

    assert (Site("net/dense#0", 0), Site("net/dense#1", 0)) == found


def test_lines_that_stop_are_those_of_calls_and_ops(run):
    assert [5, 6, 7, 8, 30] == lines_that_stop((run,), "m.py")


KINDS = st.one_of(
    st.builds(Breakpoint, st.just("any")),
    st.builds(
        Breakpoint,
        st.sampled_from(["call", "class", "op"]),
        st.from_regex(r"[A-Za-z_][A-Za-z_/0-9#]{0,9}", fullmatch=True),
    ),
    st.builds(
        lambda file, line: Breakpoint("line", file=file, line=line),
        st.sampled_from(["", "m.py", "/a folder/m.py"]),
        st.integers(1, 10**6),
    ),
)


@given(KINDS, st.sampled_from(["", "max(y) > 1", "mask is None", *map(str, range(3))]))
def test_breakpoint_and_its_text_are_the_same_thing(breakpoint, condition):
    made = replace(breakpoint, condition=condition)

    assert made == parse_breakpoint(str(made))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "names no place"),
        ("Dense", "names no place"),
        ("class:", "names no place"),
        ("any:x", "names no place"),
        ("layer:Dense", "names no place"),
        ("line:0", "no line number"),
        ("line:twelve", "no line number"),
        ("line:-3", "no line number"),
        ("class:Dense if", "empty"),
        ("class:Dense if maax(y)", "no function called 'maax'"),
    ],
)
def test_breakpoint_that_makes_no_sense_says_what_to_write(text, says):
    with pytest.raises(ExpressionError, match=says) as caught:
        parse_breakpoint(text)

    assert caught.value.fix


def test_every_offered_condition_is_an_expression():
    values = {"shape differs from": "(32, 10)"}

    for name, text in CONDITIONS.items():
        assert parse(text.format(values.get(name, "0.5"))).fields


def test_breakpoint_moves_with_its_line():
    here = Breakpoint("line", line=2, source="x = f(x)")

    assert (here, "") == renewed(here, ["import f", "x = f(x)"])
    moved, said = renewed(here, ["", "import f", "", "    x = f(x)"])
    assert moved.line == 4
    assert "line 4 now" in said


def test_breakpoint_on_a_line_that_is_gone_is_kept_and_switched_off():
    here = Breakpoint("line", line=2, source="x = f(x)")

    gone, said = renewed(here, ["import f"])

    assert (2, False) == (gone.line, gone.is_enabled)
    assert "not `x = f(x)` any more" in said
