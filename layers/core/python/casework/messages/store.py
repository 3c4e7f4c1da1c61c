"""Rows of deliveries, provider events, opt-outs and daily counters, inside the unit of work's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg

from casework.kernel.errors import InvalidInput, NotFound
from casework.kernel.ids import ActionId, CaseId, DeliveryId, TenantId, uuid7
from casework.messages.model import Delivery, DeliveryStatus
from casework.messages.recipients import withheld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from casework.messages.ports import ProviderEvent
    from casework.messages.recipients import Recipient, Withheld
    from casework.postgres.connection import Connection, Row

_LONGEST_ADDRESS = 255
_INSERT_DELIVERY = """
insert into case_email_deliveries (tenant_id, delivery_id, case_id, request_id, action_id, target_id, recipient_email,
  source, opt_out_token, sensitive, status, status_at, attempt, attempts_refused, next_attempt_at, provider, error_code,
  error_message, created_at)
values (%(tenant)s, %(id)s, %(case)s, %(request)s, %(action)s, %(target)s, %(email)s,
  %(source)s, %(token)s, %(sensitive)s, coalesce(%(refusal)s, 'queued'), %(at)s, 0, 0,
  case when %(refusal)s::text is null then %(at)s::timestamptz end, 'sendgrid', %(refusal)s, %(reason)s, %(at)s)
on conflict (tenant_id, request_id, recipient_email) do nothing
"""
_CHANGING = (
    "status", "status_at", "attempt", "attempts_refused", "next_attempt_at", "lease_token", "sending_since",
    "provider_message_id", "sent_at", "error_code", "error_message",
)  # fmt: skip
_UPDATE_DELIVERY = """
update case_email_deliveries set status = %(status)s, status_at = %(status_at)s, attempt = %(attempt)s,
  attempts_refused = %(attempts_refused)s, next_attempt_at = %(next_attempt_at)s, lease_token = %(lease_token)s,
  sending_since = %(sending_since)s, provider_message_id = %(provider_message_id)s, sent_at = %(sent_at)s,
  error_code = %(error_code)s, error_message = %(error_message)s
