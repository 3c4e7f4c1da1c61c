"""Taking people out of a text before it leaves the house, and showing a contact without giving it away.

Patterns for what callers in Thailand leave: mail addresses, phone numbers (Thai, Chinese, international), citizens' ids, card numbers, LINE
ids; and the names that the caller was asked for. Thai and Chinese put no blanks around numbers, so only Latin letters count as neighbours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９＠．＋", "01234567890123456789@.+")
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("[email]", re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    ("[email]", re.compile(r"[^\s@,;:<>()]{1,64}@[^\s@,;:<>().]{1,63}(?:\.[^\s@,;:<>().]{2,63})+")),
    ("[line-id]", re.compile(r"(?:\bline\s*id|ไลน์(?:\s*ไอดี)?|微信号?|\bwechat(?:\s*id)?)\s*[:：=]?\s*@?[A-Za-z0-9_.-]{4,}", re.IGNORECASE)),
    ("[line-id]", re.compile(r"\bline\s*[:：=]\s*@?[A-Za-z0-9_.-]{3,}|\bline\s+@[A-Za-z0-9_.-]{3,}", re.IGNORECASE | re.ASCII)),
    ("[number]", re.compile(r"(?<!\w)(?<!\d\.)\d(?:[ -]?\d){12,18}(?![\w.]\w)(?!\d)", re.ASCII)),
    ("[phone]", re.compile(r"(?<!\w)(?<!\d\.)(?:\+|00)\d{1,3}(?:[ ().-]{0,2}\d){7,12}(?!\w)", re.ASCII)),
    (
        "[phone]",
        re.compile(r"(?<![\w+])(?<!\d\.)(?!\d\d?([-. ])\d\d?\1(?:19|20|25)\d\d\b)(?:0|66[ -]?)\d(?:[ ().-]{0,2}\d){7,8}(?!\w)", re.ASCII),
    ),
    ("[phone]", re.compile(r"(?<![\w+])(?<!\d\.)1[3-9]\d(?:[ -]?\d){8}(?!\w)", re.ASCII)),
)
_SHORTEST_LATIN, _SHORTEST_OTHER = 3, 2
_ADDRESS = re.compile(r"[^\s@,;]+@[\w-]+(?:\.[\w-]+)+")
_COUNTRY = re.compile(r"\+(?:1|7|\d\d)")
_HIDDEN, _BULLETS, _SHOWN, _MOST_HIDDEN = "•••", "•••••", 4, 7


def redact(text: str, names: Iterable[str] = ()) -> str:
    """Return the text with contacts and these names, whole or in parts, replaced by what they were.

    `[email]`, `[phone]`, `[number]`, `[line-id]`, `[name]`. Thai and full-width digits come back as Western ones.
    """
    plain = text.translate(_DIGITS)
    for mark, pattern in _MARKS:
        plain = pattern.sub(mark, plain)
    for part in sorted({part for name in names for part in (name.strip(), *name.split())}, key=len, reverse=True):
        plain = _without(plain, part)
    return plain


def masked_address(email: str) -> str:
    """Return a mail address as its owner, and nobody else, recognises it: `d•••@district.example.org`."""
    local_part, at, domain = email.rpartition("@")
    return f"{local_part[:1] if len(local_part) > 1 else ''}{_HIDDEN}{at}{domain}"


def masked_contact(contact: str) -> str:
    """Return a contact as its owner recognises it: `+66•••••1234`, `s•••@example.com`; nothing of what is neither number nor address."""
    plain = contact.strip().translate(_DIGITS)
    if _ADDRESS.fullmatch(plain):
        return masked_address(plain)
    digits = re.sub(r"[^0-9+]", "", plain)
    if len(digits) <= _MOST_HIDDEN or "@" in plain:
        return _HIDDEN
    country = _COUNTRY.match(digits)
    return f"{country[0] if country else ''}{_BULLETS}{digits[-_SHOWN:]}"


def _without(text: str, name: str) -> str:
    """Take a name out: of Latin letters as a word of its own, of others wherever it stands."""
    if name.isascii():
        pattern = rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])"
        return re.sub(pattern, "[name]", text, flags=re.IGNORECASE) if len(name) >= _SHORTEST_LATIN else text
    return re.sub(re.escape(name), "[name]", text, flags=re.IGNORECASE) if len(name) >= _SHORTEST_OTHER else text
