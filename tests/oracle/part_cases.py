"""Losses, metrics, optimizers, activations and initializers, on the same numbers.

`golden(keras, gradient_of)` computes them all with the Keras it is given; `COVERED` and
`NOT_COMPARED` together name every public class and function, which a test holds against Keras.
"""

import numpy as np
from same_draws import same_draws

G = np.random.default_rng(11)
CLASSES = np.array([0, 2, 1, 3, 2, 2])
ONE_HOT = np.eye(4, dtype="float32")[CLASSES]
# Half of the predictions are right.
SHARES = G.dirichlet(np.ones(4), 6).astype("float32")
SHARES[::2] = SHARES[::2] * 0.4 + ONE_HOT[::2] * 0.6
OTHER_SHARES = G.dirichlet(np.ones(4), 6).astype("float32")
SIGNS = np.sign(G.normal(size=(6, 4))).astype("float32")
BITS = (SIGNS > 0).astype("float32")
NUMBERS = G.normal(size=(6, 4)).astype("float32")
OTHER_NUMBERS = G.normal(size=(6, 4)).astype("float32")
CHANCES = G.uniform(0.02, 0.98, size=(6, 4)).astype("float32")
COUNTS = G.poisson(2.0, size=(6, 4)).astype("float32")
POSITIVE = G.uniform(0.1, 3, size=(6, 4)).astype("float32")
LENGTHY = G.normal(size=(2, 9, 5)).astype("float32")
LABELS = np.array([[1, 2, 3, 0], [4, 1, 0, 0]])
WHOLE = (CHANCES > 0.5).astype("float32")

