"""Finds plugins, registers them and calls their hooks; a broken plugin is named and left out.

Nothing is looked for at import: whoever owns a host says `discover()`. Each step is guarded, so
that one bad plugin costs only itself; what went wrong is in `failures`, for people to read.
Set INSPECTOR_TRACE_PLUGINS=1 to see each hook call and its result on stderr.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pluggy

from inspector import hookspecs
from inspector.checks import Check
from inspector.hookspecs import PROJECT, Exporter


@dataclass(frozen=True, slots=True)
class PluginFailure:
    """Why a plugin, or one hook of it, is not used."""

    plugin: str
    error: str


class PluginHost:
    """The plugins of one process."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._failures: list[PluginFailure] = []

    @property
    def failures(self) -> tuple[PluginFailure, ...]:
        return tuple(self._failures)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the plugins in use, in the order of registration."""
        return tuple(name for name, plugin in self._manager.list_name_plugin() if plugin)

    def discover(self) -> None:
        """Register every installed plugin (entry points of the group "inspector")."""
        for entry_point in sorted(entry_points(group=PROJECT), key=lambda entry: entry.name):
            self._load(entry_point)

    def register(self, plugin: object, name: str) -> None:
        """Use a plugin that is already imported; an unknown hook in it is a failure."""
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except Exception as error:  # the plugin host's guard: foreign code, any error
            if self._manager.has_plugin(name):
                self._manager.unregister(name=name)
            self._fail(name, error)

    def register_file(self, path: Path) -> None:
        """Use a one-off plugin that is a single Python file."""
        name = path.stem
        spec = importlib.util.spec_from_file_location(f"inspector_one_off_{name}", path)
        if spec is None or spec.loader is None:
            self._failures.append(PluginFailure(name, f"{path} is not a Python file."))
            return
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:  # the plugin host's guard: foreign code, any error
            self._fail(name, error)
            return
        self.register(module, name)

    def checks(self) -> tuple[Check, ...]:
        """What the plugins' `register_checks` gave."""
        return tuple(
            check
            for plugin, check in self._call("register_checks")
            if self._expect(plugin, check, callable(check), "a function that takes a trace")
        )

    def exporters(self) -> tuple[Exporter, ...]:
        """What the plugins' `register_exporters` gave."""
        return tuple(
            exporter
            for plugin, exporter in self._call("register_exporters")
            if self._expect(plugin, exporter, isinstance(exporter, Exporter), "an Exporter")
        )

    def _load(self, entry_point: EntryPoint) -> None:
        try:
            plugin = entry_point.load()
        except Exception as error:  # the plugin host's guard: foreign code, any error
            self._fail(entry_point.name, error)
            return
        self.register(plugin, entry_point.name)

    def _call(self, hook: str) -> Iterator[tuple[str, Any]]:
        """(plugin, value) pairs, asked plugin by plugin: `hook()` loses all when one raises."""
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            name = implementation.plugin_name
            try:
                values = list(implementation.function())
            except Exception as error:  # the plugin host's guard: foreign code, any error
                self._fail(name, error)
                continue
            if os.environ.get("INSPECTOR_TRACE_PLUGINS") == "1":
                print(f"plugin {name}: {hook}() -> {values}", file=sys.stderr)
            yield from ((name, value) for value in values)

    def _expect(self, plugin: str, value: object, is_right: bool, kind: str) -> bool:
        if not is_right:
            text = f"Expected {kind}, found {type(value).__name__} {value!r}."
            self._failures.append(PluginFailure(plugin, text))
        return is_right

    def _fail(self, plugin: str, error: Exception) -> None:
        self._failures.append(PluginFailure(plugin, f"{type(error).__name__}: {error}"))
