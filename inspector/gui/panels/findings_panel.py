"""The dock of findings: what checks, ours and plugins', say about the trace."""

from __future__ import annotations

from inspector.checks import Finding, run_checks
from inspector.gui.look.theme import Appearance
from inspector.gui.look.wording import place_text
from inspector.gui.state.viewpoint import Viewpoint
from inspector.gui.widgets.table_model import Column
from inspector.gui.widgets.table_panel import TablePanel
from inspector.plugin_host import PluginHost

_RANK = {"error": 0, "warning": 1}


class FindingsPanel(TablePanel):
    """One row a finding, errors first; a click goes to its call and its line."""

    def __init__(self, viewpoint: Viewpoint, appearance: Appearance) -> None:
        self._viewpoint = viewpoint
        super().__init__(
            "Findings",
            (
                Column(
                    "Severity",
                    lambda found: found.severity,
                    colour=lambda found: _colour(found, appearance),
                ),
                Column("Rule", lambda found: found.rule),
                Column("What", lambda found: found.message),
                Column("What to do", lambda found: found.fix),
                Column(
                    "Line",
                    lambda found: place_text(found.file, found.line),
                    colour=lambda _: appearance.theme.accent,
                ),
            ),
            "Checks found nothing to say about this file.",
            stretch=2,
        )
        viewpoint.trace_changed.connect(self._clear_when_closed)
        self.row_chosen.connect(self._show)

    def check(self, plugins: PluginHost) -> int:
        """Run the checks on the whole trace; gives how many findings there are."""
        trace = self._viewpoint.trace
        if trace is None:
            return 0
        found = sorted(
            run_checks(trace, plugins.checks()), key=lambda row: _RANK.get(row.severity, 2)
        )
        self.show_rows(found)
        return len(found)

    def _clear_when_closed(self) -> None:
        if self._viewpoint.trace is None:
            self.show_rows(())

    def _show(self, found: Finding) -> None:
        if found.call is not None:
            self._viewpoint.select(found.call)
        if found.file is not None:
            self._viewpoint.source_requested.emit(found.file, found.line or 0)


def _colour(found: Finding, appearance: Appearance) -> str:
    theme = appearance.theme
    return {"error": theme.failure, "warning": theme.warning}.get(found.severity, theme.muted)
