"""Which cell of a notebook the source panel shows, where there are several to choose from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from inspector.gui.widgets.drop_down import DropDown
from inspector.trace import Source

_MOST_CHARACTERS = 48


class SourceChooser(DropDown):
    """Lists texts by name and first line; hidden for fewer than two."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Cell")
        self._sources: tuple[Source, ...] = ()
        self.activated.connect(lambda place: self.chosen.emit(self._sources[place].file))
        self.hide()

    def show_sources(self, sources: tuple[Source, ...]) -> None:
        """List other texts."""
        if sources == self._sources:
            return
        self._sources = sources
        self.clear()
        self.addItems([_title(source) for source in sources])
        self.setVisible(len(sources) > 1)

    def select(self, file: str) -> None:
        """Show that one of them is in view."""
        places = [place for place, source in enumerate(self._sources) if source.file == file]
        self.setCurrentIndex(places[0] if places else -1)


def _title(source: Source) -> str:
    first = next((line.strip() for line in source.text.splitlines() if line.strip()), "")
    name = Path(source.file).name
    cell = name.partition(".ipynb ")[2] or name
    return f"{cell}   {first[:_MOST_CHARACTERS]}"
