"""What the layers of Keras say of the axes that go in and come out, by their documentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inspector.capture.frames import Frame

Labels = tuple[str, ...]
Seed = Callable[[Any, int], Labels]

UNKNOWN = ""
SEQUENCE: Labels = ("batch", "time", "features")
_SPACES: dict[int, Labels] = {
    1: ("time",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}


def of_input(frame: Frame, ndim: int) -> Labels:
    """The labels of an input of so many axes; unknown where the layer says nothing."""
    return _asked(_INPUTS, frame.layer, ndim)


def of_output(frame: Frame, ndim: int) -> Labels:
    """The labels of an output, likewise."""
    if _is_head_projection(frame) and ndim == 4:
        return ("batch", "time", "heads", "units")
    return _asked(_OUTPUTS, frame.layer, ndim)


def _asked(table: dict[str, Seed], layer: Any, ndim: int) -> Labels:
    for kind in type(layer).__mro__:
        if kind.__module__.startswith("keras.") and kind.__name__ in table:
            found = table[kind.__name__](layer, ndim)
            return found if len(found) == ndim else (UNKNOWN,) * ndim
    return (UNKNOWN,) * ndim


def _is_head_projection(frame: Frame) -> bool:
    above = type(frame.parent.layer) if frame.parent is not None else object
    is_attention = any(
        kind.__name__ in ("MultiHeadAttention", "GroupedQueryAttention") for kind in above.__mro__
    )
    return is_attention and frame.name in ("query", "key", "value")


def _image(layer: Any, ndim: int) -> Labels:
    space = _SPACES.get(ndim - 2, ())
    if getattr(layer, "data_format", None) == "channels_first":
        return ("batch", "channels", *space)
    return ("batch", *space, "channels")


def _image_or_pooled(layer: Any, ndim: int) -> Labels:
    return ("batch", "channels") if ndim == 2 else _image(layer, ndim)


def _last(name: str) -> Seed:
    return lambda layer, ndim: (*(UNKNOWN,) * (ndim - 1), name)


def _sequence(layer: Any, ndim: int) -> Labels:
    return SEQUENCE if ndim == 3 else ()


def _indices(layer: Any, ndim: int) -> Labels:
    return ("batch", "time")


def _embedded(layer: Any, ndim: int) -> Labels:
    return SEQUENCE if ndim == 3 else (*(UNKNOWN,) * (ndim - 1), "features")


def _recurrent(layer: Any, ndim: int) -> Labels:
    return {2: ("batch", "units"), 3: ("batch", "time", "units")}.get(ndim, ())


def _by_time(layer: Any, ndim: int) -> Labels:
    return ("batch", "time", *(UNKNOWN,) * (ndim - 2))


_SPATIAL = (
    "BaseConv",
    "BaseSeparableConv",
    "BaseDepthwiseConv",
    "BaseConvTranspose",
    "BasePooling",
    *(f"{kind}{n}D" for kind in ("ZeroPadding", "Cropping", "UpSampling") for n in (1, 2, 3)),
)
_ATTENTION = ("MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention")
_INPUTS: dict[str, Seed] = {
    **dict.fromkeys((*_SPATIAL, "BaseGlobalPooling"), _image),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "Bidirectional"), _sequence),
    **dict.fromkeys(_ATTENTION, _sequence),
    "TimeDistributed": _by_time,
    "Embedding": _indices,
    "Dense": _last("features"),
}
_OUTPUTS: dict[str, Seed] = {
    **dict.fromkeys(_SPATIAL, _image),
    "BaseGlobalPooling": _image_or_pooled,
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "Bidirectional"), _recurrent),
    **dict.fromkeys(_ATTENTION, _sequence),
    "TimeDistributed": _by_time,
    "Embedding": _embedded,
    "Dense": _last("units"),
}
