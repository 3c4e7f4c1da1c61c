"""E-mail addresses in outreach: which ones may be mailed, and how copies and contacts are read from free text.

Two questions, each answered in one place and asked everywhere (draft, action creation, send, internal route):
`is_plausible_email` decides whether something is selected at all; `refusal_of` decides whether a selected address is
really mailed, so that a placeholder ends as a visible `invalid_email` row and not as silence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_EMAIL_LENGTH = 254
"""Longest forward path of SMTP without its angle brackets (RFC 5321 §4.5.3.1.3)."""

INVALID_RECIPIENT = "invalid recipient email"
"""The error text of a delivery with status `invalid_email` (contract §9.4)."""

PLACEHOLDER_LOCAL_PARTS = frozenset({
    "test", "example", "sample", "demo",
    "noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply", "do.not.reply",
})  # fmt: skip
PLACEHOLDER_DOMAINS = frozenset({"example.com", "test.com", "localhost", "localhost.localdomain"})

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOP_LABEL = r"(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])"
_LOCAL_PART = re.compile(rf"(?=.{{1,64}}\Z){_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_TOP_LABEL}")
_CC_SEPARATORS = re.compile(r"[,;\s]+")
_CONTACT_SEPARATORS = re.compile(r"[,;\r\n]+")


def normalise_email(text: str) -> str:
    """Return the address as it is stored and compared: trimmed, lower case."""
    return text.strip().lower()


def is_plausible_email(text: str) -> bool:
    """Tell whether the text, normalised, has the shape of one ASCII address: a dot-atom, two or more domain labels."""
    address = normalise_email(text)
    local_part, _, domain = address.rpartition("@")
    return len(address) <= MAX_EMAIL_LENGTH and _LOCAL_PART.fullmatch(local_part) is not None and _DOMAIN.fullmatch(domain) is not None


def is_placeholder_email(text: str) -> bool:
    """Tell whether an address stands for nobody: by its whole local part (up to a `+`) or by its whole domain.

    Parts are compared whole, so `latest@…`, `contest@…` and `roads@myexample.com` are real addresses.
    """
    local_part, _, domain = normalise_email(text).rpartition("@")
    return local_part.partition("+")[0] in PLACEHOLDER_LOCAL_PARTS or domain in PLACEHOLDER_DOMAINS


def refusal_of(text: str) -> str | None:
    """Return why an address is never handed to the provider, or None when it may be; opt-outs are another look-up."""
    if is_plausible_email(text) and not is_placeholder_email(text):
        return None
    return INVALID_RECIPIENT


def parse_cc(entries: Iterable[str], *, target_emails: Iterable[str] = ()) -> tuple[str, ...]:
    """Read the copies of a draft (contract §9.2): split at comma, semicolon and white space, unique, sorted.

    Whatever has not the shape of an address is left out, and so are the selected targets, who get the mail anyway.
    """
    parts = {normalise_email(part) for entry in entries for part in _CC_SEPARATORS.split(entry)}
    addressed = {normalise_email(email) for email in target_emails}
    return tuple(sorted(part for part in parts - addressed if is_plausible_email(part)))


def split_contacts(entries: Iterable[str]) -> tuple[str, ...]:
    """Read the contacts that reports name (contract §6.1): split at comma, semicolon, newline; with `@`; in order."""
    parts = (normalise_email(part) for entry in entries for part in _CONTACT_SEPARATORS.split(entry))
    return tuple(dict.fromkeys(part for part in parts if "@" in part))
