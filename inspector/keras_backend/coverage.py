"""How many of the contract's functions are there, with all their arguments.

    python -m inspector.keras_backend.coverage

prints one line a module, what is missing by name, and the sum.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass

from inspector.keras_backend import contract, hook


@dataclass(frozen=True, slots=True)
class ModuleCoverage:
    """One module of the contract: how many functions it has, and what ours lack."""

    module: str
    wanted: int
    missing: tuple[str, ...]

    @property
    def done(self) -> int:
        return self.wanted - len({name.partition("(")[0] for name in self.missing})


def measure(module: str) -> ModuleCoverage:
    """Hold one of our modules against the stock one's source.

    A function that is there but lacks an argument, or demands one that is optional, or has another
    order, is missing as `name(argument)`.
    """
    ours = importlib.import_module(f"{hook.BACKEND_PACKAGE}.{module}")
    wanted = contract.functions(module)
    missing: list[str] = []
    for name, signature in wanted.items():
        function = vars(ours).get(name)
        if function is None:
            missing.append(name)
        else:
            missing += [f"{name}({argument})" for argument in _lacks(function, signature)]
    return ModuleCoverage(module, len(wanted), tuple(missing))


def _lacks(function: object, wanted: contract.Signature) -> list[str]:
    assert callable(function)
    parameters = inspect.signature(function).parameters
    stars = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}
    ours = [stars.get(p.kind.name, "") + name for name, p in parameters.items()]
    lacking = [argument for argument in wanted.arguments if argument not in ours]
    lacking += [
        argument
        for argument in wanted.optional
        if argument in parameters and parameters[argument].default is inspect.Parameter.empty
    ]
    shared = [argument for argument in ours if argument in wanted.arguments]
    if not lacking and shared != [a for a in wanted.arguments if a in shared]:
        lacking.append("order")
    return lacking


def report() -> str:
    """The lines that the command prints."""
    found = [measure(module) for module in contract.MODULES]
    lines = [f"{one.module:8} {one.done:4} of {one.wanted}" for one in found]
    lines += [f"missing: {one.module}.{name}" for one in found for name in one.missing]
    done, wanted = sum(one.done for one in found), sum(one.wanted for one in found)
    return "\n".join([*lines, f"{done} of {wanted} functions of Keras' backend contract"])


if __name__ == "__main__":
    hook.install("numpy")
    print(report())
