"""Classes of layers and the categories they are coloured by."""

import pytest

from inspector.layout.category import CATEGORIES, category_of


@pytest.mark.parametrize(
    ("class_name", "category"),
    [
        ("Dense", "dense"),
        ("EinsumDense", "dense"),
        ("Conv2DTranspose", "conv"),
        ("SeparableConv1D", "conv"),
        ("ConvLSTM2D", "recurrent"),
        ("MaxPooling2D", "pooling"),
        ("GlobalAveragePooling1D", "pooling"),
        ("BatchNormalization", "norm"),
        ("Normalization", "preprocessing"),
        ("LSTM", "recurrent"),
        ("GRUCell", "recurrent"),
        ("MultiHeadAttention", "attention"),
        ("Embedding", "embedding"),
        ("Flatten", "reshape"),
        ("ZeroPadding2D", "reshape"),
        ("Concatenate", "merge"),
        ("Add", "merge"),
        ("Average", "merge"),
        ("AveragePooling2D", "pooling"),
        ("ReLU", "activation"),
        ("LeakyReLU", "activation"),
        ("Dropout", "dropout"),
        ("SpatialDropout1D", "dropout"),
        ("TextVectorization", "preprocessing"),
        ("Functional", "model"),
        ("Bidirectional", "wrapper"),
        ("Lambda", "custom"),
    ],
)
def test_category_of_knows_the_layers_of_keras(class_name, category):
    assert category_of(class_name) == category


def test_category_of_an_unknown_class_depends_on_whether_it_holds_calls():
    assert category_of("Whatever") == "custom"
    assert category_of("Whatever", is_group=True) == "model"
    assert {"custom", "model"} <= set(CATEGORIES)
