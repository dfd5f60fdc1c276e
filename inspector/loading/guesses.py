"""What a value may be, by its name alone: for what a script did not come to compute.

guessed("num_classes")      10
guessed("vocab_size")       1000
guessed("input_shape")      (32, 32, 3)
guessed("x_train")          None: nothing says what it is
"""

from __future__ import annotations

import re
from typing import Any

# The first pattern that is found counts.
_BY_NAME: tuple[tuple[str, Any], ...] = (
    (r"(img|image|input|patch|target)_?shape$|(img|image|patch)_?dims?$", (32, 32, 3)),
    (r"shape$", (32,)),
    (r"activation", "relu"),
    (r"drop|_rate$|^rate$|momentum|alpha|beta|gamma|epsilon|^eps$|temperature|ratio|decay", 0.1),
    (r"learning_rate|^lr$", 0.001),
    (r"vocab|num_(encoder_|decoder_)?(tokens|words|chars|users|items|movies|embeddings)|"
     r"max_(features|tokens|words)|_tokens$", 1000),
    (r"class(es)?$|_?labels$|num_(tags|categories|outputs?|targets?)|_classes", 10),
    (r"channels?$", 3),
    (r"(img|image)_?(size|height|width|rows|cols|h|w)$|^(img|image)_|resolution", 32),
    (r"patch_?size|kernel_?size|strides?$", 4),
    (r"len(gth)?s?$|^max_?len|time_?steps|^steps|window|horizon", 20),
    (r"batch", 32),
    (r"epochs?$", 1),
    (r"heads?$|layers?$|blocks?$|depth$|stacks?$|repeats?$", 2),
    (r"dims?$|units?$|filters?$|hidden|latent|embed|^d_?model$|^dff$|nodes|neurons|features?$", 16),
    (r"^(num|n|nb|max|min|total)_|_(size|count|num|width|height|rows|cols)$|^(size|width|height)$",
     8),
)  # fmt: skip
# Data go by names such as `x_train`; functions begin with a verb.
_IS_NO_SIZE = re.compile(
    r"(?!d_?model$)((x|y|train|test|val|get|make|build|create)_|.*(data|dataset|model|layer|_ds)$|ds$)"
)
_PATTERNS = tuple((re.compile(pattern), value) for pattern, value in _BY_NAME)


def guessed(name: str) -> Any:
    """A plausible number, shape or word for something of this name; None for anything else."""
    lower = name.lower()
    if _IS_NO_SIZE.match(lower):
        return None
    return next((value for pattern, value in _PATTERNS if pattern.search(lower)), None)
