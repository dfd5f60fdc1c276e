"""Keras Tuner as a stand-in: one model of defaults, which a search fits and is the best."""

from __future__ import annotations

import pytest

from inspector.loading.stand_ins.tuning import NAMES, HyperModel, HyperParameters, Tuner


class Model:
    """Remembers what it was fitted on."""

    def __init__(self, units):
        self.units, self.fitted = units, []

    def fit(self, *args, **options):
        self.fitted.append((args, options))


def build(hp):
    return Model(hp.Int("units", 32, 512, step=32))


def test_hyperparameters_are_their_defaults_or_the_first_that_is_allowed():
    hp = HyperParameters()

    found = [
        hp.Int("a", 3, 9),
        hp.Int("b", min_value=3, max_value=9, default=5),
        hp.Float("c", 1e-4, 1e-2, sampling="log"),
        hp.Choice("d", ["relu", "tanh"]),
        hp.Choice("e", values=["relu", "tanh"], default="tanh"),
        hp.Boolean("f"),
        hp.Boolean("g", default=True),
        hp.Fixed("h", 7),
    ]

    assert found == [3, 5, 1e-4, "relu", "tanh", False, True, 7]
    assert (hp.get("b"), hp["d"], hp.values["h"]) == (5, "relu", 7)


def test_hyperparameter_of_one_name_keeps_its_first_value():
    hp = HyperParameters()

    assert [hp.Int("units", 8, 16), hp.Int("units", 4, 16)] == [8, 8]


def test_hyperparameter_that_was_never_asked_for_is_missing():
    with pytest.raises(KeyError, match="units"):
        HyperParameters().get("units")


def test_scopes_of_hyperparameters_are_entered():
    hp = HyperParameters()

    with hp.conditional_scope("kind", ["cnn"]), hp.name_scope("inner"):
        assert hp.Int("filters", 4, 8) == 4


@pytest.mark.parametrize("name", ["RandomSearch", "Hyperband", "BayesianOptimization"])
def test_search_fits_one_model_which_is_the_best(name):
    tuner = NAMES[name](build, objective="val_accuracy", max_trials=5)

    tuner.search("x", "y", epochs=3)

    best = tuner.get_best_models(num_models=2)
    assert best[0] is best[1]
    assert best[0].fitted == [(("x", "y"), {"epochs": 3})]
    assert tuner.get_best_hyperparameters(1)[0].get("units") == 32


def test_hypermodel_builds_and_may_fit_in_its_own_way():
    class Own(HyperModel):
        def build(self, hp):
            return build(hp)

        def fit(self, hp, model, *args, **options):
            return model.fit(*args, batch_size=hp.Choice("batch", [16, 32]), **options)

    tuner = Tuner(Own("name"), objective="loss")
    tuner.search("x")

    (model,) = tuner.get_best_models()
    assert model.fitted == [(("x",), {"batch_size": 16})]


def test_given_hyperparameters_are_used_and_other_methods_answer():
    hp = HyperParameters()
    hp.Fixed("units", 100)
    tuner = Tuner(build, hyperparameters=hp)

    assert tuner.get_best_models()[0].units == 100
    assert tuner.results_summary() is not None
    assert not hasattr(tuner, "_private")
