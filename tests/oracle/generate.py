"""Writes the golden files with Keras on torch: `./dev oracle`.

One file for all layers: for each case its output, and the gradients of a weighted sum of the
output with respect to the inputs and the trainable weights. One file for the sample models: their
weights and outputs.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent))
import function_cases
import sample_cases
from layer_cases import CASES, prepared, seed_for

GOLDEN = Path(__file__).parent / "golden"


def values_of(case):
    """Output and gradients of one case, by name."""
    arrays = case.inputs()
    tensors = [torch.tensor(array) for array in arrays]
    layer, run = prepared(case, keras, tensors)
    differentiable = case.gradients and case.whole is None
    for tensor in tensors:
        tensor.requires_grad_(differentiable)
    for variable in layer.trainable_variables:
        variable.value.grad = None
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


def main():
    GOLDEN.mkdir(exist_ok=True)
    made_by = {"layers": layers, "functions": functions, "samples": samples}
    for name, make in made_by.items():
        made = make()
        path = GOLDEN / f"{name}.npz"
        np.savez_compressed(path, **made)
        print(f"{name}: {len(made)} arrays, {path.stat().st_size / 1e6:.2f} MB")
    print(f"Keras {keras.__version__} on torch {torch.__version__}")


if __name__ == "__main__":
    main()
