"""In what a trace does not keep a contract: one finding for each thing, expected against found.

Calls are matched as two runs are (`trace.matching`), so a layer that Keras only numbers otherwise
breaks nothing. What is inside a call comes before the call itself: the first finding is where the
structure parts first, and what follows from it comes after.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from inspector.checks.contract import (
    Contract,
    ContractCall,
    ContractLoss,
    ContractModel,
    contract_model,
    run_of,
)
from inspector.checks.finding import Finding, Severity
from inspector.trace import Call, Model, Run, Trace
from inspector.trace.matching import matched

RULE = "contract"
_FIX = "Undo the change, or write the contract anew with --write-contract if it is meant."
_RUNS = {"forward": "a forward pass", "train_step": "a training step", "build": "a symbolic build"}


def breaches(
    contract: Contract, trace: Trace, *, only: str | None = None, latest: bool = False
) -> tuple[Finding, ...]:
    """What is not as the contract says; a model that it does not have is a warning.

    only, latest: as in `contract_of`.
    """
    expected = [model for model in contract.models if only in (None, model.name)]
    found = [model for model in trace.models if only in (None, model.name)]
    pairs = matched(expected, found, key=lambda model: model.class_)
    return tuple(
        finding
        for before, now, _ in pairs
        for finding in _model_breaches(before, now, trace, latest=latest)
    )


def _model_breaches(
    expected: ContractModel | None, model: Model | None, trace: Trace, *, latest: bool
) -> Iterator[Finding]:
    if expected is None:
        assert model is not None  # a pair has one of the two
        message = f"{model.name} ({model.class_}) is a model that the contract does not have."
        yield _finding(message, trace, severity="warning")
    elif model is None:
        message = f"{expected.name}: expected a model of class {expected.class_}, found none."
        yield _finding(message, trace)
    else:
        run = run_of(trace, model.name, latest=latest)
        found = contract_model(trace, model, run, names_batch=expected.names_batch)
        yield from _Comparison(expected, found, run, trace).findings()


@dataclass(slots=True)
class _Comparison:
    """One model against its contract. paths: of expected calls, and what they are called now."""

    expected: ContractModel
    found: ContractModel
    run: Run | None
    trace: Trace
    paths: dict[str, str] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        one, other = self.expected, self.found
        if one.run == other.run:
            yield from self._calls()
            yield from self._losses()
        else:
            yield self._told("run", _run_words(one), _run_words(other), None)
        for what, before, now in (
            ("class", one.class_, other.class_),
            ("kind", one.kind, other.kind),
            ("parameters", f"{one.parameters:,}", f"{other.parameters:,}"),
            (
                "trainable parameters",
                f"{one.trainable_parameters:,}",
                f"{other.trainable_parameters:,}",
            ),
        ):
            if before != now:
                yield self._told(what, before, now, None)

    def _calls(self) -> Iterator[Finding]:
        inside_one, inside_other = _inside(self.expected.calls), _inside(self.found.calls)

        def within(before: int | None, now: int | None) -> Iterator[Finding]:
            left = {id(self.expected.calls[i]): i for i in inside_one[before]}
            right = {id(self.found.calls[i]): i for i in inside_other[now]}
            pairs = matched(
                [self.expected.calls[i] for i in inside_one[before]],
                [self.found.calls[i] for i in inside_other[now]],
                whole=before is None,
                key=lambda call: (call.class_, call.outputs),
            )
            for one, other, moved in pairs:
                if one is not None and other is not None:
                    self.paths[one.call] = other.call
                    # Regularizers name their weight by its layer, without the model around it.
                    self.paths[_inner(one.call)] = _inner(other.call)
                    yield from within(left[id(one)], right[id(other)])
                    yield from self._call(one, other, self._call_of(right[id(other)]), moved)
                elif one is not None:
                    around = self._call_of(now) if now is not None else None
                    yield self._missing(one, around)
                elif other is not None:
                    yield self._added(other, self._call_of(right[id(other)]))

        yield from within(None, None)

    def _call(
        self, one: ContractCall, other: ContractCall, at: Call, moved: tuple[int, int] | None
    ) -> Iterator[Finding]:
        if one.class_ != other.class_:
            yield self._told("class", one.class_, other.class_, at)
        if moved is not None:
            yield self._told("place", str(moved[0] + 1), str(moved[1] + 1), at)
        for what, before, now in (
            ("input", one.inputs, other.inputs),
            ("output", one.outputs, other.outputs),
            ("weights", one.weights, other.weights),
            ("mask", one.masks, other.masks),
        ):
            if not self._fits(before, now):
                yield self._told(what, *_apart(before, now), at)

    def _losses(self) -> Iterator[Finding]:
        rest = list(self.found.losses)
        for loss in self.expected.losses:
            here = ContractLoss(self._path_now(loss.owner), loss.kind, loss.name, loss.weight)
            same = [one for one in rest if str(one) == str(here)]
            if not same:
                yield self._told(str(loss), f"weight {loss.weight:g}", "no such loss", None)
                continue
            rest.remove(same[0])
            if same[0].weight != loss.weight:
                words = f"weight {loss.weight:g}", f"weight {same[0].weight:g}"
                yield self._told(str(loss), *words, None)
        for loss in rest:
            yield self._told(str(loss), "no such loss", f"weight {loss.weight:g}", None)

    def _path_now(self, owner: str) -> str:
        """The owner's path where it, or a layer that it is a weight of, has another name now."""
        path = owner
        while path and path not in self.paths:
            path = path.rpartition("/")[0]
        return self.paths[path] + owner[len(path) :] if path else owner

    def _fits(self, expected: tuple[str, ...], found: tuple[str, ...]) -> bool:
        if expected == found:
            return True
        if not self.expected.names_batch or self.found.names_batch or len(expected) != len(found):
            return False
        # No run named the batch this time (a saved trace): any size may stand in its place.
        return all(
            re.fullmatch(re.sub(r"batch[^,\]]*", "[0-9]+", re.escape(before)), now)
            for before, now in zip(expected, found, strict=True)
        )

    def _call_of(self, index: int) -> Call:
        assert self.run is not None  # it has calls
        return self.run.calls[index]

    def _missing(self, call: ContractCall, around: Call | None) -> Finding:
        message = f"{call.call}: expected a call of {call.class_}, found none."
        return _finding(message, self.trace, around)

    def _added(self, call: ContractCall, at: Call) -> Finding:
        message = f"{call.call}: found a call of {call.class_} that the contract does not have."
        return _finding(message, self.trace, at)

    def _told(self, what: str, before: str, now: str, at: Call | None) -> Finding:
        subject = at.path if at is not None else self.found.name
        return _finding(f"{subject}: expected {what} {before}, found {now}.", self.trace, at)


