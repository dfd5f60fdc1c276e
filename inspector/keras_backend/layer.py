"""What our backend adds to every Keras layer: nothing, its calls are seen from outside."""

from __future__ import annotations


class BackendLayer:
    """The empty mixin that Keras gives each layer on a NumPy-like backend."""
