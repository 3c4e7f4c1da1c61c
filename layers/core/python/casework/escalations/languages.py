"""Which language a draft is written in: the one asked for, the script of the case, the recipients' country, English.

Countries are read from the last label of a mail domain and compared whole: `.church` is not `.ch`, `.estate` is not
`.es`.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Language(StrEnum):
    """A language that drafts can be written in (ISO 639-1)."""

    TH = "th"
    EN = "en"
    ZH = "zh"
    DE = "de"
    FR = "fr"
    IT = "it"
    ES = "es"
    PT = "pt"


_COUNTRIES = {
    Language.TH: "th xn--o3cw4h",
    Language.EN: "uk us au nz ie sg",
    Language.ZH: "cn tw hk mo xn--fiqs8s xn--fiqz9s xn--kprw13d xn--kpry57d xn--j6w193g",
    Language.DE: "de ch at li",
    Language.FR: "fr lu mc",
    Language.IT: "it sm va",
    Language.ES: "es mx ar cl pe uy ve ec bo py cr gt hn ni sv pa do cu",
    Language.PT: "pt br ao mz",
}
"""Country labels by language, in ASCII form. Labels sold as generic names (`.co`, `.me`, `.tv`) say nothing."""
_LANGUAGE_OF_COUNTRY = {label: language for language, labels in _COUNTRIES.items() for label in labels.split()}

_THAI = re.compile("[\u0e00-\u0e7f]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3040-\u30ff]")
_HAN_WEIGHT = 2
"""One Han character says about as much as two letters: a Chinese sentence with a foreign name in it stays Chinese."""


def choose_language(texts: Iterable[str], emails: Iterable[str], asked: Language | None = None) -> Language:
    """Choose the language of a draft from the case's texts, the most telling first, and the recipients' addresses."""
    if asked is not None:
        return asked
    for text in texts:
        language = language_of_script(text)
        if language is not None:
            return language
    return language_of_countries(emails) or Language.EN


def language_of_script(text: str) -> Language | None:
    """Return Thai or Chinese when at least half of the letters are of that script, else None; kana rule Chinese out."""
    thai = len(_THAI.findall(text))
    han = 0 if _KANA.search(text) else _HAN_WEIGHT * len(_HAN.findall(text))
    others = sum(character.isalpha() and not _THAI.match(character) and not _HAN.match(character) for character in text)
    if thai and thai >= han + others:
        return Language.TH
    if han and han >= thai + others:
        return Language.ZH
    return None


def language_of_countries(emails: Iterable[str]) -> Language | None:
    """Return the language that most recipients' country labels speak for (on a tie the first), None without any."""
    labels = (email.strip().lower().rpartition(".")[2] for email in emails)
    votes = Counter(_LANGUAGE_OF_COUNTRY[label] for label in labels if label in _LANGUAGE_OF_COUNTRY)
    return votes.most_common(1)[0][0] if votes else None
