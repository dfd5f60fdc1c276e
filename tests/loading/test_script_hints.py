"""What a script's text says of the data that it does not have."""

from __future__ import annotations

import pytest

from inspector.loading.made_up_files import lines
from inspector.loading.script_hints import Fields, Hints


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("for line in f:\n    a, b = line.split('\\t')\n", Fields("\t", 2, False)),
        ("lines = f.read().split('\\n')\nfor l in lines:\n    a, b, _ = l.split('\\t')\n",
         Fields("\t", 3, False)),
        ("id = line.strip().split('|')[0]\ntext = line.strip().split('|')[2]\n",
         Fields("|", 3, False)),
        ("parts = line.split(',')\nx.append(float(parts[0]))\ny.append(float(parts[3]))\n",
         Fields(",", 4, True)),
        ("pairs = [line.split('\\t')[:2] for line in lines]\n", Fields("\t", 3, False)),
        ("words = text.split(' ')\n", None),
        ("words = text.split()\n", None),
    ],
)  # fmt: skip
def test_fields_are_read_off_the_split(source, fields):
    assert Hints(source).fields() == fields


def test_lines_have_the_fields_that_the_script_parts():
    pairs = lines(Fields("\t", 2, False)).decode().splitlines()
    records = lines(Fields("|", 3, False)).decode().splitlines()
    numbers = lines(Fields(",", 4, True)).decode().splitlines()

    assert all(len(line.split("\t")) == 2 for line in pairs)
    assert records[7].split("|")[0] == "0007"
    assert [float(part) for part in numbers[0].split(",")]


@pytest.mark.parametrize(
    ("source", "ending"),
    [("img = load_img(path)", ".jpg"), ("tf.audio.decode_wav(x)", ".wav"), ("open(p).read()", ""),
     ("if name.endswith('.png')", ".png")],
)  # fmt: skip
def test_ending_is_that_of_what_the_script_reads(source, ending):
    assert Hints(source).ending("some/folder") == ending


def test_folder_has_folders_when_the_script_asks_for_them():
    assert Hints("if os.path.isdir(p):").has_folders("noise")
    assert Hints("class_names = os.listdir(root)").has_folders("root")
    assert not Hints("os.listdir(root)").has_folders("pictures")


def test_files_are_more_than_what_is_cut_off_their_list():
    assert Hints("val_samples = 1000\nx = paths[:-val_samples]\n").files() > 1000
    assert Hints("paths[:10]").files() == 64


@pytest.mark.parametrize(
    ("source", "is_text"),
    [("df['income'].str.strip()", True), ("df.income.apply(lambda v: v.replace('.', ''))", True),
     ("df['income'].apply(lambda v: v / 2)", False), ("df['income'].mean()", False)],
)  # fmt: skip
def test_column_is_of_texts_when_the_script_treats_it_so(source, is_text):
    assert Hints(source).is_text("income") is is_text


FOLDERS = """
import os, numpy as np, keras
os.makedirs("audio", exist_ok=True)
os.system("unzip -d audio audio.zip")
class_names = os.listdir("audio")
files = [f for name in class_names for f in os.listdir(os.path.join("audio", name))]
print("FOUND", len(class_names), len(files) >= 100)
print("NEWS", len(open("news/comp.graphics/38987").read()) > 100)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(len(class_names))])
"""


def test_folder_that_the_script_made_is_filled_when_it_is_listed_empty(open_script):
    opened = open_script(FOLDERS)

    assert "FOUND 2 True" in opened.printed
    assert "NEWS True" in opened.printed
    assert opened.failure is None


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        (
            "model.add(Dense(256, activation='relu'))\nmodel.add(Dense(10, activation='softmax'))",
            10,
        ),
        ("NUM_CLASSES = 7", 7),
        ("Dense(1, activation='sigmoid')", 2),
        ("num_classes = 20_000", 100),
    ],
)
def test_classes_are_those_that_the_script_sorts_into(text, classes):
    assert Hints(text).classes() == classes


def test_rows_are_read_by_name_where_they_are_dictionaries():
    assert Hints("for row in DictReader(f): row['created_at']").reads_rows_by_name()
    assert not Hints("for row in reader(f): row[0]").reads_rows_by_name()
