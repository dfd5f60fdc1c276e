"""The grammar of example inputs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import UsageError
from inspector.trace.input_spec import DTYPES, InputSpec, parse_input_spec

names = st.none() | st.from_regex(r"[A-Za-z_][A-Za-z0-9_./\-]{0,8}", fullmatch=True)
shapes = st.lists(st.integers(0, 12), max_size=5).map(tuple)


@st.composite
def specs(draw):
    dtype = draw(st.sampled_from(DTYPES))
    low = high = None
    if draw(st.booleans()) and dtype not in ("string", "bool"):
        numbers = (
            st.integers(0, 127)
            if "int" in dtype
            else st.floats(allow_nan=False, allow_infinity=False)
        )
        low, high = sorted((draw(numbers), draw(numbers)))
    return InputSpec(draw(names), dtype, draw(shapes), low, high)


@given(specs())
def test_input_spec_reads_back_what_it_writes(spec):
    assert parse_input_spec(str(spec)) == spec


@given(st.text(max_size=40))
def test_input_spec_raises_only_usage_errors(text):
    try:
        parse_input_spec(text)
    except UsageError as error:
        fix = error.fix
    else:
        fix = "none needed"
    assert fix


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("float32[8,28,28,1]", InputSpec(None, "float32", (8, 28, 28, 1))),
        ("int32[4,12]:0..999", InputSpec(None, "int32", (4, 12), 0, 999)),
        ("x=float64[3]:-1.5..1e3", InputSpec("x", "float64", (3,), -1.5, 1000.0)),
        ("float32[]", InputSpec(None, "float32", ())),
        (" float32[ 2 , 3 ] ", InputSpec(None, "float32", (2, 3))),
        ("string[5]", InputSpec(None, "string", (5,))),
        ("data/images.npy", InputSpec(None, path="data/images.npy")),
        ("x=some dir/batch.npz", InputSpec("x", path="some dir/batch.npz")),
    ],
)
def test_input_spec_reads_each_form(text, spec):
    assert parse_input_spec(text) == spec


@pytest.mark.parametrize(
    "text",
    [
        "",
        "float32",
        "float31[2]",
        "float32[2,]",
        "float32[-1]",
        "float32[None,2]",
        "int32[2]:5..1",
        "int32[2]:0.5..1",
        "int8[2]:0..128",
        "uint8[2]:-1..3",
        "string[2]:0..1",
        "float32[2]:0..",
        "float32[99999,99999]",
        "images.tiff",
    ],
)
def test_input_spec_refuses_what_it_cannot_read(text):
    with pytest.raises(UsageError) as caught:
        parse_input_spec(text)

    assert caught.value.fix
