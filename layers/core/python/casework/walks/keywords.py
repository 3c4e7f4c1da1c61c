"""Words of a problem, for comparing texts beside their vectors: a vector knows meanings, a word knows "FortiClient".

English words are cut at non-letters and lightly stemmed. Thai and Chinese put no blanks between words: Thai is taken as runs of four
neighbouring characters, about a syllable (of runs of two, unrelated texts share half), Chinese as runs of two. No dictionary: the
functions that match problems carry none.
"""

from __future__ import annotations

import re
import unicodedata
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

MAX_CHARACTERS = 2_000
"""Of a text; as many as the embedded model reads."""

_WITHOUT_BLANKS = re.compile("[\u0e00-\u0e7f]+|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_THAI_RUN, _HAN_RUN = 4, 2
_SUFFIXES = ("ing", "ed", "es", "s")
_MIN_STEM = 3
_STOP_WORDS = frozenset(
    [
        "a", "after", "all", "am", "an", "and", "any", "anything", "are", "as", "at", "be", "but", "by", "can", "cannot", "cant", "could",
        "did", "do", "does", "doesnt", "dont", "even", "for", "from", "get", "has", "have", "help", "here", "how", "i", "im", "in",
        "into", "is", "isnt", "it", "its", "just", "me", "my", "no", "not", "now", "of", "on", "or", "our", "please", "so", "some",
        "still", "that", "the", "their", "then", "there", "they", "this", "to", "too", "was", "we", "what", "when", "where", "which",
        "why", "will", "with", "wont", "you", "your",
    ]
)  # fmt: skip


def plain(text: str) -> str:
    """Compatibility forms folded (full-width letters, ligatures), lower case, at most MAX_CHARACTERS."""
    return unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).casefold()


def letters_of(text: str) -> str:
    """What is left of a text without blanks, signs and capitals: equal for two wordings that differ in nothing else. May be empty."""
    return "".join(character for character in plain(text) if unicodedata.category(character)[0] in "LMN")


def keywords(text: str) -> frozenset[str]:
    """The distinct content words of a text; empty where it has none (digits alone are words, emoji are not)."""
    folded = plain(text)
    words = {_stem(word) for word in _latin_words(_WITHOUT_BLANKS.sub(" ", folded))}
    return frozenset(words.union(*map(_pieces, _WITHOUT_BLANKS.findall(folded))))


def _latin_words(folded: str) -> Iterable[str]:
    bare = (word.replace("'", "").replace("\u2019", "") for word in _WORD.findall(folded))
    return (word for word in bare if word not in _STOP_WORDS)


def _pieces(run: str) -> set[str]:
    size = _THAI_RUN if "\u0e00" <= run[0] <= "\u0e7f" else _HAN_RUN
    return {run[at : at + size] for at in range(max(1, len(run) - size + 1))}


def _stem(word: str) -> str:
    """A light stem: `print`, `prints` and `printing` meet, as do `stops` and `stopped`."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _MIN_STEM and not word.endswith("ss"):
            return _undoubled(word.removesuffix(suffix))
    return word.removesuffix("e") if len(word) > _MIN_STEM else word


def _undoubled(stem: str) -> str:
    """`stopp` (of `stopped`) becomes `stop`."""
    if len(stem) > _MIN_STEM and stem[-1] == stem[-2] and stem[-1] not in "lsz":
        return stem[:-1]
    return stem.removesuffix("e") if len(stem) > _MIN_STEM else stem


def rarities(bags: Collection[Collection[str]]) -> dict[str, float]:
    """Weigh each word by how few of the bags hold it (inverse document frequency, smoothed): log(1 + bags / bags with the word)."""
    holders: dict[str, int] = {}
    for bag in bags:
        for word in bag:
            holders[word] = holders.get(word, 0) + 1
    return {word: log(1 + len(bags) / count) for word, count in holders.items()}


def covered(words: Collection[str], bag: Collection[str], weights: Mapping[str, float]) -> float:
    """Weighted share of `words` that the bag holds, 0 to 1; a word without a weight is as heavy as the heaviest; 0 for no words."""
    heaviest = max(weights.values(), default=1.0)
    total = sum(weights.get(word, heaviest) for word in words)
    return sum(weights.get(word, heaviest) for word in words if word in bag) / total if total else 0.0
