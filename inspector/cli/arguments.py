"""What may be written after `inspector`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from inspector import __version__

_EXAMPLE = (
    "float32[8,28,28,1], int32[4,12]:0..999, NAME=SPEC, or a file of arrays (.npy, .npz), a table "
    "(.csv), a picture (.png, .jpg), a sound (.wav) or a text (.txt)"
)
_FILE = (
    "what to open: a Python file, FILE:function, package.module:attribute, a folder, a notebook, "
    "a saved model (.keras, .h5) or its architecture (.json)"
)
_EXIT_CODES = "Exit codes: 0 fine; 1 something ran and failed, or no model; 2 nothing was run."
_DIFF_CODES = "Exit codes: 0 the same within the tolerance; 1 they differ; 2 nothing was compared."


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; `command` names the module of `inspector.cli` that does it.

    Ends the program with code 2 where the words make no sense, and 0 after --help.
    """
    words = list(arguments)
    if words and words[0] in COMMANDS:
        name, (summary, add) = words[0], COMMANDS[words[0]]
        codes = _DIFF_CODES if name == "diff" else _EXIT_CODES
        parser = argparse.ArgumentParser(
            prog=f"inspector {name}", description=summary, epilog=codes
        )
        add(parser)
        return parser.parse_args(words[1:], argparse.Namespace(command=name))
    parser = _window_parser()
    plain = [word for word in words if not word.startswith("-")]
    is_word = len(plain) > 1 and words[0] == plain[0] and not set("./") & set(plain[0])
    if is_word and not Path(plain[0]).exists():
        parser.error(f"there is no command {plain[0]!r}; `inspector --help` lists them")
    return parser.parse_args(words, argparse.Namespace(command="window"))


def _window_parser() -> argparse.ArgumentParser:
    rows = "\n".join(f"  inspector {name:<11} {summary}" for name, (summary, _) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="inspector",
        usage="inspector [FILE] [options]\n       inspector COMMAND FILE [options]",
        description="A desktop debugger for Keras models. Opens its window on FILE.",
        epilog=f"commands:\n{rows}\n\n`inspector COMMAND --help` says more. {_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help=_FILE)
    parser.add_argument("--version", action="version", version=f"inspector {__version__}")
    _add_engine(parser)
    _add_theme(parser, ["system", "light", "dark"])
    parser.add_argument(
        "--trust",
        action="store_true",
        help="run the file without asking whether its folder is trusted",
    )
    _add_worker(parser)
    _add_saved(parser)
    return parser


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=f"{_FILE}, or a trace (.json) that `inspector run --json` wrote",
    )


def _add_engine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        choices=["auto", "cupy", "numpy"],
        default="auto",
        help="arrays to compute with; auto takes the GPU where it works (default: auto)",
    )


def _add_saved(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help="put these weights into the model first: .weights.h5, .h5 or .keras",
    )
    _add_allow_code(parser)


def _add_allow_code(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-code",
        action="store_true",
        help="let a saved model run code that it brings along: Lambda layers, modules beside it",
    )


def _add_worker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--python",
        metavar="PATH",
        help="Python, or folder of a virtual environment, in which the file is run",
    )
    parser.add_argument(
        "--real",
        action="store_true",
        help="run the file for real: all of its training, its downloads and its writes, "
        "with your rights and unprotected",
    )


def _add_theme(parser: argparse.ArgumentParser, names: list[str]) -> None:
    parser.add_argument("--theme", choices=names, default=names[0], help="colours")


