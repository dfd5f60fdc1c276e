"""Arguments for a function or class of the user's that needs some and that nobody calls.

arguments_for(unet, Trial())    {"input_size": (64, 64, 3), "filter_num": [8, 16, 32, 64]}

What a parameter is comes, in this order, from what is done with it, from the names of the
parameters that it is given for, from its own name, and from its annotation. A `Trial` says what to
guess otherwise after a first call has failed.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras

from inspector.loading.guesses import guessed
from inspector.loading.stand_ins.tuning import HyperParameters
from inspector.loading.uses import Use, names_within, uses_of, uses_of_class

_LARGE = 224
_SEQUENCE, _FEATURES, _WIDTH = 20, 8, 16
_MODEL = re.compile(
    r"(^|_)(model|encoder|decoder|generator|discriminator|backbone|critic|teacher|student|network|"
    r"layer|fn|func|function|callback|sess|session)s?$|^net$"
)
_TENSOR = re.compile(r"^(x|inputs?|input_?(tensor|layer|data)|tensor|img_input|prev|skip|shortcut|"
                     r"previous\w*|feature_?maps?|x_?in|_?x\d?)$")  # fmt: skip
_FLAG = re.compile(r"^(is|use|with|include|return|do|has|enable|add|apply|trainable|training)(_|$)")
_TOO_SMALL = re.compile(
    r"negative dimension|output size would be|at least|too small|less than|non-positive|"
    r"cannot be (smaller|reshaped)|must match|[Ii]nvalid.*shape",
)
_NO_SHAPE = re.compile(r"integer|invalid dimension|not 'tuple'|type 'tuple'|'tuple' and 'int'")
_NO_SEQUENCE = re.compile(r"not subscriptable|not iterable|has no len|cannot unpack")
_SHAPES: tuple[tuple[str, tuple[int, ...]], ...] = (
    (r"ConvLSTM2D", (8, 32, 32, 3)),
    (r"3D$", (16, 32, 32, 1)),
    (
        r"2D$|2DTranspose$|^(ResNet|VGG|MobileNet|DenseNet|Inception|Efficient|Xception)",
        (64, 64, 3),
    ),
    (
        r"^(LSTM|GRU|SimpleRNN|Bidirectional|TimeDistributed)$|1D$|Attention$",
        (_SEQUENCE, _FEATURES),
    ),
)


class CannotGuess(Exception):
    """Raised when nothing tells what an argument is; `name` is the argument's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Trial:
    """How arguments are guessed: larger pictures, several numbers for one, one for a shape."""

    large: bool = False
    lists: bool = False
    numbers: bool = False

    def after(self, error: Exception) -> Trial | None:
        """What to try next; None: the error is not about what was guessed."""
        text = str(error)
        if isinstance(error, TypeError) and _NO_SEQUENCE.search(text):
            return None if self.lists else replace(self, lists=True)
        may_be_shape = isinstance(error, ValueError | TypeError) and not self.numbers
        if may_be_shape and _NO_SHAPE.search(text):
            return replace(self, numbers=True)
        if not self.large and isinstance(error, ValueError) and _TOO_SMALL.search(text):
            return replace(self, large=True)
        return None


def required(value: Any) -> list[inspect.Parameter]:
    """The parameters without a default; of a method that is read off its class, without `self`."""
    try:
        parameters = list(inspect.signature(value).parameters.values())
    except (TypeError, ValueError):
        return []
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p for p in parameters if p.default is p.empty and p.kind not in variadic]


def arguments_for(value: Any, trial: Trial) -> dict[str, Any]:
    """A guess for each argument that is needed, by name.

    Raises:
        CannotGuess: there is one of which nothing is known.
    """
    uses = uses_of_class(value) if inspect.isclass(value) else uses_of(value)
    shape = _shape_by_layers(value, trial)
    guess = _Guess(shape, trial)
    return {p.name: guess.of(p, uses.get(p.name, Use())) for p in required(value)}


def takes_tensors(value: Any) -> bool:
    """Whether it wants tensors: a part of a model, not what makes one."""
    uses = uses_of(value)
    return any(_is_tensor(p.name, uses.get(p.name, Use())) for p in required(value))