# name: (constructor arguments, y_true, y_pred)
LOSSES = {
    "BinaryCrossentropy": ({"label_smoothing": 0.1}, BITS, CHANCES),
    "BinaryFocalCrossentropy": ({"apply_class_balancing": True}, BITS, CHANCES),
    "CTC": ({}, LABELS, LENGTHY),
    "CategoricalCrossentropy": ({}, ONE_HOT, SHARES),
    "CategoricalFocalCrossentropy": ({}, ONE_HOT, SHARES),
    "CategoricalGeneralizedCrossEntropy": ({}, CLASSES, SHARES),
    "CategoricalHinge": ({}, ONE_HOT, NUMBERS),
    "Circle": ({}, CLASSES, NUMBERS / np.linalg.norm(NUMBERS, axis=1, keepdims=True)),
    "CosineSimilarity": ({}, NUMBERS, OTHER_NUMBERS),
    "Dice": ({}, BITS, CHANCES),
    "Hinge": ({}, SIGNS, NUMBERS),
    "Huber": ({"delta": 0.7}, NUMBERS, OTHER_NUMBERS),
    "KLDivergence": ({}, SHARES, OTHER_SHARES),
    "LogCosh": ({}, NUMBERS, OTHER_NUMBERS),
    "MeanAbsoluteError": ({}, NUMBERS, OTHER_NUMBERS),
    "MeanAbsolutePercentageError": ({}, POSITIVE, OTHER_NUMBERS),
    "MeanSquaredError": ({}, NUMBERS, OTHER_NUMBERS),
    "MeanSquaredLogarithmicError": ({}, POSITIVE, CHANCES),
    "Poisson": ({}, COUNTS, POSITIVE),
    "SparseCategoricalCrossentropy": ({"from_logits": True}, CLASSES, NUMBERS),
    "SquaredHinge": ({}, SIGNS, NUMBERS),
    "Tversky": ({}, BITS, CHANCES),
}
METRICS = {
    "AUC": ({}, BITS, CHANCES),
    "Accuracy": ({}, BITS, WHOLE),
    "BinaryAccuracy": ({}, BITS, CHANCES),
    "BinaryIoU": ({}, BITS, CHANCES),
    "CategoricalAccuracy": ({}, ONE_HOT, SHARES),
    "ConcordanceCorrelation": ({}, NUMBERS, OTHER_NUMBERS),
    "F1Score": ({}, ONE_HOT, SHARES),
    "FBetaScore": ({"beta": 2.0}, ONE_HOT, SHARES),
    "FalseNegatives": ({}, BITS, CHANCES),
    "FalsePositives": ({}, BITS, CHANCES),
    "IoU": ({"num_classes": 4, "target_class_ids": [0, 2]}, CLASSES, CLASSES[::-1].copy()),
    "LogCoshError": ({}, NUMBERS, OTHER_NUMBERS),
    "MeanIoU": ({"num_classes": 4}, CLASSES, CLASSES[::-1].copy()),
    "OneHotIoU": ({"num_classes": 4, "target_class_ids": [0, 2]}, ONE_HOT, SHARES),
    "OneHotMeanIoU": ({"num_classes": 4}, ONE_HOT, SHARES),
    "PearsonCorrelation": ({}, NUMBERS, OTHER_NUMBERS),
    "Precision": ({}, BITS, CHANCES),
    "PrecisionAtRecall": ({"recall": 0.6}, BITS, CHANCES),
    "R2Score": ({}, NUMBERS, OTHER_NUMBERS),
    "Recall": ({}, BITS, CHANCES),
    "RecallAtPrecision": ({"precision": 0.6}, BITS, CHANCES),
    "RootMeanSquaredError": ({}, NUMBERS, OTHER_NUMBERS),
    "SensitivityAtSpecificity": ({"specificity": 0.6}, BITS, CHANCES),
    "SparseCategoricalAccuracy": ({}, CLASSES, SHARES),
    "SparseTopKCategoricalAccuracy": ({"k": 2}, CLASSES, SHARES),
    "SpecificityAtSensitivity": ({"sensitivity": 0.6}, BITS, CHANCES),
    "TopKCategoricalAccuracy": ({"k": 2}, ONE_HOT, SHARES),
    "TrueNegatives": ({}, BITS, CHANCES),
    "TruePositives": ({}, BITS, CHANCES),
    **{
        name: LOSSES[name]
        for name in (
            *("CategoricalCrossentropy", "CategoricalHinge", "CosineSimilarity", "Hinge"),
            *("KLDivergence", "MeanAbsoluteError", "MeanAbsolutePercentageError", "Poisson"),
            *("MeanSquaredError", "MeanSquaredLogarithmicError", "SparseCategoricalCrossentropy"),
            *("SquaredHinge", "BinaryCrossentropy"),
        )
    },
}
OPTIMIZERS = {
    "Adadelta": {"learning_rate": 0.5},
    "Adafactor": {"learning_rate": 0.1},
    "Adagrad": {"learning_rate": 0.1},
    "Adam": {"amsgrad": True, "learning_rate": 0.1},
    "AdamW": {"weight_decay": 0.05, "learning_rate": 0.1},
    "Adamax": {"learning_rate": 0.1},
    "Ftrl": {"l1_regularization_strength": 0.1, "learning_rate": 0.1},
    "Lamb": {"learning_rate": 0.1},
    "Lion": {"learning_rate": 0.1},
    "Muon": {"learning_rate": 0.1},
    "Nadam": {"learning_rate": 0.1},
    "RMSprop": {"centered": True, "momentum": 0.5, "learning_rate": 0.1},
    "SGD": {"momentum": 0.9, "nesterov": True, "clipnorm": 1.0, "learning_rate": 0.1},
    "ScheduleFreeAdamW": {"learning_rate": 0.1},
}
JUDGED_BY_JAX = {"ScheduleFreeAdamW": "on torch its old momentum is overwritten before it is read"}
INITIALIZERS = {
    "Constant": {"value": 0.3},
    "Identity": {"gain": 2.0},
    "Ones": {},
    "Zeros": {},
    "GlorotNormal": {},
    "GlorotUniform": {},
    "HeNormal": {},
    "HeUniform": {},
    "LecunNormal": {},
    "LecunUniform": {},
    "Orthogonal": {"gain": 1.5},
    "RandomNormal": {"stddev": 0.3},
    "RandomUniform": {"maxval": 2.0},
    "STFT": {"side": "imag"},
    "TruncatedNormal": {"stddev": 0.3},
    "VarianceScaling": {"distribution": "untruncated_normal"},
}
ACTIVATIONS = (
    *("celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu"),
    *("hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6"),
    *("selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus"),
    *("sparse_sigmoid", "sparsemax", "squareplus", "tanh", "tanh_shrink", "threshold"),
)
NOT_COMPARED = {
    "Loss Metric Optimizer Initializer": "computes nothing itself",
    "Mean Sum MeanMetricWrapper": "inside the other metrics",
    "LossScaleOptimizer MultiOptimizer": "wrappers, judged by Keras' own tests",
    "hard_swish swish": "other names of hard_silu and silu",
    "IdentityInitializer OrthogonalInitializer STFTInitializer": "other names",
    "get serialize deserialize": "looks names up",
}


