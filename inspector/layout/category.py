"""Which kind of layer a class is: what a box is coloured by."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from inspector.trace import Call

Category = Literal[
    "input",
    "model",
    "dense",
    "conv",
    "pooling",
    "norm",
    "activation",
    "dropout",
    "recurrent",
    "attention",
    "embedding",
    "reshape",
    "merge",
    "preprocessing",
    "loss",
    "wrapper",
    "custom",
    "stub",
    "placeholder",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)

# The first row with a word that is in the class name, in lower case, wins.
_WORDS: tuple[tuple[Category, tuple[str, ...]], ...] = (
    ("input", ("inputlayer",)),
    ("loss", ("loss", "crossentropy", "endpoint")),
    ("attention", ("attention", "transformer")),
    ("recurrent", ("lstm", "gru", "rnn", "recurrent")),
    ("norm", ("normalization", "layernorm", "batchnorm", "groupnorm", "rmsnorm")),
    ("embedding", ("embedding",)),
    ("dropout", ("dropout", "gaussiannoise", "stochasticdepth", "droppath")),
    ("pooling", ("pooling", "maxpool", "avgpool")),
    (
        "reshape",
        ("flatten", "reshape", "permute", "repeatvector", "cropping", "padding", "upsampling"),
    ),
    ("conv", ("conv",)),
    ("merge", ("concatenate", "average", "maximum", "minimum", "multiply", "subtract", "merge")),
    ("dense", ("dense", "linear", "bilinear")),
    ("activation", ("activation", "softmax", "relu", "elu", "sigmoid", "gelu", "swish")),
    (
        "preprocessing",
        ("vectorization", "lookup", "discretization", "hashing", "rescaling", "random"),
    ),
    ("wrapper", ("timedistributed", "bidirectional", "wrapper")),
    ("model", ("functional", "sequential", "model", "autoencoder", "encoder", "decoder")),
)
_EXACT: dict[str, Category] = {
    "add": "merge",
    "dot": "merge",
    "rescaling": "preprocessing",
    "normalization": "preprocessing",
    "masking": "reshape",
    "resizing": "reshape",
    "centercrop": "reshape",
    "elu": "activation",
    "identity": "activation",
    "lambda": "custom",
}


def category_of_call(call: Call, *, is_group: bool = False) -> Category:
    """The category of a call; a placeholder is one whatever it stands in for."""
    return "placeholder" if call.placeholder else category_of(call.class_, is_group=is_group)


@cache
def category_of(class_name: str, *, is_group: bool = False) -> Category:
    """The category of a layer class; unknown is "model" for a group, else "custom".

    >>> category_of("Conv2D"), category_of("MyThing"), category_of("MyThing", is_group=True)
    ('conv', 'custom', 'model')
    """
    word = class_name.lower()
    if word in _EXACT:
        return _EXACT[word]
    for category, words in _WORDS:
        if any(part in word for part in words):
            return category
    return "model" if is_group else "custom"
