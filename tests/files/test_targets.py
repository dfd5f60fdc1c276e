"""What a word on the command line means."""

from __future__ import annotations

import pytest

from inspector.errors import OpenError
from inspector.files.targets import package_of, target_of

KERAS = "import keras\n"


def _files(folder, **texts):
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_function_of_a_file_is_named_after_a_colon(project):
    _files(project, model_py=KERAS)

    target = target_of("model.py:nets.build")

    assert (target.path.name, target.attribute) == ("model.py", "nets.build")


def test_module_is_found_here_and_in_src_without_importing_it(project):
    _files(project, here__net_py="1 / 0", src__there__net_py="1 / 0")

    found = [target_of(f"{name}.net:build").path.relative_to(project) for name in ("here", "there")]

    assert [str(path) for path in found] == ["here/net.py", "src/there/net.py"]


@pytest.mark.parametrize("word", ["nothing.here:x", "nothing.py:x", "nothing.py"])
def test_what_is_not_there_is_said_to_be_missing(project, word):
    with pytest.raises(OpenError) as caught:
        target_of(word)

    assert caught.value.fix


@pytest.mark.parametrize(
    ("names", "entry"),
    [
        (["model_py", "train_py", "data_py"], "train.py"),
        (["model_py", "layers_py"], "model.py"),
        (["only_py"], "only.py"),
        (["src__pkg__model_py", "src__pkg__layers_py"], "src/pkg/model.py"),
        (["test_x_py", "conftest_py", "net_py"], "net.py"),
    ],
)
def test_folder_is_opened_by_its_entry(project, names, entry):
    _files(project, **dict.fromkeys(names, KERAS))

    target = target_of(project)

    assert target.path.relative_to(project).as_posix() == entry
    assert target.folder == project


def test_main_of_a_package_comes_first(project):
    _files(project, model_py=KERAS)
    (project / "__main__.py").write_text("from model import *")

    assert target_of(project).path.name == "__main__.py"


def test_folder_with_several_files_lists_them(project):
    _files(project, a_py=KERAS, b_py=KERAS, notes_py="x = 1")

    with pytest.raises(OpenError, match=r"could be opened: a\.py, b\.py\.") as caught:
        target_of(project)

    assert "a.py" in caught.value.fix


def test_folder_without_a_model_says_so(project):
    with pytest.raises(OpenError, match="no file in it imports Keras"):
        target_of(project)


def test_package_of_a_file_goes_up_as_far_as_there_are_inits(project):
    (project / "a" / "b").mkdir(parents=True)
    for folder in ("a", "a/b"):
        (project / folder / "__init__.py").touch()

    assert package_of(project / "a" / "b" / "x.py") == (project, "a.b")
    assert package_of(project / "x.py") == (project, "")
