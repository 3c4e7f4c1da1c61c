"""Identifiers. Keys are UUIDv7, made in Python: they sort by time, need no sequence and reveal no count."""

from __future__ import annotations

import os
import secrets
import time
from typing import TYPE_CHECKING, NewType
from uuid import UUID

from casework.kernel.clock import BANGKOK

if TYPE_CHECKING:
    from datetime import datetime

TenantId = NewType("TenantId", UUID)
CaseId = NewType("CaseId", UUID)
ActionId = NewType("ActionId", int)
DeliveryId = NewType("DeliveryId", UUID)

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SUFFIXES, _SCATTER = 32**4, 0x9E377


def uuid7() -> UUID:
    """Return a UUID of version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, 74 random bits."""
    millis = time.time_ns() // 1_000_000
    rand = int.from_bytes(os.urandom(10))
    value = (millis & (2**48 - 1)) << 80 | 0x7 << 76 | (rand >> 68 & 0xFFF) << 64 | 0b10 << 62 | rand & (2**62 - 1)
    return UUID(int=value)


def new_case_alias() -> str:
    """Return `case_` + 12 hex digits: the `case_id` of v1, v3 and v4."""
    return f"case_{secrets.token_hex(6)}"


def new_case_number(at: datetime, ordinal: int) -> str:
    """Return `CASE-YYMMDD-XXXX` of the Bangkok date of `at`; XXXX is Crockford base 32, so a day holds a million.

    `ordinal` comes from a sequence: any 1,048,576 in a row give as many suffixes (the factor is odd), scattered so that neighbours look
    unlike. Random suffixes would meet after some 1,200 cases of a day.
    """
    place = ordinal * _SCATTER % _SUFFIXES
    suffix = "".join(_CROCKFORD[place >> shift & 31] for shift in (15, 10, 5, 0))
    return f"CASE-{at.astimezone(BANGKOK):%y%m%d}-{suffix}"
