"""The composition root of the window process: settings, where workers come from; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from inspector.session.client import Client
from inspector.session.protocol import Event


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line decides for the window.

    engine: which arrays the worker uses; "auto" probes for a GPU.
    theme:  "system" follows the desktop.
    python: the worker's interpreter, None for the one that runs this.
    trust:  files are run without asking whether their folder is trusted.
    weights, allow_code, real: for the file that the window opens first.
    """

    engine: Literal["auto", "cupy", "numpy"] = "auto"
    theme: Literal["system", "light", "dark"] = "system"
    python: str | None = None
    trust: bool = False
    real: bool = False
    weights: Path | None = None
    allow_code: bool = False


def new_client(on_event: Callable[[Event], None]) -> Client:
    """A client for one open file; its worker starts with `start`."""
    return Client(on_event)


def sample_models() -> list[Path]:
    """The sample models of a checkout, none where they are not installed."""
    folder = Path(__file__).resolve().parent.parent / "sample_models"
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))