class _Guess:
    def __init__(self, shape: tuple[int, ...], trial: Trial) -> None:
        self._shape = shape
        self._trial = trial

    def of(self, parameter: inspect.Parameter, use: Use) -> Any:
        name = parameter.name.lower()
        if name == "hp":
            return HyperParameters()
        if use.words:
            return use.words[0]
        if _FLAG.search(name) or parameter.annotation in (bool, "bool"):
            return True
        if _is_tensor(name, use):
            return keras.Input(self._inner_shape())
        names = [*(n for n in use.names if n == "vocab_size"), name, *use.names]
        if self._is_shape(name, use):
            return self._shape
        if use.is_called:
            return _called(name)
        if _MODEL.search(name) and guessed(name) is None:
            raise CannotGuess(parameter.name)
        if "tokenizer" in name or "vectorizer" in name:
            return Settings()
        if use.is_sequence or _is_list(parameter.annotation):
            return _several(name, _one(names, parameter.annotation), use.parts or 4)
        if use.is_settings:
            return Settings(use.answers)
        one = _one(names, parameter.annotation)
        return _several(name, one, 4) if self._trial.lists and type(one) is int else one

    def _is_shape(self, name: str, use: Use) -> bool:
        if any(n.endswith("shape") for n in use.names):
            return True
        if self._trial.numbers and "shape" not in name:
            return False
        return bool(re.search(r"shape|(img|image)_?(size|dims?)$|input_?size$", name)) and (
            use.is_sequence or not use.names
        )

    def _inner_shape(self) -> tuple[int, ...]:
        """Of a tensor in the middle of a model: as many channels as heads or groups may want."""
        return (*self._shape[:-1], _WIDTH) if len(self._shape) > 1 else (_WIDTH,)


class Settings:
    """A configuration: every name in it is guessed, but those of which it is known."""

    def __init__(self, known: Mapping[str, Any] | None = None) -> None:
        self._known = dict(known or {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        if name in self._known:
            return self._known[name]
        if re.search(r"(index|dict|map|vocab|word_counts)$", str(name)):
            return {word: number for number, word in enumerate("abcdefgh", 1)}
        return _one([str(name)], None)

    def get(self, name: str, default: Any = None) -> Any:
        """The default where there is one."""
        return self[name] if default is None else default


def _is_tensor(name: str, use: Use) -> bool:
    return use.is_tensor or (bool(_TENSOR.search(name.lower())) and not use.names)


def _is_list(annotation: Any) -> bool:
    return bool(
        re.match(r"(<class ')?(typing\.)?(list|tuple|sequence|iterable)", str(annotation).lower())
    )


def _one(names: list[str], annotation: Any) -> Any:
    for name in names:
        found = 2 if name == "count" else guessed(name)
        if found is not None:
            return found
    return {"float": 0.1, "str": "name", "dict": {}}.get(_word(annotation), _FEATURES)


def _word(annotation: Any) -> str:
    return str(getattr(annotation, "__name__", annotation))


def _several(name: str, one: Any, count: int) -> Any:
    if re.search(r"kernel|stride|pool|dilat", name):
        return [3] * count
    if re.search(r"name|label|vocab|column|word", name):
        return list("abcdefgh"[:count])
    if isinstance(one, tuple):
        return one
    if count < 4:  # height and width, or a patch's
        return [one] * count
    return [8 * 2**place for place in range(count)] if type(one) is int else [one] * count


def _called(name: str) -> Callable[..., Any]:
    if "act" in name:
        return keras.activations.relu
    raise CannotGuess(name)


def _shape_by_layers(value: Any, trial: Trial) -> tuple[int, ...]:
    names = names_within(value)
    for pattern, shape in _SHAPES:
        if any(re.search(pattern, name) for name in names):
            if trial.large and shape[-1] == 3 and len(shape) == 3:
                return (_LARGE, _LARGE, 3)
            return shape
    return (_SEQUENCE,) if "Embedding" in names else (_FEATURES,)
