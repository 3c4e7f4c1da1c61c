"""The trilingual lexicon of problem terms: what a report is about, whatever language says it.

`lexicon.json` is data with a `schema_version`; an owner can replace it without touching code. Terms are matched as
its people write them: an English term is a sequence of stems (so "mall" is not in "small"), a Thai term starting with
`=` must be a whole word of the dictionary, and `*` stands for a short gap (three English words, sixteen Thai or eight
Chinese characters) within a sentence. `traps` are phrases that contain a term by accident; they are blanked out
first.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from casework.reports.words import LATIN_RUN, stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

CONCEPT_PREFIX = "c:"
SCHEMA_VERSION = 1
LANGUAGES = ("th", "en", "zh")
_PATH = Path(__file__).with_name("lexicon.json")
_GAPS = {"th": r"[^\n.!?]{0,16}?", "en": r"(?: \S+){0,3}? ", "zh": "[^\n。！？，；]{0,8}?"}
_NEVER = re.compile(r"(?!)")


class LexiconUnreadableError(ValueError):
    """The file's `schema_version` is not the one that this code reads."""


@dataclass(frozen=True)
class Concept:
    """One kind of problem. `related` names kinds that people mix up or that cause each other."""

    code: str
    case_type: str
    labels: Mapping[str, str]
    related: frozenset[str]
    terms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Lexicon:
    """All concepts, with the patterns compiled language by language on first use."""

    version: str
    concepts: Mapping[str, Concept]
    traps: Mapping[str, tuple[str, ...]]
    stop_words: Mapping[str, frozenset[str]]
    _patterns: dict[str, dict[str, re.Pattern[str]]] = field(default_factory=dict[str, dict[str, re.Pattern[str]]], repr=False)

    def in_thai(self, normalised: str, words: Collection[str]) -> set[str]:
        """Concepts in normalised Thai text; `words` are its dictionary words."""
        found = {code for word in words for code in self._whole_words.get(word, ())}
        return found | self._search("th", self._trap("th").sub(" ", normalised))

    def in_chinese(self, normalised: str) -> set[str]:
        """Concepts in normalised Chinese text."""
        return self._search("zh", self._trap("zh").sub(" ", normalised))

    def in_english(self, stems: Iterable[str]) -> set[str]:
        """Concepts in a sequence of stems, stop words included."""
        return self._search("en", self._trap("en").sub(" ", f" {' '.join(stems)} "))

    @cached_property
    def chinese_separators(self) -> re.Pattern[str]:
        """Stop words, longest first."""
        return _either(sorted(self.stop_words["zh"], key=lambda word: (-len(word), word)))

    def related(self, code: str) -> frozenset[str]:
        """Codes related to this one; none for a code that a newer or older lexicon knew."""
        concept = self.concepts.get(code)
        return concept.related if concept else frozenset()

    @cached_property
    def _whole_words(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for concept in self.concepts.values():
            for term in concept.terms["th"]:
                if term.startswith("="):
                    found.setdefault(term[1:], set()).add(concept.code)
        return found

    def _search(self, language: str, text: str) -> set[str]:
        if language not in self._patterns:
            self._patterns[language] = {code: _pattern(concept, language) for code, concept in self.concepts.items()}
        return {code for code, pattern in self._patterns[language].items() if pattern.search(text)}

    def _trap(self, language: str) -> re.Pattern[str]:
        return _traps(self.version, language, self.traps[language])


def _pattern(concept: Concept, language: str) -> re.Pattern[str]:
    terms = [_expression(term, language) for term in concept.terms[language] if not term.startswith("=")]
    return _bounded(terms, language)


@cache
def _traps(_version: str, language: str, phrases: tuple[str, ...]) -> re.Pattern[str]:
    return _bounded([_expression(phrase, language) for phrase in phrases], language)


def _expression(term: str, language: str) -> str:
    if language != "en":
        return _GAPS[language].join(map(re.escape, term.split("*")))
    parts = (" ".join(map(stem, LATIN_RUN.findall(part))) for part in term.split("*"))
    return _GAPS["en"].join(map(re.escape, parts))


def _bounded(expressions: list[str], language: str) -> re.Pattern[str]:
    if not expressions:
        return _NEVER
    joined = "|".join(expressions)
    return re.compile(f"(?<= )(?:{joined})(?= )" if language == "en" else joined)


def _either(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words))) if words else _NEVER


def read_lexicon(text: str) -> Lexicon:
    """A lexicon from the text of its file. Raises LexiconUnreadableError for another schema."""
    document = cast("dict[str, object]", json.loads(text))
    if document.get("schema_version") != SCHEMA_VERSION:
        msg = f"lexicon schema {document.get('schema_version')} is not {SCHEMA_VERSION}"
        raise LexiconUnreadableError(msg)
    entries = cast("dict[str, dict[str, object]]", document["concepts"])
    traps, stops = (cast("dict[str, list[str]]", document[name]) for name in ("traps", "stop_words"))
    return Lexicon(
        version=str(document["version"]),
        concepts={code: _concept(code, entry) for code, entry in entries.items()},
        traps={language: tuple(traps[language]) for language in LANGUAGES},
        stop_words={language: frozenset(stops[language]) for language in LANGUAGES},
    )


def _concept(code: str, entry: Mapping[str, object]) -> Concept:
    terms = cast("dict[str, list[str]]", entry["terms"])
    return Concept(
        code=code,
        case_type=str(entry["case_type"]),
        labels=cast("dict[str, str]", entry["labels"]),
        related=frozenset(cast("list[str]", entry["related"])),
        terms={language: tuple(terms[language]) for language in LANGUAGES},
    )


@cache
def lexicon() -> Lexicon:
    """The lexicon that ships beside this module, read once."""
    return read_lexicon(_PATH.read_text(encoding="utf-8"))
