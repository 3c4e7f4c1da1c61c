"""What the room needs from outside: somebody who carries one mail to the provider, and what the provider tells later.

The four answers divide by one rule: a response, or an error before the first byte of the request left, is definite;
everything else is uncertain, and an uncertain mail may already be on its way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime, timedelta
    from uuid import UUID

    from casework.kernel.ids import DeliveryId
    from casework.messages.store import DeliveryStore

_TEXT_LIMIT = 200
_TEXT_READ = 1_000
_ADDRESS_MARKS = ("@", "\uff20", "\ufe6b", "%40")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """One mail to one address; a copy (cc) is a mail of its own. Sender fields left empty mean the mailer's own."""

    delivery_id: DeliveryId
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    from_address: str = ""
    from_name: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the mail."""

    provider_message_id: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The mail did not leave; try again after `retry_after`. `alarm`: somebody must mend our access first."""

    code: str
    text: str = ""
    retry_after: timedelta | None = None
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The mail did not leave, and this very mail never will."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Nobody knows whether the mail left: only the provider's events can tell."""

    code: str
    text: str = ""


Answer = Accepted | Refused | Rejected | Uncertain


class Mailer(Protocol):
    """Carries mails. `code` and `text` of an answer are short and free of addresses."""

    def send(self, mail: OutgoingMail) -> Answer:
        """Hand one mail to the provider, once, without retries. What goes wrong is an answer, not an exception."""
        ...


class ProviderEventKind(StrEnum):
    """What a provider may tell about a mail that it holds. `OTHER` is whatever this list lacks, opens included."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCE = "bounce"
    DROPPED = "dropped"
    SPAM_REPORT = "spamreport"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    """One event about one mail. `event_id` is unique per event, so a store can refuse the repetition.

    `delivery_id` is None where the provider left out our argument: then `provider_message_id` finds the delivery, if
    anything does.
    """

    event_id: str
    kind: ProviderEventKind
    occurred_at: datetime
    delivery_id: DeliveryId | None = None
    provider_message_id: str | None = None
    code: str | None = None
    reason: str | None = None


def without_addresses(text: object) -> str:
    """Return at most 200 printable characters of a provider's words, every word that holds a mail address masked.

    Remote servers quote the recipient in their refusals; anything that is no text becomes "".
    """
    if not isinstance(text, str):
        return ""
    words = "".join(char for char in text[:_TEXT_READ] if char.isprintable() or char.isspace()).split()
    if len(text) > _TEXT_READ:
        words = words[:-1]  # the cut may have parted an address from its @
    masked = ("[address]" if any(mark in word for mark in _ADDRESS_MARKS) else word for word in words)
    return " ".join(masked)[:_TEXT_LIMIT]


class Footer(Protocol):
    """Outreach's words under a mail."""

    def __call__(self, text: str, html: str, language: str, url: str) -> tuple[str, str]:
        """Return text and HTML with one recipient's opt-out link; `language` is an ISO 639-1 code."""
        ...


class Outbox(Protocol):
    """Where events leave the house from."""

    def put(self, destination: str, aggregate_id: UUID, type_name: str, payload: Mapping[str, object]) -> None:
        """Add an event to the stream of a destination and an aggregate."""
        ...


class Work(Protocol):
    """A transaction with deliveries and the outbox in it."""

    @property
    def deliveries(self) -> DeliveryStore: ...
    @property
    def outbox(self) -> Outbox: ...
    def commit(self) -> None: ...


class UnitOfWork(Protocol):
    """Opens transactions of a tenant."""

    def __call__(self, tenant_id: UUID) -> AbstractContextManager[Work]: ...


class Publisher(Protocol):
    """Takes hints for a queue."""

    def publish(self, destination: str, messages: Sequence[Mapping[str, str]]) -> list[bool]:
        """Publish in order; tell for each message whether it was taken. Raises Unavailable."""
        ...
