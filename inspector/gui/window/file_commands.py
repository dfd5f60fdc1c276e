"""The window's commands on files: opening what is chosen or dropped, and applying weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QFileDialog

from inspector.errors import OpenError
from inspector.files.kinds import TRACE
from inspector.files.targets import Target, target_of
from inspector.gui.state.recent import remember_file

if TYPE_CHECKING:  # the window is made of these commands
    from inspector.gui.window.main_window import MainWindow

_FILTERS = ";;".join(
    (
        "Models (*.py *.ipynb *.keras *.h5 *.hdf5 *.json)",
        "Python files (*.py)",
        "Notebooks (*.ipynb)",
        "Saved models (*.keras *.h5 *.hdf5)",
        "Architectures and saved traces (*.json)",
        "All files (*)",
    )
)
_WEIGHTS = "Weights (*.weights.h5 *.h5 *.hdf5 *.keras);;All files (*)"
_MOST_LISTED = 5


class FileCommands:
    """Methods of the main window; each but `open_path` is run by an action of the same name."""

    def open_path(
        self,
        path: Path,
        *,
        weights: Path | None = None,
        allow_code: bool = False,
        real: bool = False,
    ) -> None:
        """Open a file, or what a folder or `FILE:function` means, in a fresh worker.

        A file that runs code, from a folder that was not asked about, is asked about first.
        """
        window = cast("MainWindow", self)
        try:
            target = target_of(path)
        except OpenError as error:
            window._forget()
            window.opening.refuse(path, error)
            return
        file = target.path.resolve()
        if (target.kind.runs_code or allow_code) and not window.trust.allows(file.parent):
            window.ask_trust(
                file,
                lambda: self.open_path(path, weights=weights, allow_code=allow_code, real=real),
            )
            return
        window._forget()
        remember_file(window._store, file)
        window._refill_recent()
        if target.kind is TRACE:
            window.opening.open_trace(file)
            trace = window.viewpoint.trace
            window.debugging.open(Path(trace.file if trace else file))
            return
        window.debugging.open(file)
        window.opening.open(
            file, attribute=target.attribute, weights=weights, allow_code=allow_code, real=real
        )
        if target.folder is not None:
            window.statusBar().showMessage(_folder_words(target), 15_000)

    def choose_file(self) -> None:
        """Ask for a file and open it."""
        window = cast("MainWindow", self)
        title = "Open a model file"
        name, _ = QFileDialog.getOpenFileName(window, title, self._folder(), _FILTERS)
        if name:
            self.open_path(Path(name))

    def choose_folder(self) -> None:
        """Ask for a project's folder and open the file in it that builds the model."""
        window = cast("MainWindow", self)
        name = QFileDialog.getExistingDirectory(window, "Open a project's folder", self._folder())
        if name:
            self.open_path(Path(name))

    def choose_weights(self) -> None:
        """Ask for a file of weights and put them into the open model."""
        window = cast("MainWindow", self)
        name, _ = QFileDialog.getOpenFileName(window, "Apply weights", self._folder(), _WEIGHTS)
        if name:
            window.parts.problem.hide()
            window.opening.apply_weights(Path(name).resolve())

    def reload(self) -> None:
        """Open the same file again, as it was opened."""
        opening = cast("MainWindow", self).opening
        if opening.path is not None:
            self.open_path(opening.path, allow_code=opening.allows_code)

    def allow_code(self) -> None:
        """Open the same file again, and let it run the code that it brings along."""
        opening = cast("MainWindow", self).opening
        if opening.path is not None:
            self.open_path(opening.path, allow_code=True)

    def _folder(self) -> str:
        """Where a dialog starts: beside the open file."""
        path = cast("MainWindow", self).opening.path
        return str(path.parent if path is not None else Path.cwd())


def _folder_words(target: Target) -> str:
    also = f"; also there: {', '.join(target.others[:_MOST_LISTED])}" if target.others else ""
    return f"Opened {target.path.name} of {target.folder}{also}"
