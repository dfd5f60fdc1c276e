"""Keras' lookup, hashing and text layers without TensorFlow.

Keras writes these few layers with TensorFlow's string ops and hash tables, whatever its backend.
Ours answer to the same names, take the same arguments, give the same numbers, and read and write
the same configurations and vocabulary files:

    strings              standardize, split, n-grams: rows of Python strings
    hashing              Hashing, HashedCrossing
    index_lookup         a vocabulary: tokens to numbers and back
    lookups              StringLookup, IntegerLookup
    text_vectorization   TextVectorization
    discretization       Discretization, whose `adapt` alone wants TensorFlow
"""

from inspector.keras_backend.preprocessing.discretization import Discretization
from inspector.keras_backend.preprocessing.hashing import HashedCrossing, Hashing
from inspector.keras_backend.preprocessing.index_lookup import IndexLookup
from inspector.keras_backend.preprocessing.lookups import IntegerLookup, StringLookup
from inspector.keras_backend.preprocessing.text_vectorization import TextVectorization

LAYERS = (
    TextVectorization,
    StringLookup,
    IntegerLookup,
    Hashing,
    HashedCrossing,
    Discretization,
)

__all__ = [
    "LAYERS",
    "Discretization",
    "HashedCrossing",
    "Hashing",
    "IndexLookup",
    "IntegerLookup",
    "StringLookup",
    "TextVectorization",
]
