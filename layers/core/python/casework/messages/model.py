"""The delivery of one mail to one address: a state machine that never sends twice on a guess and never forgets proof.

Two sources speak about a delivery, in any order: our sender (claim, then the provider's answer) and the provider's
signed events. Statuses form ranks: queued, sending, unknown, failed, invalid_email, opted_out < sent < delivered <
bounced = dropped < complained. The sender may move a delivery about within the lowest rank; proof that the mail left
only ever raises it. What events leave behind is a join (highest rank; within it the earliest event; earliest
departure), so their order and multiplicity do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from casework.kernel.errors import Conflict
from casework.messages.ports import Accepted, ProviderEventKind, Refused, Rejected, Uncertain

if TYPE_CHECKING:
    from uuid import UUID

    from casework.kernel.ids import ActionId, CaseId, DeliveryId, TenantId
    from casework.messages.ports import Answer, ProviderEvent

LEASE = timedelta(minutes=2)
"""A `sending` older than this has lost its worker: longer than the sender function may run."""

RECONCILIATION_WINDOW = timedelta(minutes=30)
"""Silence after which an `unknown` may be tried again. Shorter than the webhook's delay means duplicate mails."""

RECONCILIATION_LIMIT = 3
REFUSAL_LIMIT = 8
PATIENCE = timedelta(hours=24)
FIRST_BACKOFF = timedelta(seconds=30)


