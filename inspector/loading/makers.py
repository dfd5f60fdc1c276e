"""A file that only defines: functions and classes that make models, called with guesses.

What needs no arguments comes first and is called as it is. If that makes nothing, arguments are
guessed: for functions that make models, then for classes of models, for classes whose methods make
models, for layers, and at last for functions that take one tensor and give another. A guess is
tried where the recorder does not look, so that a bad one leaves no trace.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras

from inspector.capture import Recorder
from inspector.errors import OpenError
from inspector.loading import definitions
from inspector.loading.argument_guesses import (
    CannotGuess,
    Trial,
    arguments_for,
    takes_tensors,
)
from inspector.loading.call_guesses import alternatives
from inspector.loading.guesses import guessed
from inspector.loading.inputs import ModelInputs
from inspector.loading.notes import Notes
from inspector.loading.uses import names_within

_MOST = 12
_TRIALS = 8
_ASKED_FOR = "The file builds no model by itself; this was called for it"


def make_models(
    namespace: dict[str, Any], recorder: Recorder, notes: Notes, *, failed: bool = False
) -> None:
    """Call what makes models, until something did; what no other part of the file uses first.

    failed: the script has failed, so that names may be missing for which it is not to blame.

    Raises:
        Exception: the user's own, where nothing made a model and something failed.
        OpenError: all that there is needs arguments that nothing tells.
    """
    makers = _Makers(namespace, recorder, notes, failed)
    makers.call_those_that_need_nothing()
    own = dict(definitions.own_things(namespace))
    used = set().union(*(definitions.direct_names(value) - {name} for name, value in own.items()))
    wholes = {name: value for name, value in own.items() if name not in used}
    for some in (wholes, {name: value for name, value in own.items() if name in used}):
        for found in definitions.KINDS:
            if makers.made_something():
                return
            for name, value in list(found(some))[:_MOST]:
                makers.call_with_guesses(name, value)
            if found is definitions.models:
                makers.show_what_fails()
    makers.raise_what_failed()


@dataclass(frozen=True, slots=True)
class _Call:
    """One way to make something: `words` says it as code, `run` does it; `inputs` go into it."""

    words: str
    run: Callable[[], object]
    inputs: ModelInputs | None = None


class _Makers:
    def __init__(
        self, namespace: dict[str, Any], recorder: Recorder, notes: Notes, failed: bool
    ) -> None:
        self._namespace = namespace
        self._may_guess_names = failed
        self._recorder = recorder
        self._notes = notes
        self._error: Exception | None = None
        self._failing: _Call | None = None
        self._unfinished: _Call | None = None

    def made_something(self) -> bool:
        return bool(self._recorder.keras_models() or self._recorder.runs())

    def show_what_fails(self) -> None:
        """Run the first model's likeliest call, where none works: as far as it goes is seen."""
        if self._failing is not None and not self.made_something():
            self._notes.add(self._failing.words, f"{_ASKED_FOR}, on inputs that may be wrong.")
            self._failing.run()

    def raise_what_failed(self) -> None:
        """Raise it; where a function failed that may have made a model before, let it be seen."""
        if self._error is None or self.made_something():
            return
        if self._unfinished is not None:
            self._notes.add(self._unfinished.words, f"{_ASKED_FOR}, as far as it goes.")
            self._unfinished.run()
        raise self._error

    def call_those_that_need_nothing(self) -> None:
        for name, make in list(definitions.needing_nothing(self._namespace))[:_MOST]:
            try:
                make()
            except Exception as error:
                if self._recorder.keras_models():
                    raise
                if not (isinstance(error, TypeError) and "argument" in str(error)):
                    self._error = self._error or error
                continue
            if self._recorder.keras_models():
                self._notes.add(f"{name}()", f"{_ASKED_FOR}.")

    def call_with_guesses(self, name: str, value: Any) -> None:
        """Find arguments with which it works, then do it again before the recorder's eyes."""
        trial: Trial | None = Trial()
        failed: Exception | None = None
        for _ in range(_TRIALS):
            if trial is None:
                break
            try:
                call = self._tried(name, value, trial)
            except CannotGuess as unknown:
                failed = _unknown(name, unknown.name)
                break
            except Exception as error:
                failed = error
                trial = trial if self._guessed_name(error) else trial.after(error)
                continue
            if call is not None:
                guesses = "" if call.words.endswith("()") else ", with guessed arguments"
                self._notes.add(call.words, f"{_ASKED_FOR}{guesses}.")
                made: Any = call.run()
                if call.inputs is not None:
                    why = f"The file never calls it; run once on made-up {call.inputs}."
                    self._notes.add(f"the input of {made.name}", why)
            return
        self._error = self._error or failed

    def _tried(self, name: str, value: Any, trial: Trial) -> _Call | None:
        """The call that works; None: it makes nothing.

        What trains is not tried beforehand, since it takes as long as the real call.

        Raises:
            Exception: of the first of the calls, when none works.
        """
        if inspect.isfunction(value) and "fit" in names_within(value):
            return next(_calls(name, value, trial))
        failed: Exception | None = None
        for call in _calls(name, value, trial):
            with _unwatched(self._recorder):
                try:
                    made = call.run()
                except Exception as error:
                    failed = failed or error
                    if self._failing is None and call.inputs is not None:
                        self._failing = call
                    elif self._unfinished is None and _names_models(value):
                        self._unfinished = call
                    continue
                finally:
                    keras.utils.clear_session(free_memory=False)
            # Some make a model on the way and return something else.
            return call if _is_made(made) or _names_models(value) else None
        if failed is not None:
            raise failed
        return None

    def _guessed_name(self, error: Exception) -> bool:
        """Give a value to a name that is missing, where that may be an import's fault."""
        if not self._may_guess_names or not isinstance(error, NameError):
            return False
        name = error.name or ""
        found = guessed(name)
        if found is None or name in self._namespace:
            return False
        self._namespace[name] = found
        self._notes.add(name, f"The file never sets it; {found!r} is guessed from its name.")
        return True


