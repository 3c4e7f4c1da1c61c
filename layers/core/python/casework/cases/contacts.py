"""Reporters' contacts: keyed hashes for the record, the text itself only for the vault.

A plain hash of a phone number is reversed in minutes; these are HMACs under a pepper, per tenant, of the normalised contact.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

HASH_ALG = "hmac-sha256/1"
_SEPARATORS = re.compile(r"[\s().\-]+")


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
    """Return E.164 as far as it can be told: any script's digits, `0` at the start means Thailand."""
    folded = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in _SEPARATORS.sub("", folded))
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("66") and len(digits) > 10:  # noqa: PLR2004 - a Thai number without its plus
        return "+" + digits
    return f"+66{digits[1:]}" if digits.startswith("0") else digits
