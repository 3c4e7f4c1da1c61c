"""Who a mail goes to, and who is never written to: a withheld delivery is a visible row, not silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casework.escalations.addresses import refusal_of
from casework.messages.model import DeliveryStatus

if TYPE_CHECKING:
    from collections.abc import Container

OPTED_OUT = "recipient opted out"
"""The error text of a delivery with status `opted_out` (contract §9.4)."""


class Recipient(NamedTuple):
    """One address of a request. A copy (`source` "manual_cc") has neither action nor target."""

    email: str
    action_id: int | None = None
    target_id: int | None = None
    source: str = "case_target"


class Withheld(NamedTuple):
    """Why an address gets no mail."""

    status: DeliveryStatus
    reason: str


def withheld(email: str, opted_out: Container[str]) -> Withheld | None:
    """Return why a normalised address must not be mailed, None where it may: first its form, then its owner's wish."""
    refusal = refusal_of(email)
    if refusal is not None:
        return Withheld(DeliveryStatus.INVALID_EMAIL, refusal)
    return Withheld(DeliveryStatus.OPTED_OUT, OPTED_OUT) if email in opted_out else None


def masked(email: str) -> str:
    """Return an address as its owner, and nobody else, recognises it: `d•••@district.example.org`."""
    local_part, at, domain = email.rpartition("@")
    return f"{local_part[:1] if len(local_part) > 1 else ''}•••{at}{domain}"
