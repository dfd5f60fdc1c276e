"""Each format: well formed for any text, complete, and written whole or not at all."""

import json
import os
import re
import stat
from dataclasses import replace
from xml.etree import ElementTree

import networkx as nx
import pytest
from handmade_runs import call, edge, nested, run, transformer
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import ExportError
from inspector.exporters import FORMATS, replace_by, replace_file, write
from inspector.exporters.diagram import Diagram
from inspector.exporters.palette import PALETTES
from inspector.layout.category import CATEGORIES
from inspector.layout.scene import build_scene, default_expanded, expandable
from inspector.trace import Engine, Failure, Trace, from_plain

SVG = "{http://www.w3.org/2000/svg}"
texts = st.text(st.characters(), max_size=20)


def trace_of(made):
    return Trace("folder/model.py", Engine("numpy", "cpu", "no GPU"), runs=(made,))


def diagram(made, *, expanded=None, theme="light"):
    opened = default_expanded(made) if expanded is None else expanded
    return Diagram(trace_of(made), made, build_scene(made, opened), theme)


def failing():
    failure = Failure("outer/inner/a#0", "ValueError", "shapes <do> not & fit")
    return replace(nested(), failure=failure)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("theme", PALETTES)
def test_write_writes_each_format(tmp_path, suffix, theme):
    path = tmp_path / f"model{suffix}"

    write(trace_of(nested()), nested(), path, theme=theme)

    assert "outer" in path.read_text("utf-8")
    assert os.listdir(tmp_path) == [path.name]


@given(texts, texts, texts)
@settings(max_examples=60, deadline=None)
def test_every_format_is_well_formed_whatever_names_are(name, class_, message):
    made = run(
        [
            replace(call("g"), name=name),
            replace(call("g/a", "g#0", depth=1, class_=class_), name=name, file=name),
        ],
        [edge(None, "g/a#0", argument=name)],
        model=name,
        failure=Failure("g/a#0", class_, message),
    )
    drawn = diagram(made)

    ElementTree.fromstring(FORMATS[".svg"].text(drawn).encode("utf-8"))
    nx.parse_graphml(FORMATS[".graphml"].text(drawn))
    json.loads(FORMATS[".json"].text(drawn))
    page = FORMATS[".html"].text(drawn)
    assert page.count("</script>") == 2
    for line in FORMATS[".dot"].text(drawn).split("\n"):
        assert len(re.findall(r'(?<!\\)(?:\\\\)*"', line)) % 2 == 0


@pytest.mark.parametrize("expanded", [frozenset(), frozenset({"outer#0", "outer/inner#0"})])
def test_svg_shows_every_visible_box_with_title_and_subtitle(expanded):
    drawn = diagram(nested(), expanded=expanded)

    root = ElementTree.fromstring(FORMATS[".svg"].text(drawn))

    shown = [group.get("data-id") for group in root.iter(f"{SVG}g") if group.get("data-id")]
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert sorted(shown) == sorted(drawn.scene.ids)
    assert set(drawn.scene.titles) <= words
    assert {label for label in drawn.scene.labels if label} <= words
    assert len([p for p in root.iter(f"{SVG}path") if p.get("class") == "edge"]) == len(
        drawn.scene.sources
    )


def test_svg_has_a_title_a_view_box_and_holds_everything_inside_it():
    drawn = diagram(transformer(2), expanded=expandable(transformer(2)))

    root = ElementTree.fromstring(FORMATS[".svg"].text(drawn))

    assert root.find(f"{SVG}title").text == "m: forward pass of model.py"
    x, y, width, height = map(float, root.get("viewBox").split())
    for rect in root.iter(f"{SVG}rect"):
        assert x <= float(rect.get("x"))
        assert y <= float(rect.get("y"))
        assert float(rect.get("x")) + float(rect.get("width")) <= x + width + 0.01
        assert float(rect.get("y")) + float(rect.get("height")) <= y + height + 0.01


