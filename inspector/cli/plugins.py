"""The plugins that a command uses; what is wrong with one is said, and stops nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from inspector.errors import UsageError
from inspector.plugin_host import PluginHost


def loaded_plugins(files: Iterable[Path] = ()) -> PluginHost:
    """A host with every installed plugin and the one-off files.

    Raises:
        UsageError: a one-off file does not exist.
    """
    host = PluginHost()
    host.discover()
    for file in files:
        if not file.is_file():
            raise UsageError(f"The plugin {file} does not exist.", fix="Check the path.")
        host.register_file(file)
    for failure in host.failures:
        print(f"inspector: plugin {failure.plugin} is not used: {failure.error}", file=sys.stderr)
    return host
