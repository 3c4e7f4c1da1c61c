"""From text to words, for three languages that mark words in three ways.

English is split at non-letters and lightly stemmed, so that plurals and -ing/-ed forms meet. Thai has no spaces: the
dictionary matcher newmm of pythainlp cuts it (loaded on first use, about half a second). Chinese is taken as
overlapping pairs of characters between stop words: segmenters split colloquial complaints unevenly, pairs meet
however a sentence is cut, and need no dictionary.
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_CHARACTERS = 8_000
"""Of one report; what follows is no longer a description of an incident and would only cost time."""
_THAI_STRETCH = 400
"""newmm looks far ahead in ambiguous text; a stretch without any break is cut here so that its time stays linear."""

_THAI = "\u0e00-\u0e7f"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
THAI_RUN = re.compile(f"[{_THAI}]+")
HAN_RUN = re.compile(f"[{_HAN}]+")
LATIN_RUN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_THAI_OR_HAN = re.compile(f"[{_THAI}{_HAN}]+")
_LETTER = re.compile(r"[^\W\d_]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_LOOSE_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_MISPLACED_TONE = re.compile("\u0e33([\u0e48-\u0e4b])")
_DIGITS = {ord(native): str(value) for zero in (0x0E50, 0xFF10) for value, native in enumerate(map(chr, range(zero, zero + 10)))}
_THAI_WEIGHT, _HAN_WEIGHT = 2, 5
"""Thai and Chinese texts carry Latin names and words far more often than the other way round."""

_CONTRACT_WORD = re.compile(r"[^\W_]+")
_CONTRACT_BYTES = 3
_CONTRACT_STOP_WORDS = frozenset(
    [
        "the", "and", "for", "with", "from", "that", "this", "into", "onto", "over", "near", "under", "on", "at",
        "school", "campus", "building", "facility", "report", "issue", "incident", "hazard", "physical", "digital", "brick", "wall",
        "facade",
    ]
)  # fmt: skip

_MIN_STEM = 4
_MIN_FINAL_E = 5
_KEEPS_S = ("ss", "us", "is")
_TAKES_ES = ("ches", "shes", "xes", "sses", "zzes")


def normalise(text: str) -> str:
    """NFC, lower case, Western digits, one spelling of Thai vowels, nothing invisible, bounded length."""
    bounded = unicodedata.normalize("NFC", text[:MAX_CHARACTERS]).lower().translate(_DIGITS)
    visible = _INVISIBLE.sub("", bounded).replace("\u0e40\u0e40", "\u0e41")
    return _MISPLACED_TONE.sub("\\1\u0e33", _LOOSE_SARA_AM.sub("\\1\u0e33", visible))


def detect_language(text: str) -> str:
    """`th`, `zh` or `en` by the script most of the text is written in; `en` where there is nothing to go by."""
    thai = _THAI_WEIGHT * sum(map(len, THAI_RUN.findall(text[:MAX_CHARACTERS])))
    han = _HAN_WEIGHT * sum(map(len, HAN_RUN.findall(text[:MAX_CHARACTERS])))
    other = len(_LETTER.findall(_THAI_OR_HAN.sub(" ", text[:MAX_CHARACTERS])))
    strongest = max(thai, han, other)
    if strongest in {0, other}:
        return "en"
    return "th" if thai == strongest else "zh"


@cache
def has_thai_or_han(text: str) -> bool:
    """Tell whether any of a text is in a script without blanks."""
    return _THAI_OR_HAN.search(text) is not None


def contract_words(text: str) -> frozenset[str]:
    """Words as contract §5 cuts them: runs of letters and digits of at least 3 bytes, lower case, without its 27 stop words."""
    words = (word.lower() for word in _CONTRACT_WORD.findall(text))
    return frozenset(word for word in words if len(word.encode()) >= _CONTRACT_BYTES) - _CONTRACT_STOP_WORDS


def stem(word: str) -> str:
    """A light English stem: `potholes` and `pothole`, `blocked` and `blocking` meet; no claim to be a word."""
    base = _singular(word.removesuffix("'s").removesuffix("\u2019s"))
    for suffix in ("ing", "ed"):
        if base.endswith(suffix) and len(base) - len(suffix) >= _MIN_STEM:
            return _without_final_e(_undoubled(base.removesuffix(suffix)))
    return _without_final_e(base)


def _singular(word: str) -> str:
    if len(word) < _MIN_STEM or not word.endswith("s") or word.endswith(_KEEPS_S):
        return word
    if word.endswith("ies") and len(word) > _MIN_STEM:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_TAKES_ES) else word[:-1]


def _undoubled(word: str) -> str:
    doubled = word[-1] == word[-2] and word[-1] not in "lsz"
    return word[:-1] if doubled else word


def _without_final_e(word: str) -> str:
    return word[:-1] if len(word) >= _MIN_FINAL_E and word.endswith("e") else word


def latin_words(normalised: str) -> list[str]:
    """Words of every script that uses spaces, in order, unstemmed; digits stay with their letters."""
    return LATIN_RUN.findall(_THAI_OR_HAN.sub(" ", normalised))


def thai_words(normalised: str) -> list[str]:
    """Dictionary words of the Thai stretches, in order."""
    runs = THAI_RUN.findall(normalised)
    return [word for run in runs for piece in _pieces(run) for word in _thai_cutter()(piece)] if runs else []


def _pieces(run: str) -> Iterable[str]:
    return (run[start : start + _THAI_STRETCH] for start in range(0, len(run), _THAI_STRETCH))


@cache
def _thai_cutter() -> Callable[[str], list[str]]:
    os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")  # or its import makes a folder in the home directory,
    os.environ.setdefault("PYTHAINLP_OFFLINE", "1")  # which a Lambda cannot write to; nothing is ever downloaded
    from pythainlp.tokenize import newmm  # noqa: PLC0415 - heavy: only doors that tokenise Thai pay for it

    def cut(piece: str) -> list[str]:
        return newmm.segment(piece, safe_mode=True)

    return cut


def han_pairs(normalised: str, separators: re.Pattern[str]) -> list[str]:
    """Overlapping pairs of characters; a pair never spans a separator (the stop words)."""
    stretches = (part for run in HAN_RUN.findall(normalised) for part in separators.split(run))
    return [stretch[at : at + 2] for stretch in stretches for at in range(len(stretch) - 1)]


def warm_up() -> None:
    """Load the Thai dictionary now rather than during the first report."""
    thai_words("\u0e19\u0e49\u0e33\u0e17\u0e48\u0e27\u0e21")
