"""The token list that is stored with a report: its content words and, as `c:<code>`, the problems it names.

Tokens are computed once, at ingest; the clusterer starts from the stored list. Words that say where, when or "please
fix" are stop words: place and time are components of their own. Digits stay in the list for case matching; clustering
ignores them.
"""

from __future__ import annotations

from functools import cache

from casework.reports import words
from casework.reports.lexicon import CONCEPT_PREFIX, lexicon
from casework.reports.words import detect_language, warm_up

__all__ = ["MAX_TOKENS", "concepts_of", "detect_language", "tokenise", "warm_up"]

MAX_TOKENS = 120
"""Content words kept of one report, first come first kept; concepts come on top."""
_MIN_LATIN = 3
_MIN_THAI = 2
_MIN_DIGITS = 2


def tokenise(title: str = "", summary: str = "", description: str = "") -> list[str]:
    """Stored tokens: distinct content words in order of appearance, then concepts in order of their codes."""
    normalised = words.normalise("\n".join(part for part in (title, summary, description) if part))
    latin, thai = words.latin_words(normalised), words.thai_words(normalised)
    pairs = words.han_pairs(normalised, lexicon().chinese_separators)
    stems = [words.stem(word) for word in latin]
    found = lexicon().in_english(stems) if latin else set[str]()
    found |= lexicon().in_thai(normalised, thai) if thai else set()
    found |= lexicon().in_chinese(normalised) if words.HAN_RUN.search(normalised) else set()
    content = _content_latin(latin, stems) + _content_thai(thai) + pairs
    return list(dict.fromkeys(content))[:MAX_TOKENS] + [CONCEPT_PREFIX + code for code in sorted(found)]


def concepts_of(tokens: list[str]) -> frozenset[str]:
    """Codes of the concepts in a stored token list."""
    return frozenset(token.removeprefix(CONCEPT_PREFIX) for token in tokens if token.startswith(CONCEPT_PREFIX))


def _content_latin(latin: list[str], stems: list[str]) -> list[str]:
    return [stemmed for word, stemmed in zip(latin, stems, strict=True) if _counts(word) and stemmed not in _stop_stems()]


def _counts(word: str) -> bool:
    return len(word) >= (_MIN_DIGITS if word.isdigit() else _MIN_LATIN)


@cache
def _stop_stems() -> frozenset[str]:
    return frozenset(map(words.stem, lexicon().stop_words["en"]))


def _content_thai(thai: list[str]) -> list[str]:
    stops = lexicon().stop_words["th"]
    return [word for word in thai if len(word) >= _MIN_THAI and word not in stops and any(map(str.isalpha, word))]
