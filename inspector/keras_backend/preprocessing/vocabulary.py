"""The tokens of a lookup layer and their numbers.

    0 … mask (int output only) … out-of-vocabulary numbers … tokens, most frequent first

Plain objects, kept out of the layer's own attributes: Keras wraps every dict that a layer holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from keras.src.saving import serialization_lib

from inspector.keras_backend.preprocessing import hashing

# A masked token's number where the output counts: no vocabulary is so large, so it counts nowhere.
NOWHERE = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Numbering:
    """How tokens are numbered: what stands before them, and where unknown ones go.

    mask_takes_zero: the mask token has the number 0, as in int output; else it counts nowhere.
    buckets:         how many numbers unknown tokens share.
    """

    mask: Any
    unknown: Any
    mask_takes_zero: bool
    buckets: int
    hashes: bool
    salt: list[int] | None

    @property
    def first_bucket(self) -> int:
        return 1 if self.mask is not None and self.mask_takes_zero else 0

    @property
    def first_token(self) -> int:
        return self.first_bucket + self.buckets

    def special_tokens(self) -> list[Any]:
        return [self.mask] * self.first_bucket + [self.unknown] * self.buckets

    def bucket_of(self, token: Any) -> int:
        """Which of the unknown tokens' numbers this one gets."""
        if self.buckets == 1:
            return 0
        if not self.hashes:
            return int(token) % self.buckets
        text = str(token)
        value = hashing.fingerprint(text) if self.salt is None else hashing.keyed(text, self.salt)
        return value % self.buckets


class Vocabulary:
    """Tokens in their order, found by number and by name."""

    def __init__(self, numbering: Numbering, tokens: Iterable[Any] = ()) -> None:
        self.numbering = numbering
        self.tokens = tuple(tokens)
        self._numbers = {
            token: number for number, token in enumerate(self.tokens, numbering.first_token)
        }

    def __len__(self) -> int:
        return len(self.tokens) + self.numbering.first_token

    def numbers_of(self, tokens: Sequence[Any]) -> Any:
        """The number of each token.

        Raises:
            ValueError: a token is unknown, and no number is kept for such ones.
        """
        rule = self.numbering
        masked = 0 if rule.mask_takes_zero else NOWHERE
        found = [
            masked if rule.mask is not None and token == rule.mask else self._numbers.get(token, -1)
            for token in tokens
        ]
        unknown = [place for place, number in enumerate(found) if number == -1]
        if unknown and rule.buckets == 0:
            raise ValueError(
                "When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values "
                f"{[tokens[place] for place in unknown]}, consider setting `num_oov_indices=1`."
            )
        for place in unknown:
            found[place] = rule.first_bucket + rule.bucket_of(tokens[place])
        return np.array(found, dtype=np.int64)

    def tokens_of(self, numbers: Sequence[int]) -> list[Any]:
        """The token of each number; the unknown one for a number without one."""
        names: dict[int, Any] = dict(enumerate(self.tokens, self.numbering.first_token))
        if self.numbering.mask is not None:
            names[0] = self.numbering.mask
        return [names.get(int(number), self.numbering.unknown) for number in numbers]


@dataclass(slots=True)
class Counts:
    """What `adapt` has seen: each token's occurrences, the documents with it, all documents."""

    tokens: Counter[Any] = field(default_factory=Counter)
    documents_with: Counter[Any] = field(default_factory=Counter)
    documents: int = 0

    def add(self, document: Sequence[Any]) -> None:
        self.tokens.update(document)
        self.documents_with.update(set(document))
        self.documents += 1

    def ranked(self, without: Iterable[Any], limit: int | None) -> list[Any]:
        """Tokens, most frequent first; of equals the later one in the alphabet."""
        kept = set(self.tokens) - set(without)
        order = sorted(kept, key=lambda token: (self.tokens[token], token), reverse=True)
        return order if limit is None else order[:limit]

    def rarities(self, tokens: Sequence[Any]) -> Any:
        """Inverse document frequencies: log(1 + documents / (1 + those with the token))."""
        found = np.array([self.documents_with[token] for token in tokens])
        return np.log1p(self.documents / (1 + found))


def check_new(
    given: list[Any], tokens: list[Any], numbering: Numbering, limit: int | None, inverted: bool
) -> None:
    """Raises ValueError for a repeated or reserved token, or too many of them."""
    repeated = [token for token, count in Counter(tokens).items() if count > 1]
    if repeated:
        raise ValueError(
            "The passed vocabulary has at least one repeated term. Please uniquify your dataset. "
            f"The repeated terms are: {repeated}"
        )
    reserved = [("mask", "mask", numbering.mask)]
    if inverted:
        reserved.append(("OOV", "oov", numbering.unknown))
    for title, name, token in reserved:
        if token is not None and token in tokens:
            raise ValueError(
                f"Found reserved {title} token at unexpected location in `vocabulary`. Note that "
                "passed `vocabulary` does not need to include the OOV and mask tokens. Either "
                "remove all mask and OOV tokens, or include them only at the start of the "
                f"vocabulary in precisely this order: {numbering.special_tokens()}. Received: "
                f"{name}_token={token} at vocabulary index "
                f"{len(given) - 1 - given[::-1].index(token)}"
            )
    size = numbering.first_token + len(tokens)
    if limit is not None and size > limit:
        raise ValueError(
            "Attempted to set a vocabulary larger than the maximum vocab size. Received vocabulary "
            f"size is {size}; `max_tokens` is {limit}."
        )


def checked_file(path: str) -> Path:
    """A vocabulary file outside of a model archive.

    Raises:
        ValueError: it is not there, or Keras' safe mode forbids it.
    """
    if serialization_lib.in_safe_mode():
        raise ValueError(
            "Requested the loading of a vocabulary file outside of the model archive. This carries "
            "a potential risk of loading arbitrary and sensitive files and thus it is disallowed "
            "by default. If you trust the source of the artifact, you can override this error by "
            "passing `safe_mode=False` to the loading function, or calling "
            f"`keras.config.enable_unsafe_deserialization(). Vocabulary file: '{path}'"
        )
    if not Path(path).exists():
        raise ValueError(f"Vocabulary file {path} does not exist.")
    return Path(path)


def lines_of(path: Path) -> list[str]:
    """A vocabulary file's lines, without the empty ones at its end."""
    lines = path.read_text(encoding="utf-8").split("\n")
    while lines and lines[-1] == "":
        lines.pop()
    return lines
