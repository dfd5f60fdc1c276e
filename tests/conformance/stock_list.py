"""The list of Keras' own tests that its stock NumPy backend passes: one line a class.

`ops/core_test::CoreOpsTest: map scan while_loop_1`; the tests' common beginning `test_` is left
out, a space in a name is `~`, and a test that ours cannot pass has its reason in `excluded.json`.
`./dev conformance --stock` writes it.
"""

import textwrap
from pathlib import Path

LIST = Path(__file__).with_name("stock_passes.txt")
BEGINNING = "test_"
SPACE = "~"


def written(passed):
    """The list's text: names by file and class, wrapped, in order."""
    by_class = {}
    for name in sorted(passed):
        owner, _, test = name.rpartition("::")
        by_class.setdefault(owner, []).append(shortened(test))
    blocks = [
        textwrap.fill(
            f"{owner}: {' '.join(tests)}",
            width=200,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for owner, tests in by_class.items()
    ]
    return "\n".join(blocks) + "\n"


def read():
    """Every test that stock passes, by its full name."""
    names = set()
    owner = ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not line.startswith(" "):
            owner = words.pop(0).removesuffix(":")
        names.update(f"{owner}::{lengthened(word)}" for word in words)
    return names


def shortened(test):
    """`map` of `test_map`; a name that begins otherwise keeps it behind a dot."""
    word = test.replace(" ", SPACE)
    return word.removeprefix(BEGINNING) if word.startswith(BEGINNING) else f".{word}"


def lengthened(short):
    word = short.replace(SPACE, " ")
    return word[1:] if word.startswith(".") else BEGINNING + word


def missing(by_module):
    """Tests of the modules run that stock passes and ours did not, with what came out instead."""
    outcomes = {name: outcome for found in by_module.values() for name, outcome in found.items()}
    inside = tuple(
        f"{module.replace('.', '/')}{end}" for module in by_module for end in ("/", "::")
    )
    return {
        name: outcomes.get(name, "not run")
        for name in sorted(read())
        if name.startswith(inside) and outcomes.get(name) not in ("passed", "xfailed")
    }
