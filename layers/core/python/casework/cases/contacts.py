"""Reporters' contacts: keyed hashes for the record, the text itself only for the vault.

A plain hash of a phone number is reversed in minutes; these are HMACs under a pepper, per tenant, of the normalised contact.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

HASH_ALG = "hmac-sha256/1"
_SHORTEST_WITH_COUNTRY = 10
"""66 and a fixed line of Bangkok without its 0."""


def hashed_reporter(contact: Mapping[str, str | None], *, tenant_id: UUID, pepper: bytes) -> dict[str, Any]:
    """Return `{hash_alg, name_hash?, email_hash?, phone_hash?}`, each hash 64 hex digits."""
    key = hmac.new(pepper, f"reporter|{tenant_id}".encode(), hashlib.sha256).digest()
    spelt = {"name": _name, "email": _email, "phone": _phone}
    hashes = {
        f"{kind}_hash": hmac.new(key, f"{kind}|{spell(value)}".encode(), hashlib.sha256).hexdigest()
        for kind, spell in spelt.items()
        if (value := contact.get(kind))
    }
    return {"hash_alg": HASH_ALG, **hashes}


def _name(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _email(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _phone(text: str) -> str:
    """Return E.164 as far as it can be told: any script's digits, `0` at the start means Thailand, as do `66` and 8 or 9 digits."""
    folded = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(str(unicodedata.decimal(char)) for char in folded if char.isdecimal())
    if folded.startswith("+") or digits.startswith("00"):
        return "+" + _without_trunk(digits.removeprefix("00"))
    if digits.startswith("66") and len(digits) >= _SHORTEST_WITH_COUNTRY:
        return "+" + _without_trunk(digits)
    return f"+66{digits[1:]}" if digits.startswith("0") else digits


def _without_trunk(digits: str) -> str:
    """Drop the 0 that people leave behind Thailand's code: +66 (0)81."""
    return "66" + digits[2:].lstrip("0") if digits.startswith("66") else digits
