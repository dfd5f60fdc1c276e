"""The pictures of the pages under docs/: `python tests/docs_pages/pictures.py [NAME...]`.

They are the real window, opened on a sample and used as a person would. The command writes them
into docs/; the test beside this file makes each of them anew and looks at what the window says.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from inspector.gui.window.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1280, 800)
_LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture.

    sample: the sample model that is opened.
    use:    what a person does then; gives what is photographed (the window, or a dialog).
    shows:  words that must be readable in it.
    steps:  the clicks and keys of `use`, in words, for the page.
    """

    sample: str
    use: Callable[[MainWindow], QWidget]
    shows: tuple[str, ...]
    steps: str = ""


def wait_for(is_there: Callable[[], bool], what: str) -> None:
    """Let the window work until something is there."""
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + _LONGEST_S
    while not is_there():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {_LONGEST_S:g} s")
        QApplication.processEvents()
        time.sleep(0.005)


@contextmanager
def window_on(sample: str, theme: str = "light") -> Iterator[MainWindow]:
    """The window with a sample open, at rest."""
    from inspector.app import Settings
    from inspector.gui.start import make_window
    from inspector.gui.state.recent import MemoryStore

    settings = Settings(engine="numpy", theme="dark" if theme == "dark" else "light", trust=True)
    window = make_window(settings, store=MemoryStore())
    window.plugins.discover()
    window.resize(*SIZE)
    window.show()
    try:
        window.opening.trust(ROOT / "sample_models") if hasattr(window.opening, "trust") else None
        window.open_path(ROOT / "sample_models" / f"{sample}.py")
        wait_for(lambda: window.opening.state in ("open", "lost"), sample)
        at_rest(window)
        yield window
    finally:
        window.close()
        window.deleteLater()


def at_rest(window: MainWindow) -> None:
    """Let layout and values arrive."""
    view, graph = window.parts.values.view, window.parts.graph
    wait_for(lambda: not view.is_waiting and not graph.is_waiting, "the picture")


def _numbers(window: MainWindow) -> QWidget:
    window.parts.bring_forward("Findings")
    panel = window.parts.findings
    wait_for(lambda: bool(panel.model.rows), "findings")
    panel.row_chosen.emit(panel.model.rows[0])
    at_rest(window)
    return window


def _checks(window: MainWindow) -> QWidget:
    window.parts.bring_forward("Findings")
    panel = window.parts.findings
    wait_for(lambda: bool(panel.model.rows), "findings")
    panel.row_chosen.emit(panel.model.rows[0])
    at_rest(window)
    return window


def _failures(window: MainWindow) -> QWidget:
    return window


def _origin(window: MainWindow) -> QWidget:
    window.viewpoint.select("vae/decoder/pixels#0")
    at_rest(window)
    window.parts.values.view.number_chosen.emit(
        window.viewpoint.run.calls[-1].outputs[0].tensor, (0, 0)
    )
    wait_for(lambda: bool(window.parts.origin.model.rows), "the origin")
    at_rest(window)
    return window


def _paused(window: MainWindow) -> QWidget:
    window.parts.bring_forward("Breakpoints")
    window.debugging.breakpoints.add("class:Dense if max(abs(y)) > 2")
    window.debugging.breakpoints.add("op:exp if max(y) > 100")
    window.parts.source.toggle_breakpoint(40)
    window.run_inference()
    wait_for(lambda: window.debugging.paused is not None, "the pause")
    at_rest(window)
    return window


def _watches(window: MainWindow) -> QWidget:
    window.parts.bring_forward("Watches")
    entry = window.parts.watches.entry
    for text in ('mean(at("encoder/mean").y)', "largest weight = max(abs(w))", "spread = std(y)"):
        entry.line.setText(text)
        entry.submit()
    window.viewpoint.go_to_call("vae/decoder/hidden#0")
    wait_for(lambda: not window.debugging.evaluator.is_waiting, "the watches")
    wait_for(lambda: window.parts.watches.plot.plot is not None, "the plot")
    at_rest(window)
    return window


def _what_if(window: MainWindow) -> QWidget:
    from inspector.gui.comparing.compare_dialog import CompareDialog

    window.what_if("encoder/mean.output=zeros", is_ready=True)
    wait_for(lambda: bool(window.findChildren(CompareDialog)), "the changed run")
    (dialog,) = window.findChildren(CompareDialog)
    wait_for(lambda: dialog.reader is None or not dialog.reader.is_reading, "the difference")
    wait_for(lambda: "part first" in dialog.verdict.text(), "the first difference")
    return dialog


PICTURES: dict[str, Picture] = {
    "paused": Picture(
        "vae", _paused, ("Paused before vae/encoder/sampling", "line:40"), "click beside line 40"
    ),
    "watches": Picture("vae", _watches, ("largest weight", "at 9 calls"), "typed into Watches"),
    "what_if": Picture(
        "vae",
        _what_if,
        ("They part first at vae/encoder/mean",),
        "Ctrl+I, encoder/mean.output=zeros",
    ),
    "numbers": Picture(
        "broken_log_of_zero", _numbers, ("logarithm of 0", "What to do:"), "Findings, first row"
    ),
    "origin": Picture("vae", _origin, ("vae/decoder/pixels/kernel",), "a cell of the heatmap"),
    "checks": Picture(
        "broken_concat_axis",
        _checks,
        ("along the batch axis", "What to do:"),
        "Findings, first row",
    ),
    "failures": Picture("broken_concat_axis", _failures, ("axis=-1",), "none: it opens there"),
}


def words_in(widget: QWidget) -> str:
    """Everything that is written in the visible labels and tables of a widget."""
    from PySide6.QtWidgets import QLabel, QTableView

    words = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    for table in widget.findChildren(QTableView):
        model = table.model()
        if table.isVisible() and model is not None:
            words += [
                str(model.index(row, column).data())
                for row in range(model.rowCount())
                for column in range(model.columnCount())
            ]
    return "\n".join(words)


def main(names: list[str]) -> None:
    """Write the pictures into docs/."""
    from PySide6.QtWidgets import QApplication

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    for name in names or PICTURES:
        picture = PICTURES[name]
        with window_on(picture.sample) as window:
            picture.use(window).grab().save(str(ROOT / "docs" / f"{name}.png"), "PNG")
    app.processEvents()


if __name__ == "__main__":
    main(sys.argv[1:])
