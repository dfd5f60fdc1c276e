"""Keras Tuner: builds the model once with each hyperparameter's default, and searches nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from inspector.loading.stand_ins.recording import StandIn


class HyperParameters:
    """Answers every question with its default, or with the first value that is allowed."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def Int(self, name: str, min_value: int, *args: Any, **options: Any) -> Any:
        return self._kept(name, options, min_value)

    def Float(self, name: str, min_value: float, *args: Any, **options: Any) -> Any:
        return self._kept(name, options, min_value)

    def Choice(self, name: str, values: Any, *args: Any, **options: Any) -> Any:
        return self._kept(name, options, next(iter(values)))

    def Boolean(self, name: str, *args: Any, **options: Any) -> Any:
        return self._kept(name, options, False)

    def Fixed(self, name: str, value: Any, *args: Any, **options: Any) -> Any:
        return self._kept(name, options, value)

    def get(self, name: str) -> Any:
        return self.values[name]

    __getitem__ = get

    def name_scope(self, name: str) -> AbstractContextManager[None]:
        return nullcontext()

    def conditional_scope(self, name: str, values: Any) -> AbstractContextManager[None]:
        return nullcontext()

    def _kept(self, name: str, options: dict[str, Any], first: Any) -> Any:
        default = options.get("default")
        return self.values.setdefault(name, first if default is None else default)


class HyperModel:
    """A class whose `build` makes the model."""

    def __init__(self, *args: Any, **options: Any) -> None:
        pass

    def fit(self, hp: HyperParameters, model: Any, *args: Any, **options: Any) -> Any:
        return model.fit(*args, **options)


class Tuner:
    """`search` fits one model; it is also the best one."""

    def __init__(self, hypermodel: Any = None, *args: Any, **options: Any) -> None:
        self._build = getattr(hypermodel, "build", hypermodel)
        self._hypermodel = hypermodel
        self.hyperparameters = options.get("hyperparameters") or HyperParameters()
        self._model: Any = None

    def search(self, *args: Any, **options: Any) -> None:
        fit = getattr(self._hypermodel, "fit", None)
        if fit is None:
            self._built().fit(*args, **options)
        else:
            fit(self.hyperparameters, self._built(), *args, **options)

    def get_best_models(self, num_models: int = 1) -> list[Any]:
        return [self._built()] * num_models

    def get_best_hyperparameters(self, num_trials: int = 1) -> list[HyperParameters]:
        return [self.hyperparameters] * num_trials

    def _built(self) -> Any:
        if self._model is None:
            self._model = self._build(self.hyperparameters)
        return self._model

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return StandIn(f"keras_tuner.Tuner.{name}")


NAMES: dict[str, Any] = {
    "HyperParameters": HyperParameters,
    "HyperModel": HyperModel,
    **dict.fromkeys(
        ("Tuner", "RandomSearch", "Hyperband", "BayesianOptimization", "GridSearch"), Tuner
    ),
}