class DeliveryStatus(StrEnum):
    """Where a delivery stands; `RANK` orders them."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DROPPED = "dropped"
    COMPLAINED = "complained"
    FAILED = "failed"
    UNKNOWN = "unknown"
    INVALID_EMAIL = "invalid_email"
    OPTED_OUT = "opted_out"


RANK = dict.fromkeys(DeliveryStatus, 0) | {
    DeliveryStatus.SENT: 1,
    DeliveryStatus.DELIVERED: 2,
    DeliveryStatus.BOUNCED: 3,
    DeliveryStatus.DROPPED: 3,
    DeliveryStatus.COMPLAINED: 4,
}
"""Forward-only order. Rank 0: no proof that a mail left (`failed` included: a late event knows better)."""


STATUS_OF = dict.fromkeys(ProviderEventKind, DeliveryStatus.SENT) | {
    ProviderEventKind.DELIVERED: DeliveryStatus.DELIVERED,
    ProviderEventKind.BOUNCE: DeliveryStatus.BOUNCED,
    ProviderEventKind.DROPPED: DeliveryStatus.DROPPED,
    ProviderEventKind.SPAM_REPORT: DeliveryStatus.COMPLAINED,
}
"""The status an event proves: any event, a deferral or an unknown one too, shows that the provider has the mail."""

_TELLS_WHY = frozenset({DeliveryStatus.BOUNCED, DeliveryStatus.DROPPED, DeliveryStatus.COMPLAINED})


class DeliveryNotClaimable(Conflict):
    """Another worker has it, it is not due, or there is nothing left to send."""

    slug = "delivery-not-claimable"
    title = "The delivery cannot be claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One mail to one address. Every transition returns a new value; one that no longer applies returns the same.

    `next_attempt_at` is when somebody must look again: the next try of a queued one, the end of the lease of one that
    is sending, the end of the window of an unknown one. None: nothing happens by itself any more. `attempt` counts
    claims, `attempts_refused` those that definitely did not leave, `status_at` is the instant of the fact behind the
    status, on the teller's clock.
    """

    id: DeliveryId
    tenant_id: TenantId
    case_id: CaseId | None
    action_id: ActionId | None
    recipient: str = field(repr=False)
    first_queued_at: datetime
    status_at: datetime
    next_attempt_at: datetime | None
    sensitive: bool = False
    status: DeliveryStatus = DeliveryStatus.QUEUED
    attempt: int = 0
    attempts_refused: int = 0
    lease_token: UUID | None = None
    sending_since: datetime | None = None
    provider_message_id: str | None = None
    sent_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None

    @classmethod
    def queue(
        cls,
        *,
        id: DeliveryId,  # noqa: A002 - the field's name
        tenant_id: TenantId,
        case_id: CaseId | None,
        action_id: ActionId | None,
        recipient: str,
        at: datetime,
        sensitive: bool = False,
    ) -> Self:
        """Make a delivery that is due at once."""
        return cls(
            id=id,
            tenant_id=tenant_id,
            case_id=case_id,
            action_id=action_id,
            recipient=recipient,
            first_queued_at=at,
            status_at=at,
            next_attempt_at=at,
            sensitive=sensitive,
        )

    @property
    def attempts_uncertain(self) -> int:
        """Attempts whose end nobody knew when they ended (the one under way counts too)."""
        return self.attempt - self.attempts_refused

    def is_due(self, at: datetime) -> bool:
        """Tell whether the sweep must look at it: send it, expire its lease or reconcile it."""
        return self.next_attempt_at is not None and self.next_attempt_at <= at

    def is_claimable(self, at: datetime) -> bool:
        """Tell whether a worker may take it now."""
        return self.status is DeliveryStatus.QUEUED and self.is_due(at)

    def holds(self, lease_token: UUID) -> bool:
        """Tell whether this token's worker is still the one that sends."""
        return self.status is DeliveryStatus.SENDING and self.lease_token == lease_token

    def claim(self, at: datetime, lease_token: UUID) -> Self:
        """Begin an attempt; commit it before the provider is called. Raises DeliveryNotClaimable."""
        if not self.is_claimable(at):
            raise DeliveryNotClaimable(f"the delivery is {self.status}", status=self.status.value)
        return replace(
            self,
            status=DeliveryStatus.SENDING,
            status_at=at,
            attempt=self.attempt + 1,
            lease_token=lease_token,
            sending_since=at,
            next_attempt_at=at + LEASE,
        )

    def answered(self, answer: Answer, *, lease_token: UUID, at: datetime, jitter: float) -> Self:
        """Apply the mailer's answer to the attempt of `lease_token`.

        An acceptance counts even from a worker that lost its lease: it is proof. Anything else from such a worker is
        stale.
        """
        if isinstance(answer, Accepted):
            return self.accepted(answer.provider_message_id, at)
        if not self.holds(lease_token):
            return self
        match answer:
            case Refused():
                return self.refused(answer, at, jitter=jitter)
            case Rejected():
                return self.failed_for_good(answer, at)
            case Uncertain():
                return self.uncertain(answer, at)

    def accepted(self, provider_message_id: str | None, at: datetime) -> Self:
        """Note that the provider took the mail: `sent`, unless an event already told more."""
        return self._proven(DeliveryStatus.SENT, at, provider_message_id)

    def refused(self, outcome: Refused, at: datetime, *, jitter: float) -> Self:
        """Queue it again with doubled back-off; `failed` at the 8th refusal or after 24 hours.

        `jitter` (0..1) stretches the wait by up to a half. The provider's `retry_after` is respected up to the end of
        the 24 hours.
        """
        if self.status is not DeliveryStatus.SENDING:
            return self
        refusals = self.attempts_refused + 1
        deadline = self.first_queued_at + PATIENCE
        if refusals >= REFUSAL_LIMIT or at >= deadline:
            failed = self._moved(DeliveryStatus.FAILED, at, outcome.code, outcome.text)
            return replace(failed, attempts_refused=refusals)
        wait = max(FIRST_BACKOFF * 2 ** (refusals - 1) * (1 + jitter / 2), outcome.retry_after or timedelta())
        queued = self._moved(DeliveryStatus.QUEUED, at, outcome.code, outcome.text, again_at=min(at + wait, deadline))
        return replace(queued, attempts_refused=refusals)

    def failed_for_good(self, outcome: Rejected, at: datetime) -> Self:
        """Give up: the provider will never take this mail."""
        if self.status is not DeliveryStatus.SENDING:
            return self
        return self._moved(DeliveryStatus.FAILED, at, outcome.code, outcome.text)

    def uncertain(self, outcome: Uncertain, at: datetime) -> Self:
        """Stop guessing: `unknown` until an event tells, the window of a routine mail ends, or a person decides."""
        if self.status is not DeliveryStatus.SENDING:
            return self
        by_itself = not self.sensitive and self.attempts_uncertain <= RECONCILIATION_LIMIT
        again_at = at + RECONCILIATION_WINDOW if by_itself else None
        return self._moved(DeliveryStatus.UNKNOWN, at, outcome.code, outcome.text, again_at=again_at)

    def expire_lease(self, at: datetime) -> Self:
        """Treat a `sending` whose worker is gone as uncertain: it may have died after the provider's accept."""
        if self.status is not DeliveryStatus.SENDING or not self.is_due(at):
            return self
        return self.uncertain(Uncertain("lease_expired", "the sender stopped before it recorded an answer"), at)

    def reconcile(self, at: datetime) -> Self:
        """Queue a routine `unknown` again after a window without an event; a fourth uncertain attempt stays so."""
        if self.status is not DeliveryStatus.UNKNOWN or not self.is_due(at):
            return self
        return self._moved(DeliveryStatus.QUEUED, at, self.error_code, self.error_message, again_at=at)

    def release(self, at: datetime) -> Self:
        """Queue an `unknown` again because a person decided so, though the mail may arrive twice. Raises Conflict."""
        if self.status is not DeliveryStatus.UNKNOWN:
            raise Conflict(f"only an unknown delivery can be released, this one is {self.status}")
        return self._moved(DeliveryStatus.QUEUED, at, self.error_code, self.error_message, again_at=at)

    def withhold(self, status: DeliveryStatus, at: datetime) -> Self:
        """Stop a mail that must not be sent: `invalid_email` or `opted_out`. Nothing happens once it is on its way."""
        if status not in {DeliveryStatus.INVALID_EMAIL, DeliveryStatus.OPTED_OUT}:
            raise ValueError(status)
        if self.status not in {DeliveryStatus.QUEUED, DeliveryStatus.SENDING}:
            return self
        return self._moved(status, at, status.value, None)

    def hear(self, event: ProviderEvent) -> Self:
        """Apply a provider's event: forward only, the same end in any order, however often."""
        status = STATUS_OF[event.kind]
        message_id = event.provider_message_id
        if status not in _TELLS_WHY:
            return self._proven(status, event.occurred_at, message_id)
        return self._proven(status, event.occurred_at, message_id, event.code or event.kind.value, event.reason)

    def _proven(
        self,
        status: DeliveryStatus,
        at: datetime,
        message_id: str | None,
        code: str | None = None,
        message: str | None = None,
    ) -> Self:
        """Join a proof that the mail left.

        Providers cut instants to seconds, so a departure is never put before the queueing. Two attempts may both have
        left, under two message ids: the lesser id is kept, for want of anything that order cannot change.
        """
        left_at = max(at, self.first_queued_at)
        message_ids = [known for known in (self.provider_message_id, message_id) if known]
        gives_way = self._gives_way_to(status, at, code, message)
        return replace(
            self._moved(status, at, code, message) if gives_way else self,
            sent_at=min(self.sent_at or left_at, left_at),
            provider_message_id=min(message_ids, default=None),
        )

    def _gives_way_to(self, status: DeliveryStatus, at: datetime, code: str | None, message: str | None) -> bool:
        if RANK[status] != RANK[self.status]:
            return RANK[status] > RANK[self.status]
        mine = (self.status_at, self.status, self.error_code or "", self.error_message or "")
        return (at, status, code or "", message or "") < mine

    def _moved(
        self,
        status: DeliveryStatus,
        at: datetime,
        code: str | None,
        message: str | None,
        *,
        again_at: datetime | None = None,
    ) -> Self:
        """Leave `sending`, or any status, for another that nobody holds a lease on."""
        return replace(
            self,
            status=status,
            status_at=at,
            error_code=code,
            error_message=message or None,
            lease_token=None,
            sending_since=None,
            next_attempt_at=again_at,
        )