@pytest.mark.parametrize("theme", PALETTES)
def test_svg_shows_the_failing_call_in_red(theme):
    drawn = diagram(failing(), theme=theme)

    root = ElementTree.fromstring(FORMATS[".svg"].text(drawn))

    red = PALETTES[theme].failure
    failed = next(g for g in root.iter(f"{SVG}g") if g.get("data-id") == "outer/inner/a#0")
    assert failed.find(f"{SVG}rect").get("stroke") == red
    assert "ValueError: shapes <do> not & fit" in {text.text for text in root.iter(f"{SVG}text")}


def test_svg_dashes_the_edges_of_masks():
    made = run([call("a"), call("b")], [edge("a#0", "b#0", argument="mask")])

    root = ElementTree.fromstring(FORMATS[".svg"].text(diagram(made)))

    paths = [path for path in root.iter(f"{SVG}path") if path.get("class") == "edge"]
    assert [path.get("stroke-dasharray") for path in paths] == ["5 3"]


def test_svg_fetches_nothing():
    page = FORMATS[".html"].text(diagram(nested()))

    addresses = set(re.findall(r"https?://[^\"' ]+", page))
    assert addresses == {"http://www.w3.org/2000/svg"}


def test_dot_nests_clusters_and_joins_innermost_boxes():
    text = FORMATS[".dot"].text(diagram(nested(), expanded=frozenset({"outer#0", "outer/inner#0"})))

    assert text.count("subgraph cluster_") == 2
    names = dict(re.findall(r'(b\d+) \[label="(\w+)', text))
    pairs = {(names[a], names[b]) for a, b in re.findall(r"(b\d+) -> (b\d+)", text)}
    assert {("first", "a"), ("a", "b"), ("b", "last"), ("first", "last")} <= pairs


def test_graphml_holds_shapes_and_lines_as_text():
    graph = nx.parse_graphml(FORMATS[".graphml"].text(diagram(nested())))

    facts = graph.nodes["outer/inner/a#0"]
    assert facts["outputs"] == "(8, 4)"
    assert facts["line"] == 3
    assert facts["parent"] == "outer/inner#0"


def test_json_is_the_trace_itself():
    text = FORMATS[".json"].text(diagram(failing()))

    assert from_plain(Trace, json.loads(text)) == trace_of(failing())


def test_html_holds_the_facts_of_every_visible_call():
    page = FORMATS[".html"].text(diagram(failing()))

    data = re.search(r'id="calls">(.*?)</script>', page)[1]
    facts = dict(json.loads(data)["outer/inner/a#0"])
    assert facts["source"] == "model.py:3"
    assert facts["failed"] == "ValueError: shapes <do> not & fit"


def test_palettes_have_a_colour_for_every_category():
    for palette in PALETTES.values():
        assert set(palette.categories) == set(CATEGORIES)


def test_write_raises_export_error_when_the_suffix_is_unknown(tmp_path):
    with pytest.raises(ExportError) as caught:
        write(trace_of(nested()), nested(), tmp_path / "model.bmp")

    assert ".svg" in caught.value.fix


def test_write_raises_export_error_when_the_folder_is_missing(tmp_path):
    with pytest.raises(ExportError, match="could not be written"):
        write(trace_of(nested()), nested(), tmp_path / "missing" / "model.svg")


def test_replace_file_keeps_the_old_file_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.svg"
    path.write_text("before")

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    with pytest.raises(ExportError, match="No space left"):
        replace_file(path, b"after")

    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["a.svg"]


def test_replace_by_keeps_the_old_file_when_the_writer_fails(tmp_path):
    path = tmp_path / "a.png"
    path.write_text("before")

    def half(place):
        place.write_text("aft")
        raise ExportError("no more", fix="Stop.")

    with pytest.raises(ExportError):
        replace_by(path, half)

    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["a.png"]


def test_replace_file_keeps_the_mode_of_the_file(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text("before")
    path.chmod(0o640)

    replace_file(path, b"after")

    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text() == "after"
