"""The plugin host: what it finds, what it leaves out, and what it says about it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from inspector.api import Exporter, hookimpl
from inspector.plugin_host import PluginFailure, PluginHost


@pytest.fixture
def host() -> PluginHost:
    """A host that has looked for nothing."""
    return PluginHost()


def _plugin(**hooks: object) -> SimpleNamespace:
    for name, result in hooks.items():

        def hook(result: object = result) -> object:
            if isinstance(result, Exception):
                raise result
            return result

        hook.__name__ = name
        hooks[name] = hookimpl(hook)
    return SimpleNamespace(**hooks)


def _no_check(trace: object) -> list[object]:
    return []


def test_host_has_no_plugins_before_discovery(host: PluginHost) -> None:
    assert () == host.names
    assert () == host.checks()


def test_discovery_finds_every_first_party_plugin(host: PluginHost) -> None:
    host.discover()

    assert () == host.failures
    assert {"big_layers", "mermaid"} <= set(host.names)


def test_hook_register_checks_gives_the_checks_of_all_plugins_in_order(host: PluginHost) -> None:
    host.register(_plugin(register_checks=[_no_check]), "first")
    host.register(_plugin(register_checks=[print, len]), "second")

    assert (_no_check, print, len) == host.checks()


def test_hook_register_exporters_gives_the_exporters(host: PluginHost) -> None:
    exporter = Exporter("Nothing", ".none", lambda run, path: None)
    host.register(_plugin(register_exporters=[exporter]), "nothing")

    assert (exporter,) == host.exporters()


def test_host_keeps_the_others_when_one_hook_raises(host: PluginHost) -> None:
    host.register(_plugin(register_checks=RuntimeError("no luck")), "broken")
    host.register(_plugin(register_checks=[_no_check]), "sound")

    assert (_no_check,) == host.checks()
    assert (PluginFailure("broken", "RuntimeError: no luck"),) == host.failures


def test_host_refuses_a_value_of_the_wrong_kind_by_plugin_name(host: PluginHost) -> None:
    host.register(_plugin(register_exporters=["svg"]), "texts")

    assert () == host.exporters()
    assert (PluginFailure("texts", "Expected an Exporter, found str 'svg'."),) == host.failures


def test_host_names_a_misspelt_hook_and_leaves_the_plugin_out(host: PluginHost) -> None:
    host.register(_plugin(register_chekcs=[_no_check]), "typing_error")

    assert () == host.names
    assert "register_chekcs" in host.failures[0].error


def test_host_names_a_plugin_that_cannot_be_imported(
    host: PluginHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = SimpleNamespace(name="absent", load=lambda: __import__("not_there_at_all"))
    monkeypatch.setattr("inspector.plugin_host.entry_points", lambda group: [entry])

    host.discover()

    assert "absent" == host.failures[0].plugin
    assert "not_there_at_all" in host.failures[0].error


def test_host_registers_one_file(host: PluginHost, tmp_path: Path) -> None:
    file = tmp_path / "one_off.py"
    file.write_text(
        "from inspector.api import hookimpl\n@hookimpl\ndef register_checks():\n    return [len]\n"
    )

    host.register_file(file)

    assert (len,) == host.checks()
    assert ("one_off",) == host.names


@pytest.mark.parametrize("text", ["raise ValueError('at import')", "def broken(:"])
def test_host_names_one_file_that_does_not_import(
    host: PluginHost, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "one_off.py"
    file.write_text(text)

    host.register_file(file)

    assert () == host.names
    assert "one_off" == host.failures[0].plugin


def test_host_prints_calls_and_results_when_tracing_is_on(
    host: PluginHost, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INSPECTOR_TRACE_PLUGINS", "1")
    host.register(_plugin(register_checks=[len]), "traced")

    host.checks()

    assert (
        "plugin traced: register_checks() -> [<built-in function len>]" in capsys.readouterr().err
    )
