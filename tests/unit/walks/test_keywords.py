"""Content words of problems in three languages."""

from __future__ import annotations

import pytest

from casework.walks.keywords import MAX_CHARACTERS, covered, keywords, letters_of, rarities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The printer prints", "printer printing"),
        ("stopped", "stops"),
        ("freezing", "freezes"),
        ("I can't connect", "connected"),
        ("refused", "refuses"),
    ],
)
def test_forms_of_an_english_word_meet(one, other):
    assert keywords(one) & keywords(other)


def test_english_stop_words_carry_nothing():
    assert keywords("I can't, I don't, it isn't for me") == frozenset()


def test_thai_and_chinese_are_runs_of_characters_and_latin_words_among_them_stay_whole():
    assert keywords("打印机VPN卡纸") == {"打印", "印机", "vpn", "卡纸"}
    assert keywords("ต่อVPN ปริ้น") == {"ต่อ", "ปริ้", "ริ้น", "vpn"}


def test_a_single_character_is_a_word_of_its_own():
    assert keywords("卡 x") == {"卡", "x"}


def test_full_width_letters_and_capitals_do_not_matter():
    assert keywords("ＶＰＮ") == keywords("vpn")


@pytest.mark.parametrize("text", ["", " \n", "😀😀", "?!…", "\u0000"])
def test_texts_without_words_have_no_keywords(text):
    assert keywords(text) == frozenset()


def test_a_long_text_counts_up_to_its_limit():
    assert "late" not in keywords("early " * (MAX_CHARACTERS // 6 + 1) + "late")


def test_bare_letters_ignore_blanks_signs_and_capitals_but_keep_thai_marks():
    assert letters_of(" VPN: can't connect! ") == letters_of("vpn cant connect")
    assert letters_of("น้ำ") != letters_of("นำ")
    assert letters_of("😀 ?") == ""


def test_a_rare_word_weighs_more_than_one_that_all_use():
    weights = rarities([{"screen", "vpn"}, {"screen"}, {"screen"}])
    assert weights["vpn"] > weights["screen"] > 0


def test_the_covered_share_counts_unknown_words_as_rare():
    weights = rarities([{"screen", "vpn"}, {"screen"}])
    assert covered({"vpn"}, {"vpn"}, weights) == 1.0
    assert covered({"vpn", "unheard"}, {"vpn"}, weights) == pytest.approx(0.5)
    assert covered({"screen", "unheard"}, {"screen"}, weights) < 0.5


def test_no_words_cover_nothing():
    assert covered(set(), {"vpn"}, {"vpn": 1.0}) == 0.0
    assert covered({"vpn"}, set(), {}) == 0.0