def golden(keras, gradient_of):
    """Every value that torch can judge, by name."""
    return {
        **_losses(keras, gradient_of),
        **_metrics(keras),
        **optimizers(keras, OPTIMIZERS.keys() - JUDGED_BY_JAX.keys()),
        **_activations(keras, gradient_of),
        **_initializers(keras),
    }


def _losses(keras, gradient_of):
    found = {}
    for name, (arguments, wanted, given) in LOSSES.items():
        loss = getattr(keras.losses, name)(**arguments)
        found[f"loss {name}"] = _array(keras, loss(wanted, given))
        found[f"loss {name} gradient"] = gradient_of(
            lambda tensor, loss=loss, wanted=wanted: loss(wanted, tensor), given
        )
    return found


def _metrics(keras):
    found = {}
    for name, (arguments, wanted, given) in METRICS.items():
        metric = getattr(keras.metrics, name)(**arguments)
        metric.update_state(wanted, given)
        metric.update_state(wanted[::2], given[::2])
        found[f"metric {name}"] = _array(keras, metric.result())
    return found


def optimizers(keras, names):
    """Two weights after four steps with gradients that are the same on both sides."""
    found = {}
    for name in sorted(names):
        weights = [keras.Variable(NUMBERS), keras.Variable(OTHER_NUMBERS[0])]
        optimizer = getattr(keras.optimizers, name)(**OPTIMIZERS[name])
        for step in range(4):
            gradients = [np.roll(OTHER_NUMBERS, step, axis=0), NUMBERS[step]]
            optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients], weights)
        for number, weight in enumerate(weights):
            found[f"optimizer {name}/{number}"] = _array(keras, weight.value)
    return found


def _activations(keras, gradient_of):
    found = {}
    for name in ACTIVATIONS:
        function = getattr(keras.activations, name)
        arguments = (0.2, 0.1) if name == "threshold" else ()
        result = function(keras.ops.convert_to_tensor(NUMBERS), *arguments)
        found[f"activation {name}"] = _array(keras, result)
        # Weighted, because the entries of a softmax sum to one and their sum has no slope.
        weights = OTHER_NUMBERS[:, : result.shape[-1]].copy()

        def weighted(tensor, function=function, arguments=arguments, weights=weights):
            return keras.ops.multiply(function(tensor, *arguments), weights)

        found[f"activation {name} gradient"] = gradient_of(weighted, NUMBERS)
    return found


def _initializers(keras):
    found = {}
    for name, arguments in INITIALIZERS.items():
        shape = (7, 1, 10) if name == "STFT" else (5, 7)
        with same_draws(keras, name):
            made = getattr(keras.initializers, name)(**arguments)(shape)
        found[f"initializer {name}"] = _array(keras, made)
    return found


def _array(keras, value):
    return keras.ops.convert_to_numpy(keras.ops.stop_gradient(value))
