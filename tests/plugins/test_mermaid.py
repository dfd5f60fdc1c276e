"""The exporter mermaid: frames as subgraphs, edges with shapes, names that hold quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.api import Call, Edge, ExportError, Run, TensorRef
from inspector_plugins.mermaid import write_mermaid


def _call(name: str, parent: str | None = None) -> Call:
    output = TensorRef(1, (None, 8), "float32")
    return Call(
        id=f"{name}#0", layer_id=1, path=name, name=name, class_="Dense", call_index=0,
        parent=parent, depth=0 if parent is None else 1, file=None, line=None, elapsed_s=0.0,
        inputs=(), outputs=(output,),
    )  # fmt: skip


def _run() -> Run:
    calls = (_call("model"), _call('a "b"', "model#0"), _call("c", "model#0"))
    edges = (
        Edge('a "b"#0', "c#0", 0, "inputs", (2, 8), "float32"),
        Edge(None, "model#0", 0, "inputs", (2, 4), "float32"),
    )
    return Run(model="model", kind="forward", training=False, seed=0, calls=calls, edges=edges)


def test_mermaid_writes_frames_calls_and_edges(tmp_path: Path) -> None:
    path = tmp_path / "model.mmd"

    write_mermaid(_run(), path)

    expected = """\
flowchart TD
  subgraph c0["model : Dense → (?, 8)"]
    c1["a #quot;b#quot; : Dense → (?, 8)"]
    c2["c : Dense → (?, 8)"]
  end
  c1 -->|"(2, 8)"| c2
"""
    assert expected == path.read_text(encoding="utf-8")


def test_mermaid_says_what_to_do_when_the_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Choose a folder"):
        write_mermaid(_run(), tmp_path / "missing" / "model.mmd")
