"""The config of a saved model as a text with lines, shown where a script would show its code."""

from __future__ import annotations

import json
from typing import Any

_WIDTH = 96
_STEP = "  "


class ConfigText:
    """Writes a config, short values on one line, and remembers the line of each object in it."""

    def __init__(self, config: Any) -> None:
        self._lines: list[str] = []
        self._line_of: dict[int, int] = {}
        self._write(config, "", "", "")
        self.text = "\n".join(self._lines) + "\n"

    def line_of(self, part: Any) -> int:
        """The line on which a dict of the config begins, 1 for one that is not in it."""
        return self._line_of.get(id(part), 1)

    def _write(self, value: Any, indent: str, before: str, after: str) -> None:
        if isinstance(value, dict):
            self._line_of[id(value)] = len(self._lines) + 1
        short = json.dumps(value, ensure_ascii=False)
        if not isinstance(value, dict | list) or not value or self._fits(value, short, indent):
            self._lines.append(f"{indent}{before}{short}{after}")
            return
        opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
        self._lines.append(f"{indent}{before}{opening}")
        items = list(value.items() if isinstance(value, dict) else ((None, item) for item in value))
        for place, (key, item) in enumerate(items):
            if key == "class_name":  # the line that tells most
                self._line_of[id(value)] = len(self._lines) + 1
            comma = "," if place < len(items) - 1 else ""
            name = f"{json.dumps(key, ensure_ascii=False)}: " if isinstance(value, dict) else ""
            self._write(item, indent + _STEP, name, comma)
        self._lines.append(f"{indent}{closing}{after}")

    @staticmethod
    def _fits(value: Any, short: str, indent: str) -> bool:
        # An object of Keras gets lines of its own, so that it can be pointed at.
        return len(indent) + len(short) < _WIDTH and "class_name" not in value
