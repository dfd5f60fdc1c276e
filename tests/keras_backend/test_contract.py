"""Our functions against the contract that Keras' own NumPy backend's source states."""

import inspect

import pytest

from inspector.keras_backend import contract, coverage


@pytest.mark.parametrize("module", contract.MODULES)
def test_backend_has_each_function_with_all_its_arguments(module):
    found = coverage.measure(module)

    assert found.missing == ()


def test_contract_counts_359_functions():
    assert sum(len(contract.functions(module)) for module in contract.MODULES) == 359


def test_contract_reads_arguments_in_order():
    signature = contract.functions("numpy")["meshgrid"]

    assert signature.arguments == ("*x", "indexing")
    assert signature.optional == {"indexing"}


def test_coverage_reports_the_sum_in_its_last_line():
    last = coverage.report().splitlines()[-1]

    assert last == "359 of 359 functions of Keras' backend contract"


def test_coverage_names_a_lost_argument():
    def without_axis(x, keepdims=False):
        return x

    lacking = coverage._lacks(without_axis, contract.functions("numpy")["all"])

    assert lacking == ["axis"]


def test_backend_functions_show_no_annotations_to_keras():
    from keras.src import backend

    parameters = inspect.signature(backend.numpy.sum).parameters.values()

    assert {p.annotation for p in parameters} == {inspect.Parameter.empty}
