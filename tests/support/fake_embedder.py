"""An `Embedder` whose vectors are bags of words: texts that share words are near, nothing is known of meanings."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from math import sqrt
from typing import TYPE_CHECKING

from casework.kernel.embedding import DIMENSIONS, EmptyText

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[a-z0-9]+")
_WITHOUT_BLANKS = re.compile("[\u0e00-\u0e7f\u3400-\u9fff]+")


class FakeEmbedder:
    """Counts its calls and the texts in them, so that a test can say that nothing is embedded twice."""

    model = "bag-of-words/1"

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.calls.append(list(texts))
        return [bag_of_words(text) for text in texts]


def bag_of_words(text: str) -> list[float]:
    """Unit vector of hashed words: Latin words, pairs of Thai or Chinese characters, else the characters themselves."""
    if not text.strip():
        raise EmptyText("There is no text to compare.")
    counts = Counter(zlib.crc32(word.encode("utf-8", "replace")) % DIMENSIONS for word in _words(text.lower()))
    length = sqrt(sum(count * count for count in counts.values()))
    return [counts[at] / length for at in range(DIMENSIONS)]


def _words(text: str) -> list[str]:
    runs = _WITHOUT_BLANKS.findall(text)
    pairs = [run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))]
    return _WORD.findall(text) + pairs or [character for character in text if not character.isspace()]
