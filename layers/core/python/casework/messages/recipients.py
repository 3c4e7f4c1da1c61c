"""Who a mail goes to, and who is never written to: a withheld delivery is a visible row, not silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from casework.messages.model import DeliveryStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Container

OPTED_OUT = "recipient opted out"
"""The error text of a delivery with status `opted_out` (contract §9.4)."""


class Recipient(Protocol):
    """One address of a request. A copy (`source` "manual_cc") has neither action nor target."""

    @property
    def email(self) -> str: ...
    @property
    def action_id(self) -> int | None: ...
    @property
    def target_id(self) -> int | None: ...
    @property
    def source(self) -> str: ...


class Withheld(NamedTuple):
    """Why an address gets no mail."""

    status: DeliveryStatus
    reason: str


def withheld(email: str, opted_out: Container[str], refusal_of: Callable[[str], str | None]) -> Withheld | None:
    """Return why a normalised address must not be mailed, None where it may: first its form, then its owner's wish.

    `refusal_of` is outreach's judgement of an address: the reason against it, or None.
    """
    refusal = refusal_of(email)
    if refusal is not None:
        return Withheld(DeliveryStatus.INVALID_EMAIL, refusal)
    return Withheld(DeliveryStatus.OPTED_OUT, OPTED_OUT) if email in opted_out else None
