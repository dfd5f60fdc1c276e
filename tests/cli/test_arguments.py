"""What may be written after `inspector`, and how soon help is there."""

import subprocess
import sys
import time

import pytest

from inspector.cli import main
from inspector.cli.arguments import COMMANDS, parse


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["vae.py"], "window"),
        ([], "window"),
        (["run", "vae.py"], "run"),
        (["export", "vae.py", "-o", "a.svg"], "export"),
        (["check", "vae.py"], "check"),
        (["screenshot", "vae.py", "-o", "a.png"], "screenshot"),
        (["doctor"], "doctor"),
    ],
)
def test_parse_finds_the_command(words, command):
    assert parse(words).command == command


def test_parse_takes_a_file_named_like_a_command_when_its_folder_is_named():
    options = parse(["./run"])

    assert options.command == "window"
    assert options.file.name == "run"


def test_parse_gathers_inputs():
    options = parse(["run", "m.py", "--input", "a=float32[2]", "--input", "b=int32[3]"])

    assert options.input == ["a=float32[2]", "b=int32[3]"]


@pytest.mark.parametrize(
    "words",
    [["run"], ["export", "m.py"], ["run", "m.py", "--engine", "tpu"], ["--nonsense"], ["a", "b"]],
)
def test_parse_ends_with_2_when_the_words_make_no_sense(words, capsys):
    with pytest.raises(SystemExit) as caught:
        parse(words)

    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])

    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert [name for name in COMMANDS if f"inspector {name}" not in shown] == []


def test_help_imports_nothing_heavy():
    code = (
        "import sys, inspector.cli\n"
        "try: inspector.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('loaded', *sys.modules)"
    )
    start = time.perf_counter()

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    print(f"help seconds {time.perf_counter() - start:.2f}")
    loaded = set(result.stdout.rpartition("loaded")[2].split())
    assert loaded & {"numpy", "networkx", "rich", "PySide6", "msgpack", "graphlay"} == set()
