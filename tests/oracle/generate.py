"""Writes the golden files with Keras on torch: `./dev oracle`.

One file for all layers: for each case its output, and the gradients of a weighted sum of the
output with respect to the inputs and the trainable weights. One file for the sample models: their
weights and outputs. Layers that draw get the same draws on both sides; where torch is no judge,
Keras on JAX is. `./dev oracle NAME...` writes some of the files only.
"""

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent))
import augmentation_cases
import function_cases
import part_cases
import sample_cases
from layer_case import prepared, seed_for
from layer_cases import CASES
from same_draws import same_draws

GOLDEN = Path(__file__).parent / "golden"


def values_of(case):
    """Output and gradients of one case, by name."""
    arrays = case.inputs()
    tensors = [torch.tensor(array) for array in arrays]
    with same_draws(keras, case.name):
        layer, run = prepared(case, keras, tensors)
    differentiable = case.gradients and case.whole is None
    for tensor in tensors:
        tensor.requires_grad_(differentiable)
    for variable in layer.trainable_variables:
        variable.value.grad = None
    with same_draws(keras, case.name):
        output = run(tensors if len(tensors) > 1 else tensors[0])
    found = {"output": output.detach().numpy()}
    if case.gradients and output.requires_grad:
        (output * torch.tensor(seed_for(case, output.shape).astype("float32"))).sum().backward()
        if differentiable:
            found |= {f"input{i}": t.grad.numpy() for i, t in enumerate(tensors)}
        for i, variable in enumerate(layer.trainable_variables):
            gradient = variable.value.grad
            found[f"weight{i}"] = (
                np.zeros(tuple(variable.shape), "float32") if gradient is None else gradient.numpy()
            )
    return found


def samples():
    """Weights and output of each sample model, by name."""
    golden = {}
    for name in sample_cases.CASES:
        model, inputs = sample_cases.model_and_inputs(keras, name)
        for i, weight in enumerate(model.get_weights()):
            golden[f"{name}/weight{i}"] = weight
        golden[f"{name}/output"] = sample_cases.output_of(keras, model, inputs)
    return golden


def layers():
    golden = {}
    for case in CASES:
        for name, array in values_of(case).items():
            golden[f"{case.name}/{name}"] = np.asarray(array, "float32")
    return golden


def functions():
    golden = {}
    for name, function in function_cases.CASES.items():
        results = function_cases.flat(function(keras.ops, function_cases.VALUES))
        for number, result in enumerate(results):
            golden[f"{name}/{number}"] = keras.ops.convert_to_numpy(result)
    return golden


@functools.cache
def by_jax():
    """Values that torch is no judge of, from a process of its own; names begin with `a/`, `p/`."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "jax.npz"
        environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
        command = [sys.executable, str(Path(__file__).with_name("jax_judge.py")), str(target)]
        subprocess.run(command, env=environment, check=True)
        with np.load(target) as archive:
            return {name: archive[name] for name in archive.files}


def augmentations():
    found = augmentation_cases.golden(keras)
    return found | {name[2:]: value for name, value in by_jax().items() if name.startswith("a/")}


def parts():
    """Losses, metrics, optimizers, activations and initializers."""
    found = part_cases.golden(keras, gradient_of)
    return found | {name[2:]: value for name, value in by_jax().items() if name.startswith("p/")}


def gradient_of(function, values):
    """Of the sum of a function's results, with respect to its one array."""
    tensor = torch.tensor(values, requires_grad=True)
    function(tensor).sum().backward()
    return tensor.grad.numpy()


def main():
    GOLDEN.mkdir(exist_ok=True)
    made_by = {
        "layers": layers,
        "functions": functions,
        "augmentations": augmentations,
        "parts": parts,
        "samples": samples,
    }
    for name in sys.argv[1:] or made_by:
        made = made_by[name]()
        path = GOLDEN / f"{name}.npz"
        np.savez_compressed(path, **made)
        print(f"{name}: {len(made)} arrays, {path.stat().st_size / 1e6:.2f} MB")
    print(f"Keras {keras.__version__} on torch {torch.__version__}")


if __name__ == "__main__":
    main()
