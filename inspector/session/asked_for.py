"""What a command asks of an opened file besides running it: a name in it, weights for its model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from inspector.capture import Recorder
from inspector.loading import given_inputs
from inspector.loading.attributes import model_meant
from inspector.loading.given_weights import give_weights
from inspector.loading.situation import Situation
from inspector.session.protocol import OpenFile
from inspector.trace import OpenFailure

# Runs a function inside the guard around all of the user's code.
Guarded = Callable[[Callable[[], object]], OpenFailure | None]


class AskedFor:
    """The wishes of one opening. `model` is the name of the model that is meant, if one is."""

    def __init__(self, command: OpenFile, recorder: Recorder, situation: Situation) -> None:
        self.model = command.model
        self._command = command
        self._recorder = recorder
        self._situation = situation

    def carry_out(self, namespace: dict[str, object], guarded: Guarded) -> OpenFailure | None:
        """Make the model that was asked for by its name in the file, then give it its weights."""
        failure = None
        if self._command.attribute is not None:
            failure = guarded(lambda: self._find(namespace))
        if self._command.weights is not None:
            failure = guarded(self._give_and_run) or failure
        return failure

    def give(self, path: Path, model: str | None) -> str:
        """Put the weights of a file into a model; answers its name.

        Raises:
            InspectorError: they fit no model, or the file is damaged.
        """
        name = give_weights(self._recorder, path, self._situation.scratch, model)
        self._situation.notes.add_at(f"the weights of {name}", f"Taken from {path}.", None, None)
        return name

    def _find(self, namespace: dict[str, object]) -> None:
        notes = self._situation.notes
        found = model_meant(namespace, self._command.attribute or "", self._recorder, notes)
        self.model = self.model or found

    def _give_and_run(self) -> None:
        name = self.give(Path(self._command.weights or ""), self.model)
        given = given_inputs.from_last_run(self._recorder, name)
        if given is None:  # never called yet: it will be
            return
        training, seed = self._command.training, self._command.seed
        self._recorder.call_model(
            name, given.first, others=given.others, training=training, seed=seed
        )
