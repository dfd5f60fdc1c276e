"""The sample models against Keras on torch, with the same weights and inputs (`./dev oracle`)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import pytest

ORACLE = Path(__file__).resolve().parents[1] / "oracle"


def _sample_cases() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_cases", ORACLE / "sample_cases.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = _sample_cases()


@pytest.mark.parametrize("name", CASES.CASES)
def test_sample_gives_what_keras_on_torch_gives(name: str) -> None:
    with np.load(ORACLE / "golden" / "samples.npz") as archive:
        golden = {key: archive[key] for key in archive.files if key.startswith(f"{name}/")}
    expected = golden.pop(f"{name}/output")
    model, inputs = CASES.model_and_inputs(keras, name)
    model.set_weights([golden[f"{name}/weight{i}"] for i in range(len(golden))])

    output = CASES.output_of(keras, model, inputs)

    assert expected.shape == output.shape
    assert np.abs(output - expected).max() <= 1e-5 * np.abs(expected).max()
