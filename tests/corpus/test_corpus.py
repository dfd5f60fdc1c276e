"""The frozen corpus: a sample of it opens in every run of the tests, all of it with `-m slow`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).with_name("scripts")
# One of each kind: old Keras, tables, files of text, tf.data; all of them quick.
SAMPLE = ("k02_mnist_mlp_2016", "k30_stock_price_lstm", "k43_save_load_recipes",
          "t19_sarcasm_tokenizer")  # fmt: skip
# Those that do not open, with the reason that is in docs/corpus.md; a line goes when it does.
DO_NOT_OPEN = {
    "t24_tf1_compat_lstm": "sessions of TensorFlow 1",
}


def _corpus() -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus", ROOT / "benchmarks" / "corpus.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["corpus"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", SAMPLE)
def test_corpus_opens_a_script_to_its_end(name: str) -> None:
    row = _corpus().opened(SCRIPTS / f"{name}.py")

    assert row.opened, row
    assert not row.fatal, row


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.stem)
def test_corpus_opens_every_script_that_can_be(path: Path) -> None:
    row = _corpus().opened(path)

    assert row.opened or path.stem in DO_NOT_OPEN, row
    assert row.seconds < 90


def test_corpus_counts_styles_and_ends_with_the_number_opened(capsys) -> None:
    corpus = _corpus()
    row = corpus.Row("a.py", "keras", 1, 3, 0, 1.0, "", None, "", False)
    failed = corpus.Row("b.py", "tensorflow", 0, 0, 0, 31.0, "No model.", 4, "Build one.", True)

    assert 1 == corpus.report([row, failed])
    printed = capsys.readouterr().out.splitlines()
    assert "keras: 1 of 1 opened, 1 of them to their end" in printed
    assert "slow: b.py took 31 s" in printed
    assert "1 of 2 opened" == printed[-1]
    assert 0 == corpus.report([row])


def test_corpus_tells_what_a_script_imports(tmp_path: Path) -> None:
    corpus = _corpus()
    for text, style in (
        ("import keras\n", "keras"),
        ("from tensorflow import keras\n", "tensorflow"),
        ("import keras\nimport torch\n", "torch or jax"),
    ):
        path = tmp_path / "script.py"
        path.write_text(text)
        assert style == corpus.style_of(path)


def test_corpus_has_nothing_to_open_in_an_empty_folder(tmp_path: Path) -> None:
    assert 2 == _corpus().main([str(tmp_path)])
