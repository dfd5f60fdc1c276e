"""Command lines: a script is run without arguments, and required ones get plausible values."""

from __future__ import annotations

import argparse
from typing import Any

from inspector.loading.situation import Situation

# What the argument's name or help speaks of → the name of a file that is made up when it is read.
_BY_WORD = (
    ("prefix", "result"), ("image", "image.jpg"), ("photo", "image.jpg"), ("mask", "mask.png"),
    ("picture", "image.jpg"), ("video", "video.mp4"), ("audio", "audio.wav"), ("wav", "audio.wav"),
    ("json", "data.json"), ("csv", "data.csv"), ("text", "text.txt"), ("dir", "data"),
    ("folder", "data"), ("data", "data.csv"),
)  # fmt: skip


def install(situation: Situation) -> None:
    """Fill in the required arguments of `argparse`, and keep `--help` from ending the script."""
    parse = argparse.ArgumentParser.parse_known_args

    def parse_filled(
        parser: argparse.ArgumentParser, args: Any = None, namespace: Any = None
    ) -> Any:
        if args is not None:  # the script gives its own list: that is no command line
            return parse(parser, args, namespace)
        words = [word for action in parser._actions for word in _words(action)]
        words += _group_words(parser)
        if words:
            situation.notes.add(
                "arguments " + " ".join(words), "Required on the command line; made up by us."
            )
        return parse(parser, words, namespace)

    situation.patches.set(argparse.ArgumentParser, "parse_known_args", parse_filled)


def _words(action: argparse.Action) -> list[str]:
    optional = action.nargs in ("?", "*", argparse.REMAINDER) or isinstance(
        action, argparse._SubParsersAction
    )
    if not action.required or (optional and not action.option_strings):
        return _sub_command(action)
    values = [_value(action)] * _count(action.nargs)
    return ([action.option_strings[-1]] if action.option_strings else []) + values


def _group_words(parser: argparse.ArgumentParser) -> list[str]:
    return [
        word
        for group in parser._mutually_exclusive_groups
        if group.required and group._group_actions
        for word in _one_of(group._group_actions[0])
    ]


def _one_of(action: argparse.Action) -> list[str]:
    return [action.option_strings[-1], *[_value(action)] * _count(action.nargs)]


def _sub_command(action: argparse.Action) -> list[str]:
    if not isinstance(action, argparse._SubParsersAction) or not action.required:
        return []
    name = next(iter(action.choices), None)
    return [] if name is None else [str(name)]


def _count(nargs: int | str | None) -> int:
    return nargs if isinstance(nargs, int) else 1


def _value(action: argparse.Action) -> str:
    if action.choices:
        return str(next(iter(action.choices)))
    if action.default is not None and action.default is not argparse.SUPPRESS:
        return str(action.default)
    if action.type is float:
        return "0.1"
    if action.type is int:
        return "1"
    said = f"{action.dest} {action.help or ''}".lower()
    return next((value for part, value in _BY_WORD if part in said), "value")
