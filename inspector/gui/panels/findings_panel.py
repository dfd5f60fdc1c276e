"""The dock of findings: what checks, ours and plugins', say about the trace."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea

from inspector.checks import Finding, run_checks
from inspector.gui.look.theme import Appearance
from inspector.gui.look.wording import place_text
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.list_and_page import ListAndPage
from inspector.gui.widgets.table_model import Column
from inspector.gui.widgets.table_panel import TablePanel
from inspector.plugin_host import PluginHost

_RANK = {"error": 0, "warning": 1}
_EMPTY = "Checks found nothing to say about this file."


class FindingsPanel(ListAndPage):
    """One row a finding, errors first; a click goes to its call and its line, the page says all."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        self._viewpoint = viewpoint
        page = FindingPage(viewpoint, appearance)
        rows = TablePanel("Findings", _columns(appearance), _EMPTY, stretch=1)
        super().__init__(rows, page, shares=(380, 310))
        self.page: FindingPage = page
        viewpoint.trace_changed.connect(self._clear_when_closed)
        self.row_chosen.connect(self._show)
        self.table.selectionModel().currentRowChanged.connect(self._show_current)
        appearance.changed.connect(self._show_current)
        page.setVisible(False)

    def check(self, plugins: PluginHost) -> int:
        """Run the checks on the whole trace; gives how many findings there are."""
        trace = self._viewpoint.trace
        if trace is None:
            return 0
        found = sorted(
            run_checks(trace, plugins.checks()), key=lambda row: _RANK.get(row.severity, 2)
        )
        self._list(found)
        return len(found)

    def _list(self, found: list[Finding]) -> None:
        self.rows.show_rows(found)
        self.page.setVisible(bool(found))
        if found:
            self.choose(0)
        self._show_current()

    def _clear_when_closed(self) -> None:
        if self._viewpoint.trace is None:
            self._list([])

    def _show_current(self) -> None:
        place = self.table.currentIndex().row()
        rows = self.model.rows
        self.page.show_finding(rows[place] if 0 <= place < len(rows) else None)

    def _show(self, found: Finding) -> None:
        if found.call is not None:
            self._viewpoint.select(found.call)
        if found.file is not None:
            self._viewpoint.source_requested.emit(found.file, found.line or 0)


class FindingPage(QScrollArea):
    """All about one finding: what, where, what to do."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self._appearance = appearance
        self._found: Finding | None = None
        self.text = QLabel()
        self.text.setObjectName("panel")
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setContentsMargins(12, 8, 12, 8)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
        )
        self.text.setAccessibleName("About this finding")
        self.text.linkActivated.connect(self._follow)
        self.setWidget(self.text)
        self.setWidgetResizable(True)
        self.setMinimumWidth(180)
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    def show_finding(self, found: Finding | None) -> None:
        """Show one finding; None shows nothing."""
        self._found = found
        self.text.setText("" if found is None else self._words(found))

    def _words(self, found: Finding) -> str:
        theme = self._appearance.theme
        colour = severity_colour(found, self._appearance)
        parts = [f"<b style='color:{colour}'>{escape(found.message)}</b>"]
        if found.fix:
            parts.append(f"<b>What to do:</b> {escape(found.fix)}")
        place = place_text(found.file, found.line)
        link = (
            f"<a style='color:{theme.accent}' href='line'>{escape(place)}</a> · " if place else ""
        )
        muted = f"<span style='color:{theme.muted}'>{escape(found.rule)}</span>"
        parts.append(f"{link}{muted}")
        return "".join(f"<p style='margin:0 0 6px 0'>{part}</p>" for part in parts)

    def _follow(self, _: str) -> None:
        if self._found is not None and self._found.file is not None:
            self._viewpoint.source_requested.emit(self._found.file, self._found.line or 0)


def severity_colour(found: Finding, appearance: Appearance) -> str:
    """The colour of an error, a warning or a note."""
    theme = appearance.theme
    return {"error": theme.failure, "warning": theme.warning}.get(found.severity, theme.muted)


def _columns(appearance: Appearance) -> tuple[Column, ...]:
    return (
        Column(
            "Severity",
            lambda found: found.severity,
            colour=lambda found: severity_colour(found, appearance),
        ),
        Column("Finding", lambda found: found.message),
        Column(
            "Line",
            lambda found: place_text(found.file, found.line),
            colour=lambda _: appearance.theme.accent,
            is_optional=True,
        ),
    )