def _finding(
    message: str, trace: Trace, at: Call | None = None, *, severity: Severity = "error"
) -> Finding:
    file, line = (at.file, at.line) if at is not None and at.file else (trace.file, None)
    return Finding(RULE, at.id if at else None, message, _FIX, severity, file, line)


def _inner(path: str) -> str:
    """A call's path without its outermost part."""
    return path.partition("/")[2] or path


def _inside(calls: tuple[ContractCall, ...]) -> defaultdict[int | None, list[int]]:
    """Of each call (None: the run) the calls directly inside it, as places in the list."""
    inside: defaultdict[int | None, list[int]] = defaultdict(list)
    around: list[int] = []
    for index, call in enumerate(calls):
        while around and calls[around[-1]].depth >= call.depth:
            around.pop()
        inside[around[-1] if around else None].append(index)
        around.append(index)
    return inside


def _apart(expected: tuple[str, ...], found: tuple[str, ...]) -> tuple[str, str]:
    """What only one side has; all, where they differ in order or number only."""
    only = [
        [text for text in mine if text not in its]
        for mine, its in ((expected, found), (found, expected))
    ]
    one, other = only if all(only) else (expected, found)
    return " and ".join(one) or "none", " and ".join(other) or "none"


def _run_words(model: ContractModel) -> str:
    return "none" if model.run is None else _RUNS[model.run]
