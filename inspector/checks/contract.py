"""A contract: the structure that a file's models are held to, as a small text that Git keeps.

    Contract ── models ── calls     in order of execution, parents before children
                       ── losses    what the total loss is made of

    text = contract_text(contract_of(trace))
    contract = read_contract(text)

It holds nothing that changes from one opening to the next: no values, no ids, no lines, no paths
of a machine, and "batch" in the place of the batch's size where that is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inspector.errors import OpenError, ProtocolError
from inspector.trace import Model, Run, TensorRef, Trace, Weight, from_plain, to_plain
from inspector.trace.document import ModelKind, RunKind

CONTRACT_SCHEMA = "inspector-contract/1"
# Best first: a pass forward shows shapes with values; a symbolic build may be all there is.
_KINDS: tuple[RunKind, ...] = ("forward", "train_step", "build")
_LINE = 100
_WRITE = "Write one with `inspector check FILE --write-contract CONTRACT.json`."


@dataclass(frozen=True, slots=True)
class ContractCall:
    """One call; tensors as `float32[batch,28,28,1]`, weights as `kernel float32[8,4]`.

    masks: what happens to masks in it: born, used, passed, merged, consumed, dropped.
    """

    call: str
    class_: str
    depth: int
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of the layer, without those around it."""
        return self.call.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ContractLoss:
    """One addend of the total loss, without its value."""

    owner: str
    kind: str
    name: str = ""
    weight: float = 1.0

    def __str__(self) -> str:
        return f"loss {' '.join(filter(None, (self.kind, self.name)))} of {self.owner}"


@dataclass(frozen=True, slots=True)
class ContractModel:
    """One model, by the run of it that shows most.

    run: the kind of that run, None where the model was never run.
    names_batch: whether sizes that depend on the batch are told by that word.
    """

    name: str
    class_: str
    kind: ModelKind
    parameters: int
    trainable_parameters: int
    run: RunKind | None = None
    names_batch: bool = False
    calls: tuple[ContractCall, ...] = ()
    losses: tuple[ContractLoss, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """What a file is held to."""

    schema: str
    models: tuple[ContractModel, ...]


def contract_of(trace: Trace, *, only: str | None = None, latest: bool = False) -> Contract:
    """What can be promised of a trace: of all models, or of the one called `only`.

    latest: take the last run of each model, the one on inputs that were asked for.
    """
    models = (model for model in trace.models if only in (None, model.name))
    found = (contract_model(trace, m, run_of(trace, m.name, latest=latest)) for m in models)
    return Contract(CONTRACT_SCHEMA, tuple(found))


def run_of(trace: Trace, model: str, *, latest: bool = False) -> Run | None:
    """The run that shows most of a model and did not fail; None where there is none."""
    runs = [r for r in trace.runs if r.model == model and r.failure is None and not r.changes]
    for kind in _KINDS:
        if of_kind := [run for run in runs if run.kind == kind]:
            return of_kind[-1] if latest else max(of_kind, key=lambda run: len(run.calls))
    return None


def contract_model(
    trace: Trace, model: Model, run: Run | None, *, names_batch: bool = True
) -> ContractModel:
    """One model as that run shows it; its calls are in the order of the run's."""
    labels = {axes.tensor: axes.labels for axes in run.axes} if run and names_batch else {}
    has_names = any("batch" in label for names in labels.values() for label in names)
    return ContractModel(
        model.name,
        model.class_,
        model.kind,
        model.parameters,
        model.trainable_parameters,
        run.kind if run else None,
        has_names,
        tuple(_calls(run, labels)) if run else (),
        tuple(_losses(trace, model.name, run)),
    )


def contract_text(contract: Contract) -> str:
    """The file: JSON with what fits on a line on one line, so that a difference is one line too."""
    return "\n".join(_lines(_without_empty(to_plain(contract)), "")) + "\n"


def read_contract(text: str, name: str) -> Contract:
    """A contract from its file's text.

    Raises:
        OpenError: it is none, or one of another version.
    """
    try:
        plain = json.loads(text)
        found = plain.get("schema") if isinstance(plain, dict) else None
        if found != CONTRACT_SCHEMA:
            raise OpenError(
                f'{name} is not a contract: it has no "schema": "{CONTRACT_SCHEMA}".', fix=_WRITE
            )
        return from_plain(Contract, plain)
    except (ValueError, RecursionError, ProtocolError) as error:
        raise OpenError(f"{name} is not a contract: {error}", fix=_WRITE) from error


def _calls(run: Run, labels: dict[int, tuple[str, ...]]) -> Iterator[ContractCall]:
    masks: dict[str | None, list[str]] = {}
    for event in (event for mask in run.masks for event in mask.events):
        masks.setdefault(event.call, []).append(event.what)
    for call in run.calls:
        yield ContractCall(
            call.path,
            call.class_,
            call.depth,
            tuple(_tensor(tensor, labels) for tensor in call.inputs),
            tuple(_tensor(tensor, labels) for tensor in call.outputs),
            tuple(map(_weight, call.weights)),
            tuple(dict.fromkeys(masks.get(call.id, ()))),
        )


def _tensor(tensor: TensorRef, labels: dict[int, tuple[str, ...]]) -> str:
    if tensor.shape is None:
        sizes = "..."
    else:
        names = labels.get(tensor.tensor if tensor.tensor is not None else -1, ())
        names = names if len(names) == len(tensor.shape) else ("",) * len(tensor.shape)
        sizes = ",".join(
            name if "batch" in name else "?" if size is None else str(size)
            for name, size in zip(names, tensor.shape, strict=True)
        )
    return f"{tensor.dtype or '?'}[{sizes}]{' masked' if tensor.mask is not None else ''}"


def _weight(weight: Weight) -> str:
    sizes = ",".join("?" if size is None else str(size) for size in weight.shape)
    frozen = "" if weight.trainable else " not trainable"
    return f"{weight.name.rpartition('/')[2]} {weight.dtype}[{sizes}]{frozen}"


def _losses(trace: Trace, model: str, run: Run | None) -> Iterator[ContractLoss]:
    """Those of the first training step, which has all; else those of the run."""
    steps = (r for r in trace.runs if r.model == model and r.kind == "train_step" and r.losses)
    chosen = next(steps, run)
    for loss in chosen.losses if chosen is not None else ():
        yield ContractLoss(loss.owner, loss.kind, loss.name, loss.weight)


def _without_empty(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: _without_empty(value) for key, value in plain.items() if value not in ([], "")}
    return [_without_empty(item) for item in plain] if isinstance(plain, list) else plain


def _lines(plain: Any, before: str) -> Iterator[str]:
    """JSON, broken where it is longer than a line."""
    whole = before + json.dumps(plain, ensure_ascii=False)
    if len(whole) < _LINE or not isinstance(plain, dict | list):
        yield whole
        return
    margin = " " * (len(before) - len(before.lstrip()) + 1)
    yield before + ("{" if isinstance(plain, dict) else "[")
    done: list[str] = []
    for start, value in _parts(plain, margin):
        if done:
            yield from (*done[:-1], f"{done[-1]},")
        done = list(_lines(value, start))
    yield from done
    yield margin[1:] + ("}" if isinstance(plain, dict) else "]")


def _parts(plain: dict[str, Any] | list[Any], margin: str) -> Iterator[tuple[str, Any]]:
    """Each item with what stands before it on its line."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            yield f"{margin}{json.dumps(key, ensure_ascii=False)}: ", value
    else:
        for value in plain:
            yield margin, value
