"""Words, languages, concepts: what is stored beside a report."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.reports.lexicon import LANGUAGES, LexiconUnreadableError, lexicon, read_lexicon
from casework.reports.tokens import concepts_of, detect_language, tokenise
from casework.reports.words import MAX_CHARACTERS, normalise, stem

CASE_TYPES = {
    "flood_drainage",
    "public_safety",
    "power_lighting",
    "road_footpath",
    "traffic_transit",
    "waste_sanitation",
    "air_noise",
    "health_animals",
    "green_space",
    "obstruction_signage",
    "social_welfare",
    "governance_service",
}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("น้ำท่วมหน้าซอย near BTS", "th"),
        ("路灯坏了 near BTS station", "zh"),
        ("Street light out at ซอย 5", "en"),
        ("", "en"),
        ("12345", "en"),
    ],
)
def test_the_language_is_that_of_the_script_most_is_written_in(text, language):
    assert detect_language(text) == language


def test_english_plurals_and_verb_forms_meet():
    assert stem("potholes") == stem("pothole")
    assert stem("blocked") == stem("blocking") == stem("blocks") == stem("block")
    assert stem("batteries") == stem("battery")
    assert stem("branches") == stem("branch")
    assert stem("gas") == "gas"


def test_thai_without_spaces_becomes_words():
    assert {"สายไฟ", "ห้อย"} <= set(tokenise("สายไฟห้อยลงมาหน้าบ้าน"))


def test_chinese_becomes_pairs_that_meet_however_a_sentence_is_cut():
    assert set(tokenise("下水道堵塞了")) & set(tokenise("小区下水道又堵塞"))


def test_two_spellings_of_one_thai_word_and_thai_digits_are_the_same():
    assert normalise("นํ้าท่วม") == normalise("น้ำท่วม")
    assert normalise("เเผ่น") == normalise("แผ่น")
    assert normalise("ซอย ๙๓") == "ซอย 93"


def test_words_of_place_time_and_politeness_are_left_out():
    assert tokenise("Please fix this near the school today, thank you") == []
    assert not set(tokenise("รบกวนช่วยแก้ไขด้วยครับ วันนี้")) - {"c:enquiry"}


@pytest.mark.parametrize(
    ("texts", "concept"),
    [
        (("น้ำท่วมถนน รถผ่านไม่ได้", "The street is flooded", "路面积水很深"), "flooding"),
        (("ถนนเป็นหลุม", "There are potholes everywhere", "路上有个大坑"), "pothole"),
        (("ไฟถนนดับ", "The street lamp is broken", "路灯不亮"), "streetlight_out"),
        (("ขยะกองเต็มทาง", "Rubbish is piling up", "垃圾没人收"), "garbage"),
        (("ต้นไม้ล้มขวางถนน", "A tree has fallen across the lane", "大树倒了"), "fallen_tree"),
        (("หมาจรจัดไล่คน", "Stray dogs chase people", "流浪狗追人"), "stray_dogs"),
        (("ท่อประปาแตก", "The water pipe burst", "水管爆了"), "water_leak"),
        (("ฝาท่อหาย", "The manhole cover is gone", "井盖不见了"), "manhole_cover"),
    ],
)
def test_one_problem_in_three_languages_is_one_concept(texts, concept):
    assert all(concept in concepts_of(tokenise(text)) for text in texts)


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("A small brochure about the forecast", "structural_damage"),
        ("The trail by the mall is lovely", "obstruction"),
        ("ป้ายหาเสียงหน้าตลาด", "noise"),
        ("ไฟแนนซ์โทรมาทุกวัน", "streetlight_out"),
        ("ช่างมารถติดตั้งอุปกรณ์", "traffic_jam"),
        ("热狗很好吃", "stray_dogs"),
    ],
)
def test_a_term_inside_another_word_names_no_problem(text, absent):
    assert absent not in concepts_of(tokenise(text))


def test_concepts_come_after_the_words_in_a_stable_order():
    tokens = tokenise("Flooded street", "", "The drain is blocked and the street is flooded")
    marked = [token.startswith("c:") for token in tokens]
    assert marked == sorted(marked)
    assert tokens == tokenise("Flooded street", "", "The drain is blocked and the street is flooded")
    assert len(tokens) == len(set(tokens))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_tokens_that_can_be_stored(text):
    assert all(token.strip() and "\x00" not in token for token in tokenise(text))


@pytest.mark.parametrize("text", ["ก" * 50_000, "กา" * 20_000, "น้ำท่วม" * 5_000, "灯" * 50_000, "light " * 20_000, "a" * 50_000])
def test_hostile_texts_are_bounded(text):
    assert len(tokenise(text, text, text)) < 400
    assert len(normalise(text)) <= MAX_CHARACTERS


def test_the_lexicon_covers_every_case_type_in_every_language():
    found = lexicon()
    assert {concept.case_type for concept in found.concepts.values()} == CASE_TYPES
    for concept in found.concepts.values():
        assert all(concept.terms[language] and concept.labels[language] for language in LANGUAGES)
        assert all(concept.code in found.concepts[other].related for other in concept.related)


def test_a_lexicon_of_another_schema_is_refused():
    with pytest.raises(LexiconUnreadableError):
        read_lexicon('{"schema_version": 99}')