def _add_running(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument("--model", metavar="NAME", help="only this model")
    parser.add_argument(
        "--input",
        metavar="SPEC",
        action="append",
        default=[],
        help=f"run the model on this input: {_EXAMPLE}; may be given again",
    )
    parser.add_argument("--training", action="store_true", help="run with training=True")
    _add_worker(parser)
    _add_saved(parser)
    _add_engine(parser)


def _add_run(parser: argparse.ArgumentParser) -> None:
    _add_running(parser)
    parser.add_argument(
        "--break",
        metavar="PLACE",
        action="append",
        default=[],
        help="say where this breakpoint stops: class:Dense, call:PATH, line:12, op:matmul or any, "
        "then perhaps ` if max(abs(y)) > 10`; may be given again",
    )
    parser.add_argument(
        "--set",
        metavar="CHANGE",
        action="append",
        default=[],
        help="say what would come out of the last run with a value changed: "
        "encoder/dense.kernel=zeros, net.input=noise:0.1; may be given again",
    )
    parser.add_argument("--ops", action="store_true", help="also the array ops inside each call")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the trace to this file")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="also how the file was kept from this machine"
    )
    parser.add_argument(
        "--name-batch",
        action="store_true",
        help="also which axes are the batch, found out by two more runs on 5 and 7 samples",
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_running(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="OUT",
        help="file to write; its suffix chooses the format: "
        ".svg .png .pdf .dot .mmd .graphml .json .html",
    )
    _add_theme(parser, ["light", "dark"])
    parser.add_argument(
        "--direction",
        choices=["top-down", "left-right"],
        default="top-down",
        help="which way the tensors flow",
    )
    parser.add_argument(
        "--expand",
        choices=["some", "all", "none"],
        default="some",
        help="groups shown open; some: as many as can be read at a glance",
    )
    parser.add_argument("--run", type=int, metavar="N", help="which run, as `inspector run` counts")
    _add_plugins(parser)


def _add_check(parser: argparse.ArgumentParser) -> None:
    _add_running(parser)
    parser.add_argument(
        "--format", choices=["text", "json", "sarif"], default="text", help="how findings are told"
    )
    contract = parser.add_mutually_exclusive_group()
    contract.add_argument(
        "--contract",
        type=Path,
        metavar="FILE.json",
        help="also an error: whatever is not as this contract says (docs/contracts.md)",
    )
    contract.add_argument(
        "--write-contract",
        type=Path,
        metavar="FILE.json",
        help="write a contract of the structure: calls, classes, shapes, weights, masks, losses",
    )
    _add_plugins(parser)


def _add_diff(parser: argparse.ArgumentParser) -> None:
    what = (
        f"{_FILE}; FILE@REVISION for one in Git; or a trace (.json) that `inspector run --json` "
        "wrote (structure only)"
    )
    parser.add_argument("a", type=Path, metavar="A", help=what)
    parser.add_argument("b", type=Path, metavar="B", nargs="?", help="the same, to compare with A")
    parser.add_argument("--model", metavar="NAME", help="only this model")
    parser.add_argument(
        "--input",
        metavar="SPEC",
        action="append",
        default=[],
        help=f"run both on this input: {_EXAMPLE}; may be given again",
    )
    parser.add_argument(
        "--twin",
        choices=["training", "step", "float16", "bfloat16", "cupy", "torch", "jax", "tensorflow"],
        help="compare A with itself on one batch and seed: inference with training, before with "
        "after its training, float32 with a narrower dtype, NumPy with CuPy, our engine with Keras "
        "on a backend that the Python of --python has",
    )
    parser.add_argument(
        "--training-twin",
        action="store_const",
        const="training",
        dest="twin",
        help="the same as --twin training",
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        metavar="X",
        help="values are the same up to X times the largest of their tensor (default: 1e-5; "
        "for the twins float16 and bfloat16 0.01 and 0.08)",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how it is told")
    parser.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="the Python that has the backend of --twin torch, jax or tensorflow",
    )
    _add_allow_code(parser)
    _add_engine(parser)


def _add_plugins(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plugin",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="use this Python file as a plugin; may be given again",
    )


def _add_screenshot(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT.png", help="picture to write"
    )
    parser.add_argument("--run", type=int, metavar="N", help="which run, as `inspector run` counts")
    parser.add_argument(
        "--step", type=int, metavar="N", help="where the cursor stands, from 1 as the window counts"
    )
    parser.add_argument(
        "--size", default="1480x920", metavar="WxH", help="of the window (default: 1480x920)"
    )
    _add_saved(parser)
    _add_engine(parser)
    _add_theme(parser, ["light", "dark"])


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    _add_engine(parser)


_Add = Callable[[argparse.ArgumentParser], None]
COMMANDS: dict[str, tuple[str, _Add]] = {
    "run": ("opens FILE, runs its models, prints every step", _add_run),
    "export": ("writes a run's diagram", _add_export),
    "check": ("looks for problems; exit 1 when one is an error", _add_check),
    "diff": ("compares A with B call by call; exit 1 when they differ", _add_diff),
    "screenshot": ("renders the real window off-screen", _add_screenshot),
    "doctor": ("says which engine would be used and why, and all versions", _add_doctor),
}
