"""Scripts opened in a real worker, once for all tests of a module."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from inspector.keras_backend import hook
from inspector.session.client import OpenResult, open_file
from inspector.session.protocol import Output

hook.install("numpy")  # before a test of this folder imports Keras


@dataclass(frozen=True)
class Opened:
    result: OpenResult
    printed: str

    @property
    def replaced(self):
        return [one.what for one in self.result.trace.replaced]

    @property
    def failure(self):
        return self.result.trace.failure

    def runs(self, model, kind):
        return [r for r in self.result.trace.runs if (r.model, r.kind) == (model, kind)]


@pytest.fixture(scope="session")
def open_script(tmp_path_factory):
    """Open a script given as text; what it printed comes along."""

    def run(text, **options):
        path = tmp_path_factory.mktemp("script") / "script.py"
        path.write_text(text)
        texts = []
        result = open_file(
            path,
            on_event=lambda event: texts.append(event.text) if isinstance(event, Output) else None,
            **options,
        )
        return Opened(result, "".join(texts))

    return run


@pytest.fixture(scope="module")
def models():
    """Small models of several kinds, made in this process."""
    from tests.loading.saved_models import small_models

    return small_models()
