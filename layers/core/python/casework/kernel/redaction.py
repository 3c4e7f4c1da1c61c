"""Taking people out of a text before it leaves the house, and showing a contact without giving it away.

Patterns for what callers in Thailand leave: mail addresses, phone numbers (Thai, Chinese, international), citizens' ids, card numbers, LINE
ids, links that name a person; and the names that the caller was asked for. Thai digits count as digits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９＠．", "01234567890123456789@.")
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("[email]", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")),
    ("[line-id]", re.compile(r"(?i)\b(?:line\s*(?:id)?|ไลน์(?:ไอดี)?|微信|wechat)\s*[:：=]\s*@?[\w.-]{3,}")),
    ("[number]", re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")),
    ("[phone]", re.compile(r"(?<![\w.])(?:\+|00)\d{1,3}(?:[ ().-]{0,2}\d){7,12}(?!\w)")),
    ("[phone]", re.compile(r"(?<![\w.+])0\d(?:[ ().-]{0,2}\d){7,8}(?!\w)")),
    ("[phone]", re.compile(r"(?<![\w.+])1[3-9]\d(?:[ -]?\d){8}(?!\w)")),
)
_SHORTEST_NAME = 2
_COUNTRY = re.compile(r"\+(?:1|7|\d\d)")
_BULLETS, _SHOWN, _MOST_HIDDEN = "•••••", 4, 7


def redact(text: str, names: Iterable[str] = ()) -> str:
    """Return the text with contacts and these names replaced by what they were: `[email]`, `[phone]`, `[number]`, `[line-id]`, `[name]`."""
    plain = text.translate(_DIGITS)
    for mark, pattern in _MARKS:
        plain = pattern.sub(mark, plain)
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        if len(name) >= _SHORTEST_NAME:
            plain = re.sub(re.escape(name), "[name]", plain, flags=re.IGNORECASE)
    return plain


def masked_contact(contact: str) -> str:
    """Return a contact as its owner recognises it: `+66•••••1234`, `s•••@example.com`, otherwise its first letter at most."""
    local_part, at, domain = contact.strip().rpartition("@")
    if at and local_part:
        return f"{local_part[:1] if len(local_part) > 1 else ''}•••@{domain}"
    digits = re.sub(r"[^\d+]", "", contact.translate(_DIGITS))
    if len(digits) > _MOST_HIDDEN:
        country = _COUNTRY.match(digits)
        return f"{country[0] if country else ''}{_BULLETS}{digits[-_SHOWN:]}"
    return "•••"
