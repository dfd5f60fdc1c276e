"""Exporting is refused by name."""

import keras
import pytest

from inspector.errors import NotAvailable
from inspector.keras_backend.export import ExportArchive


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("track", (None,)),
        ("add_endpoint", ("serve", None)),
        ("track_and_add_endpoint", ("serve", None)),
    ],
)
def test_archive_refuses_each_step(method, arguments):
    with pytest.raises(NotAvailable, match=r"numpy backend|only currently supports"):
        getattr(ExportArchive(), method)(*arguments)


def test_model_export_says_that_it_is_not_there(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])

    with pytest.raises(NotImplementedError, match="only currently supports"):
        model.export(tmp_path / "served", format="tf_saved_model")