def _names_models(value: Any) -> bool:
    return bool({"Model", "Sequential"} & definitions.direct_names(value))


@contextmanager
def _unwatched(recorder: Recorder) -> Iterator[None]:
    recorder.uninstall()
    try:
        yield
    finally:
        recorder.install()


def _calls(name: str, value: Any, trial: Trial) -> Iterator[_Call]:
    if inspect.isclass(value) and issubclass(value, keras.layers.Layer):
        yield from _layer_calls(name, value, trial)
    elif inspect.isclass(value):
        yield from _builder_calls(name, value, trial)
    elif takes_tensors(value):
        yield _part_call(name, value, trial)
    else:
        given = arguments_for(value, trial)
        yield _Call(f"{name}({_words(given)})", lambda: value(**given))


def _layer_calls(name: str, value: Any, trial: Trial) -> Iterator[_Call]:
    given = arguments_for(value, trial)
    words = f"{name}({_words(given)})"
    for inputs in alternatives(value, given):

        def run(inputs: dict[str, Any] = inputs) -> object:
            layer = value(**given)
            first, *others = inputs
            layer(inputs[first], **{other: inputs[other] for other in others})
            return layer

        first, *others = inputs
        given_inputs = ModelInputs(inputs[first], {other: inputs[other] for other in others})
        yield _Call(words, run, given_inputs)


def _builder_calls(name: str, value: Any, trial: Trial) -> Iterator[_Call]:
    """A class of the user's that is no layer: made, and then asked to build."""
    methods = definitions.making_methods(value)
    plain = [
        m for m in methods if definitions.first_parameter(getattr(value, m)) not in ("self", "cls")
    ]
    for method in plain:
        function = getattr(value, method)
        given = arguments_for(function, trial)
        yield _Call(f"{name}.{method}({_words(given)})", lambda: function(**given))  # noqa: B023
    given_to_class = arguments_for(value, trial)
    yield _Call(
        f"{name}({_words(given_to_class)})",
        lambda: _built(value(**given_to_class), [m for m in methods if m not in plain], trial),
    )


def _built(made: Any, methods: list[str], trial: Trial) -> Any:
    if any(_is_made(part) for part in getattr(made, "__dict__", {}).values()):
        return next(part for part in vars(made).values() if _is_made(part))
    failed: Exception | None = None
    for method in methods:
        function = getattr(made, method)
        try:
            model = function(**arguments_for(function, trial))
        except CannotGuess:
            continue
        except Exception as error:
            failed = failed or error
            continue
        if _is_made(model) or any(_is_made(part) for part in vars(made).values()):
            return model if _is_made(model) else made
    if failed is not None:
        raise failed
    return None


def _part_call(name: str, value: Any, trial: Trial) -> _Call:
    """A function from tensor to tensor becomes a model of its own."""
    given = arguments_for(value, trial)

    def run() -> object:
        outputs = value(**given)
        inputs = [x for x in given.values() if isinstance(x, keras.KerasTensor)]
        return keras.Model(inputs[0] if len(inputs) == 1 else inputs, outputs, name=name)

    return _Call(f"{name}({_words(given)})", run)


def _words(given: dict[str, Any]) -> str:
    def said(value: Any) -> str:
        if isinstance(value, keras.KerasTensor):
            return f"Input({value.shape[1:]})"
        return repr(value) if isinstance(value, int | float | str | tuple | list) else "..."

    return ", ".join(f"{name}={said(value)}" for name, value in given.items())


def _is_made(value: Any) -> bool:
    """Whether there is a layer, bare or within lists and tuples."""
    if isinstance(value, tuple | list):
        return any(map(_is_made, value))
    if isinstance(value, dict):
        return any(map(_is_made, value.values()))
    return isinstance(value, keras.layers.Layer)


def _unknown(name: str, argument: str) -> OpenError:
    return OpenError(
        f"The file builds no Keras model by itself, and nothing tells what {argument!r} of "
        f"{name} is.",
        fix=f"Add a line that calls {name} with what it needs, or open the file that does.",
    )
