"""The pictures of the pages under docs/: `python tests/docs_pages/pictures.py [NAME...]`.

They are the real window, opened on a sample and used as a person would, with as few clicks as it
takes. The command writes them into docs/; the tests beside this file make the same clicks and look
at what the window says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from driving import ROOT, at_rest, click_row, click_tab, wait_for, window_on
from PySide6.QtWidgets import QApplication, QWidget

from inspector.gui.comparing.compare_dialog import CompareDialog
from inspector.gui.window.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture.

    sample: the sample model that is opened.
    use:    what a person does then; gives what is photographed (the window, or a dialog).
    shows:  words that must be readable in it.
    """

    sample: str
    use: Callable[[MainWindow], QWidget]
    shows: tuple[str, ...]


def failure(window: MainWindow) -> QWidget:
    """No click: a file that fails opens at its failure."""
    return window


def first_finding(window: MainWindow) -> QWidget:
    """Two clicks: the tab Findings, its first row."""
    panel = window.parts.findings
    wait_for(lambda: bool(panel.model.rows), "findings")
    click_tab(window, "Findings")
    click_row(window, panel.table, 0)
    return window


def lost_mask(window: MainWindow) -> QWidget:
    """Two clicks: the tab Masks, the row that says dropped."""
    click_tab(window, "Masks")
    rows = window.parts.masks.model.rows
    row = next(i for i, row in enumerate(rows) if row.event.what == "dropped")
    click_row(window, window.parts.masks.table, row)
    return window


def attention(window: MainWindow) -> QWidget:
    """One click on the use by attention, in the list of masks, shows what may be attended."""
    click_tab(window, "Masks")
    rows = window.parts.masks.model.rows
    row = next(i for i, row in enumerate(rows) if row.attention is not None)
    click_row(window, window.parts.masks.table, row)
    return window


def ledger(window: MainWindow) -> QWidget:
    """The ledger, its largest term open, and the input of the sample that adds most to it."""
    click_tab(window, "Losses")
    click_row(window, window.parts.losses.page.samples.table, 0)
    return window


def origin(window: MainWindow) -> QWidget:
    """A cell of the heatmap of a call's output."""
    window.viewpoint.select("vae/decoder/pixels#0")
    at_rest(window)
    window.parts.values.view.number_chosen.emit(
        window.viewpoint.run.calls[-1].outputs[0].tensor, (0, 0)
    )
    wait_for(lambda: bool(window.parts.origin.model.rows), "the origin")
    at_rest(window)
    return window


def training_twin(window: MainWindow) -> QWidget:
    """Run in training mode, then compare with the run before."""
    before = len(window.viewpoint.runs)
    window.run_training()
    wait_for(lambda: len(window.viewpoint.runs) > before, "the run in training mode")
    at_rest(window)
    dialog = window.compare_runs()
    wait_for(lambda: dialog.reader is None or not dialog.reader.is_reading, "the difference")
    wait_for(lambda: "part first" in dialog.verdict.text(), "the first difference")
    dialog.go_to_first()
    return dialog


def paused(window: MainWindow) -> QWidget:
    window.parts.bring_forward("Breakpoints")
    window.debugging.breakpoints.add("class:Dense if max(abs(y)) > 2")
    window.debugging.breakpoints.add("op:exp if max(y) > 100")
    window.parts.source.toggle_breakpoint(40)
    window.run_inference()
    wait_for(lambda: window.debugging.paused is not None, "the pause")
    at_rest(window)
    return window


def watches(window: MainWindow) -> QWidget:
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


def what_if(window: MainWindow) -> QWidget:
    window.what_if("encoder/mean.output=zeros", is_ready=True)
    wait_for(lambda: bool(window.findChildren(CompareDialog)), "the changed run")
    (dialog,) = window.findChildren(CompareDialog)
    wait_for(lambda: dialog.reader is None or not dialog.reader.is_reading, "the difference")
    wait_for(lambda: "part first" in dialog.verdict.text(), "the first difference")
    return dialog


PICTURES: dict[str, Picture] = {
    "failures": Picture("broken_concat_axis", failure, ("axis=-1",)),
    "masks": Picture("broken_mask_lost", lost_mask, ("Scale does not support masks",)),
    "attention": Picture("transformer_block", attention, ("True = may attend",)),
    "losses": Picture("regularizers", ledger, ("divided by 16",)),
    "numbers": Picture("broken_log_of_zero", first_finding, ("logarithm of 0", "What to do:")),
    "origin": Picture("vae", origin, ("vae/decoder/pixels/kernel",)),
    "checks": Picture("broken_concat_axis", first_finding, ("along the batch axis",)),
    "differences": Picture("conditional_dropout", training_twin, ("only in B",)),
    "paused": Picture("vae", paused, ("Paused before vae/encoder/sampling", "line:40")),
    "watches": Picture("vae", watches, ("largest weight", "at 9 calls")),
    "what_if": Picture("vae", what_if, ("They part first at vae/encoder/mean",)),
}


def main(names: list[str]) -> None:
    """Write the pictures into docs/."""
    app = QApplication.instance() or QApplication([])
    for name in names or PICTURES:
        picture = PICTURES[name]
        with window_on(picture.sample) as window:
            picture.use(window).grab().save(str(ROOT / "docs" / f"{name}.png"), "PNG")
    app.processEvents()


if __name__ == "__main__":
    main(sys.argv[1:])
