"""Windows and browsers: plots are drawn off screen, nothing is opened."""

from __future__ import annotations

import os
import webbrowser

import keras

from inspector.loading.situation import Situation


def install(situation: Situation) -> None:
    """Keep matplotlib off the screen; skip pictures that need Graphviz."""
    # An installed matplotlib: its `show` must not wait for a person.
    os.environ["MPLBACKEND"] = "Agg"
    add = situation.notes.add

    def open_url(url: str, *args: object, **kwargs: object) -> bool:
        add(f"webbrowser.open({url!r})", "Nothing is opened outside Inspector.")
        return True

    def plot_model(*args: object, **kwargs: object) -> None:
        add("keras.utils.plot_model", "Skipped: Inspector draws the model itself.")

    for name in ("open", "open_new", "open_new_tab"):
        situation.patches.set(webbrowser, name, open_url)
    for name in ("plot_model", "model_to_dot"):
        situation.patches.wrap(keras.utils, name, lambda original: plot_model)