where tenant_id = %(tenant)s and delivery_id = %(id)s
"""


class DeliveryUnknown(NotFound):
    """This tenant has no such delivery."""

    slug = "delivery-unknown"
    title = "No such delivery"


class EventRefused(InvalidInput):
    """The database does not take this event; repeating it cannot help."""

    slug = "mail-event-refused"
    title = "The event cannot be stored"


@dataclass(frozen=True, slots=True)
class Filed:
    """A delivery, and what its row holds beside the state machine."""

    delivery: Delivery
    request_id: UUID
    opt_out_token: UUID


@dataclass(frozen=True, slots=True)
class Letter:
    """The text that all mails of a request share; `language` is an ISO 639-1 code."""

    subject: str
    text: str
    html: str
    language: str


class DeliveryStore:
    """Loads and saves deliveries. Whoever changes one holds its row lock from `get_for_update` or a `lock_…` on."""

    def __init__(self, connection: Connection, tenant_id: UUID, refusal_of: Callable[[str], str | None]) -> None:
        """Work inside the unit of work's transaction. `refusal_of` says what is wrong with an address, or None."""
        self._connection = connection
        self._tenant_id = tenant_id
        self._refusal_of = refusal_of

    # Queueing

    def queue(self, *, request_id: UUID, case_id: UUID | None, recipients: Sequence[Recipient], sensitive: bool, at: datetime) -> list[Row]:
        """Store one delivery per address of a request and return the stored rows, oldest first, each with `is_new`.

        An address that the request already has keeps its row. Invalid and opted-out addresses are stored as such, with
        error code and text. The caller puts the hints in the outbox: `usecases.queue_deliveries` does both.
        """
        emails = [one.email.strip().lower()[:_LONGEST_ADDRESS] for one in recipients]
        opted_out = self.opted_out_among(emails)
        common: dict[str, Any] = {
            "tenant": self._tenant_id,
            "case": case_id,
            "request": request_id,
            "sensitive": sensitive,
            "at": at,
        }
        drafts = [
            common | _draft(one, email, withheld(email, opted_out, self._refusal_of)) for one, email in zip(recipients, emails, strict=True)
        ]
        self._connection.cursor().executemany(_INSERT_DELIVERY, drafts)
        return self._rows_of(request_id, emails, new={draft["id"] for draft in drafts})

    def move_to(self, source: UUID, target: UUID) -> None:
        """Move the deliveries of a merged case to the one that it went into."""
        self._connection.execute(
            "update case_email_deliveries set case_id = %s where tenant_id = %s and case_id = %s", (target, self._tenant_id, source)
        )

    def add_usage(self, day: date, sender: str, mails: int) -> int:
        """Add to a counter and return its sum; its row stays locked until the transaction ends, so callers queue up."""
        row = self._connection.execute(
            """
            insert into mail_usage (tenant_id, day, sender, mails) values (%s, %s, %s, %s)
            on conflict (tenant_id, day, sender) do update set mails = mail_usage.mails + excluded.mails
            returning mails
            """,
            (self._tenant_id, day, sender, mails),
        ).fetchone()
        return row["mails"] if row else 0

    # One delivery

    def get_for_update(self, delivery_id: DeliveryId) -> Filed:
        """Lock a delivery and return it. Raises DeliveryUnknown, for another tenant's too."""
        row = self._connection.execute(
            "select * from case_email_deliveries where tenant_id = %s and delivery_id = %s for update",
            (self._tenant_id, delivery_id),
        ).fetchone()
        if row is None:
            raise DeliveryUnknown
        return _filed(row)

    def letter_of(self, request_id: UUID) -> Letter:
        """Return the text of a request. Raises DeliveryUnknown, which the foreign key rules out."""
        row = self._connection.execute(
            "select subject, body, html, language from case_escalation_requests where tenant_id = %s and id = %s",
            (self._tenant_id, request_id),
        ).fetchone()
        if row is None:
            raise DeliveryUnknown
        return Letter(row["subject"], row["body"], row["html"], row["language"])

    def save(self, delivery: Delivery) -> None:
        """Write what the state machine may change; the row lock is the guard."""
        changed = {name: getattr(delivery, name) for name in _CHANGING}
        self._connection.execute(_UPDATE_DELIVERY, {"tenant": self._tenant_id, "id": delivery.id} | changed)

    def add_event(self, delivery_id: DeliveryId, event: ProviderEvent, received_at: datetime) -> bool:
        """Store a provider's event; False when it was known. Raises EventRefused, and the transaction lives on."""
        try:
            with self._connection.transaction():
                cursor = self._connection.execute(
                    """
                    insert into mail_events
                      (tenant_id, provider_event_id, delivery_id, kind, reason, occurred_at, received_at)
                    values (%s, %s, %s, %s, %s, %s, %s) on conflict (tenant_id, provider_event_id) do nothing
                    """,
                    (self._tenant_id, event.event_id, delivery_id, event.kind, event.reason or "",
                     event.occurred_at, received_at),
                )  # fmt: skip
        except (psycopg.DataError, psycopg.IntegrityError):
            raise EventRefused from None
        return cursor.rowcount == 1

    # What the sweep looks for

    def lock_due(self, at: datetime, limit: int) -> list[Filed]:
        """Lock deliveries whose lease or reconciliation window has run out, leaving out those that somebody holds."""
        rows = self._connection.execute(
            """
            select * from case_email_deliveries
            where tenant_id = %s and status in ('sending', 'unknown') and next_attempt_at <= %s
            order by next_attempt_at, delivery_id limit %s for update skip locked
            """,
            (self._tenant_id, at, limit),
        ).fetchall()
        return [_filed(row) for row in rows]

    def overdue(self, at: datetime, untouched_since: datetime, limit: int) -> list[DeliveryId]:
        """Return queued deliveries that somebody should send: retries due, first attempts due before `untouched_since`.

        A first attempt has a message on its way; a retry has none, so it is hinted at once.
        """
        rows = self._connection.execute(
            """
            select delivery_id from case_email_deliveries
            where tenant_id = %s and status = 'queued' and next_attempt_at <= %s
              and (attempt > 0 or next_attempt_at <= %s)
            order by next_attempt_at, delivery_id limit %s
            """,
            (self._tenant_id, at, untouched_since, limit),
        ).fetchall()
        return [DeliveryId(row["delivery_id"]) for row in rows]

    # Opt-outs

    def opted_out_among(self, emails: Iterable[str]) -> frozenset[str]:
        """Return those of the normalised addresses whose owners want no mail of this tenant."""
        rows = self._connection.execute(
            "select email from mail_opt_outs where tenant_id = %s and email = any(%s)", (self._tenant_id, list(emails))
        ).fetchall()
        return frozenset(row["email"] for row in rows)

    def recipient_of(self, opt_out_token: UUID) -> str:
        """Return the address that a link was made for. Raises DeliveryUnknown."""
        row = self._connection.execute(
            "select recipient_email from case_email_deliveries where tenant_id = %s and opt_out_token = %s",
            (self._tenant_id, opt_out_token),
        ).fetchone()
        if row is None:
            raise DeliveryUnknown
        return row["recipient_email"]

    def add_opt_out(self, email: str, at: datetime) -> None:
        """Store an address that wants no more mail; the first time counts."""
        self._connection.execute(
            "insert into mail_opt_outs (tenant_id, email, opted_out_at) values (%s, %s, %s) on conflict do nothing",
            (self._tenant_id, email, at),
        )

    def lock_queued_to(self, email: str) -> list[Filed]:
        """Lock all deliveries to an address that have not begun."""
        rows = self._connection.execute(
            "select * from case_email_deliveries where tenant_id = %s and recipient_email = %s and status = 'queued'"
            " order by delivery_id for update",
            (self._tenant_id, email),
        ).fetchall()
        return [_filed(row) for row in rows]

    def _rows_of(self, request_id: UUID, emails: Sequence[str], *, new: set[UUID]) -> list[Row]:
        rows = self._connection.execute(
            """
            select * from case_email_deliveries
            where tenant_id = %s and request_id = %s and recipient_email = any(%s) order by id
            """,
            (self._tenant_id, request_id, list(emails)),
        ).fetchall()
        return [row | {"is_new": row["delivery_id"] in new} for row in rows]


