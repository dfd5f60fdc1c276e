"""The words for example inputs: `float32[8,28,28,1]`, `ids=int32[4,12]:0..999`, `x=data.npy`.

    SPEC    = [NAME "="] (ARRAY | FILE)
    ARRAY   = DTYPE "[" [SIZE {"," SIZE}] "]" [":" LOW ".." HIGH]
    FILE    = path of arrays (.npy .npz), a table (.csv .tsv), a picture (.png .jpg .jpeg .bmp
              .gif .webp), a sound (.wav) or a text (.txt), by its ending

Both ends of a range are included for whole numbers. The command line reads these words, and the
worker makes the arrays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.errors import UsageError

DTYPES = (
    "bool",
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "string",
)
# 512 MiB of float32: more takes minutes to make up, and gigabytes to run on.
_MAX_VALUES = 1 << 27
_NAME = r"(?:(?P<name>[A-Za-z_][\w.\-/]*)=)?"
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_ARRAY = re.compile(
    rf"{_NAME}(?P<dtype>[A-Za-z]\w*)\[(?P<sizes>[^\]]*)\]"
    rf"(?::(?P<low>{_NUMBER})\.\.(?P<high>{_NUMBER}))?"
)
FILE_ENDINGS = (
    ".npy", ".npz", ".csv", ".tsv", ".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".wav",
    ".txt",
)  # fmt: skip
_ENDING = "|".join(re.escape(ending) for ending in FILE_ENDINGS)
_FILE = re.compile(rf"{_NAME}(?P<path>.+(?:{_ENDING}))", re.IGNORECASE | re.DOTALL)
_HOW = (
    "Write it like float32[8,28,28,1], int32[4,12]:0..999, name=SPEC, or a file of arrays, a "
    "table, a picture, a sound or a text: .npy, .npz, .csv, .png, .jpg, .wav, .txt."
)


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What to feed one input (or, from an .npz file, several).

    name:      of the input; None takes the inputs in order.
    path:      of a file; then dtype and shape are empty.
    low, high: range of the values, both included; None leaves it to whoever makes them.
    """

    name: str | None
    dtype: str = ""
    shape: tuple[int, ...] = ()
    low: float | None = None
    high: float | None = None
    path: str | None = None

    def __str__(self) -> str:
        """The words that `parse_input_spec` reads back as this value."""
        name = f"{self.name}=" if self.name else ""
        if self.path is not None:
            return f"{name}{self.path}"
        sizes = ",".join(str(size) for size in self.shape)
        bounds = "" if self.low is None else f":{_word(self.low)}..{_word(self.high)}"
        return f"{name}{self.dtype}[{sizes}]{bounds}"


@dataclass(frozen=True, slots=True)
class InputGuess:
    """What one input of a model takes, and a guess at values for it.

    takes: shape and dtype in words.
    guess: a SPEC without a name.
    why:   where the guess is from.
    """

    name: str
    takes: str
    guess: str
    why: str


def parse_input_spec(text: str) -> InputSpec:
    """Read one SPEC.

    >>> parse_input_spec("ids=int32[4,12]:0..999")
    InputSpec(name='ids', dtype='int32', shape=(4, 12), low=0, high=999, path=None)

    Raises:
        UsageError: the text is no SPEC, or asks for what cannot be.
    """
    text = text.strip()
    array = _ARRAY.fullmatch(text)
    if array is None:
        file = _FILE.fullmatch(text)
        if file is None:
            raise UsageError(f"{text!r} is not an input.", fix=_HOW)
        return InputSpec(file["name"], path=file["path"])
    dtype = array["dtype"]
    if dtype not in DTYPES:
        raise UsageError(
            f"{text!r}: {dtype!r} is not a dtype.", fix=f"Use one of {', '.join(DTYPES)}."
        )
    low, high = _bounds(text, dtype, array["low"], array["high"])
    return InputSpec(array["name"], dtype, _sizes(text, array["sizes"]), low, high)


def _sizes(text: str, words: str) -> tuple[int, ...]:
    sizes = []
    total = 1
    for word in words.split(",") if words.strip() else ():
        if not re.fullmatch(r"\s*[0-9]{1,18}\s*", word):
            raise UsageError(f"{text!r}: {word.strip()!r} is not a size of an axis.", fix=_HOW)
        sizes.append(int(word))
        total *= sizes[-1]
    if total > _MAX_VALUES:
        raise UsageError(
            f"{text!r} asks for {total:,} values; at most {_MAX_VALUES:,} are made up.",
            fix="Ask for a smaller batch, or give a file.",
        )
    return tuple(sizes)


def _bounds(
    text: str, dtype: str, low: str | None, high: str | None
) -> tuple[float | None, float | None]:
    if low is None or high is None:
        return None, None
    if dtype in ("string", "bool"):
        raise UsageError(f"{text!r}: a {dtype} input has no range.", fix="Leave out the range.")
    whole = "int" in dtype
    try:
        ends = (int(low), int(high)) if whole else (float(low), float(high))
    except ValueError as error:
        raise UsageError(
            f"{text!r}: the ends of a range of {dtype} are whole numbers.",
            fix="Write the range like 0..999.",
        ) from error
    if ends[0] > ends[1]:
        raise UsageError(f"{text!r}: the range goes down.", fix="Write the smaller end first.")
    if whole and not _fits(dtype, ends):
        raise UsageError(
            f"{text!r}: the range is larger than {dtype} can hold.",
            fix="Use a smaller range or a larger dtype.",
        )
    return ends


def _fits(dtype: str, ends: tuple[float, float]) -> bool:
    bits = int(dtype.partition("int")[2])
    if dtype.startswith("u"):
        return ends[0] >= 0 and ends[1] < 1 << bits
    return ends[0] >= -(1 << bits - 1) and ends[1] < 1 << bits - 1


def _word(number: float | None) -> str:
    return repr(number)
