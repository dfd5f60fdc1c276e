"""The picture of the real window, and pictures of the graph alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from inspector.app import Settings
from inspector.errors import ExportError
from inspector.gui.graph.picture import write_pdf, write_png
from inspector.gui.screenshot import render
from inspector.layout.opened import default_expanded
from inspector.layout.scene import build_scene
from inspector.trace import Run, Trace


@pytest.mark.parametrize(("theme", "is_light"), [("light", True), ("dark", False)])
def test_screenshot_shows_the_window_in_the_theme(
    qtbot: QtBot,
    vae: Trace,
    tmp_path: Path,
    theme: str,
    is_light: bool,
) -> None:
    out = tmp_path / "window.png"

    render(vae, out, Settings(theme=theme), size=(1300, 820))

    image = QImage(str(out))
    assert (1300, 820) == (image.width(), image.height())
    assert is_light == (image.pixelColor(20, 60).lightness() > 128)
    colours = {image.pixel(x, y) for x in range(0, 1300, 7) for y in range(0, 820, 7)}
    assert len(colours) > 30  # an empty or broken window has a handful


def test_screenshot_goes_to_a_step(qtbot: QtBot, vae: Trace, tmp_path: Path) -> None:
    render(vae, tmp_path / "first.png", run=0, step=2)
    render(vae, tmp_path / "later.png", run=0, step=30)

    assert (tmp_path / "first.png").read_bytes() != (tmp_path / "later.png").read_bytes()


def test_png_and_pdf_show_the_whole_graph(qtbot: QtBot, vae_run: Run, tmp_path: Path) -> None:
    scene = build_scene(vae_run, default_expanded(vae_run))

    write_png(scene, vae_run, tmp_path / "graph.png")
    write_pdf(scene, vae_run, tmp_path / "graph.pdf", theme="dark")

    image = QImage(str(tmp_path / "graph.png"))
    assert image.width() > scene.bounds[2]
    assert (tmp_path / "graph.pdf").read_bytes().startswith(b"%PDF")


def test_png_says_when_it_cannot_be_written(qtbot: QtBot, vae_run: Run, tmp_path: Path) -> None:
    scene = build_scene(vae_run, default_expanded(vae_run))

    with pytest.raises(ExportError, match="cannot be written"):
        write_png(scene, vae_run, tmp_path / "missing" / "graph.png")