def _draft(recipient: Recipient, email: str, refusal: Withheld | None) -> dict[str, Any]:
    """Return what a new row holds of its own; its ids are random, and the token cannot be guessed."""
    return {
        "id": uuid7(),
        "token": uuid4(),
        "action": recipient.action_id,
        "target": recipient.target_id,
        "email": email,
        "source": recipient.source,
        "refusal": refusal.status.value if refusal else None,
        "reason": refusal.reason if refusal else None,
    }


def _filed(row: Row) -> Filed:
    delivery = Delivery(
        id=DeliveryId(row["delivery_id"]),
        tenant_id=TenantId(row["tenant_id"]),
        case_id=CaseId(row["case_id"]) if row["case_id"] is not None else None,
        action_id=ActionId(row["action_id"]) if row["action_id"] is not None else None,
        recipient=row["recipient_email"],
        first_queued_at=row["created_at"],
        status_at=row["status_at"],
        next_attempt_at=row["next_attempt_at"],
        sensitive=row["sensitive"],
        status=DeliveryStatus(row["status"]),
        attempt=row["attempt"],
        attempts_refused=row["attempts_refused"],
        lease_token=row["lease_token"],
        sending_since=row["sending_since"],
        provider_message_id=row["provider_message_id"],
        sent_at=row["sent_at"],
        error_code=row["error_code"],
        error_message=row["error_message"],
    )
    return Filed(delivery, row["request_id"], row["opt_out_token"])
