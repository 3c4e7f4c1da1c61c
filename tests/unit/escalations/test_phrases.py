"""The sentences of every language are complete and fill in the same things."""

from __future__ import annotations

from dataclasses import asdict
from string import Formatter

import pytest

from casework.escalations.languages import Language
from casework.escalations.phrases import phrases_of

OPTIONAL = {"greeting_named"}


def fields_of(sentence: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}


@pytest.mark.parametrize("language", Language)
def test_every_sentence_names_what_its_english_one_names(language: Language) -> None:
    english = asdict(phrases_of(Language.EN))
    for name, sentence in asdict(phrases_of(language)).items():
        assert sentence == sentence.strip() != ""
        assert fields_of(sentence) == fields_of(english[name]) or (name in OPTIONAL and not fields_of(sentence))


@pytest.mark.parametrize("language", [language for language in Language if language is not Language.EN])
def test_no_sentence_was_left_in_english(language: Language) -> None:
    english = asdict(phrases_of(Language.EN))
    same = {name for name, sentence in asdict(phrases_of(language)).items() if sentence == english[name]}
    assert same <= {"percent", "label"}


def test_one_left_out_report_is_singular() -> None:
    assert "1 more" in phrases_of(Language.EN).more(1)
    assert "4 autres" in phrases_of(Language.FR).more(4)
