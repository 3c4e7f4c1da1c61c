"""The choice of a draft's language."""

from __future__ import annotations

import pytest

from casework.escalations.languages import Language, choose_language, language_of_countries, language_of_script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ท่อระบายน้ำอุดตันหน้าตลาด", Language.TH),
        ("น้ำท่วม ถนนสุขุมวิท ซอย 11 ใกล้ BTS Nana", Language.TH),
        ("中山路排水管堵塞", Language.ZH),
        ("Central World 门口路面塌陷，车辆无法通行", Language.ZH),
        ("Blocked drain near ตลาด", None),
        ("Blocked drain near 中山路", None),
        ("排水管が詰まっています", None),
        ("Канализация засорена", None),
        ("12 / 34", None),
        ("", None),
    ],
)
def test_the_script_tells_thai_and_chinese(text: str, language: Language | None) -> None:
    assert language_of_script(text) is language


@pytest.mark.parametrize(
    ("domain", "language"),
    [
        ("stadt.zuerich.ch", Language.DE), ("STADT.CH", Language.DE), ("amt.de", Language.DE),
        ("mairie.fr", Language.FR), ("comune.it", Language.IT), ("ayto.es", Language.ES), ("camara.pt", Language.PT),
        ("council.gov.uk", Language.EN), ("bangkok.go.th", Language.TH), ("city.gov.cn", Language.ZH),
    ],
)  # fmt: skip
def test_the_country_of_the_recipient_tells_the_language(domain: str, language: Language) -> None:
    assert language_of_countries([f"office@{domain}"]) is language


@pytest.mark.parametrize(
    "address",
    [
        "a@grace.church", "a@villa.estate", "a@cuisine.free", "a@shop.italy-tours.com", "a@mail.de.com", "a@x.fr.org",
        "a.ch@city.org", "fr@city.org", "a@chalet.ch.city.org", "a@pt.example.net", "a@start.me", "no-address", "",
    ],
)  # fmt: skip
def test_a_country_inside_another_word_says_nothing(address: str) -> None:
    assert language_of_countries([address]) is None


def test_what_was_asked_for_goes_first() -> None:
    assert choose_language(["ท่อแตก"], ["a@amt.de"], asked=Language.FR) is Language.FR


def test_the_script_of_the_title_goes_before_the_summary_and_the_country() -> None:
    assert choose_language(["ท่อแตก", "水管破裂"], ["a@amt.de"]) is Language.TH
    assert choose_language(["Broken pipe", "水管破裂"], ["a@amt.de"]) is Language.ZH


def test_most_countries_decide_and_the_first_breaks_a_tie() -> None:
    assert choose_language(["Broken pipe"], ["a@x.fr", "b@x.de", "c@x.de"]) is Language.DE
    assert choose_language(["Broken pipe"], ["a@x.fr", "b@x.de"]) is Language.FR


def test_english_is_the_last_resort() -> None:
    assert choose_language(["Broken pipe"], ["a@city.org"]) is Language.EN
    assert choose_language([], []) is Language.EN
