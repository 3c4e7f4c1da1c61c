"""Rows of the outbox. A stream's sequence is taken under its row lock, so it has no gaps and follows the order of commits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID, uuid4

from casework.kernel.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from casework.kernel.clock import Clock
    from casework.postgres.connection import Connection

DueWork = Literal["outbox", "mail", "walks", "retention"]
"""Kinds of work that a tenant may have due: events owed, deliveries to look at, rows older than the instant asked about."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A claimed stream and the events that it still owes, oldest first (`seq`, message)."""

    destination: str
    aggregate_id: UUID
    attempts: int
    lease_token: UUID
    events: tuple[tuple[int, Mapping[str, Any]], ...]


class OutboxStore:
    """Puts events, claims streams, records what was published."""

    def __init__(self, connection: Connection, tenant_id: UUID, clock: Clock) -> None:
        """Work inside the unit of work's transaction."""
        self._connection = connection
        self._tenant_id = tenant_id
        self._clock = clock

    def put(self, destination: str, aggregate_id: UUID, type_name: str, payload: Mapping[str, object]) -> None:
        """Add an event to the stream of a destination and an aggregate. The payload holds ids, never personal data."""
        self._connection.execute(
            "with stream as (insert into outbox_streams (tenant_id, destination, aggregate_id, head_seq) values (%(t)s, %(d)s, %(a)s, 1)"
            " on conflict (tenant_id, destination, aggregate_id) do update set head_seq = outbox_streams.head_seq + 1 returning head_seq)"
            " insert into outbox_events (tenant_id, destination, aggregate_id, seq, event_id, type, payload, created_at)"
            " select %(t)s, %(d)s, %(a)s, head_seq, %(e)s, %(y)s, %(p)s, %(at)s from stream",
            {
                "t": self._tenant_id, "d": destination, "a": aggregate_id, "e": uuid7(), "y": type_name,
                "p": json.dumps(payload, default=str), "at": self._clock.now(),
            },
        )  # fmt: skip

    def claim(self, limit: int, now: datetime, until: datetime) -> list[Stream]:
        """Lease up to `limit` due streams that nobody holds, with up to 20 events each."""
        token = uuid4()
        rows = self._connection.execute(
            "with due as (select destination, aggregate_id from outbox_streams where tenant_id = %(t)s and sent_seq < head_seq"
            " and parked_reason is null and next_at <= %(now)s and (lease_until is null or lease_until <= %(now)s)"
            " order by next_at, aggregate_id limit %(limit)s for update skip locked)"
            " update outbox_streams s set lease_token = %(token)s, lease_until = %(until)s from due"
            " where s.tenant_id = %(t)s and s.destination = due.destination and s.aggregate_id = due.aggregate_id"
            " returning s.destination, s.aggregate_id, s.attempts, s.sent_seq",
            {"t": self._tenant_id, "now": now, "until": until, "limit": limit, "token": token},
        ).fetchall()
        return [
            Stream(
                row["destination"],
                row["aggregate_id"],
                row["attempts"],
                token,
                self._owed(row["destination"], row["aggregate_id"], row["sent_seq"]),
            )
            for row in rows
        ]

    def advance(self, stream: Stream, sent_seq: int) -> bool:
        """Record that everything up to `sent_seq` is out and free the stream; False where the lease was lost meanwhile."""
        cursor = self._connection.execute(
            "update outbox_streams set sent_seq = %s, attempts = 0, next_at = '-infinity', lease_token = null, lease_until = null"
            " where tenant_id = %s and destination = %s and aggregate_id = %s and lease_token = %s",
            (sent_seq, self._tenant_id, stream.destination, stream.aggregate_id, stream.lease_token),
        )
        return cursor.rowcount == 1

    def back_off(self, stream: Stream, until: datetime) -> None:
        """Free the stream and leave it alone until then."""
        self._connection.execute(
            "update outbox_streams set attempts = attempts + 1, next_at = %s, lease_token = null, lease_until = null"
            " where tenant_id = %s and destination = %s and aggregate_id = %s and lease_token = %s",
            (until, self._tenant_id, stream.destination, stream.aggregate_id, stream.lease_token),
        )

    def is_new(self, consumer: str, event_id: UUID) -> bool:
        """Record that a consumer saw an event, in the transaction of its effect; False when it had seen it before."""
        cursor = self._connection.execute(
            "insert into consumed_events (tenant_id, consumer, event_id, consumed_at) values (%s, %s, %s, %s) on conflict do nothing",
            (self._tenant_id, consumer, event_id, self._clock.now()),
        )
        return cursor.rowcount == 1

    def owed_since(self) -> datetime | None:
        """Return when the oldest event that is still owed was put in, None when nothing is; parked streams do not count."""
        row = self._connection.execute(
            "select min(e.created_at) as oldest from outbox_streams s join outbox_events e on e.tenant_id = s.tenant_id"
            " and e.destination = s.destination and e.aggregate_id = s.aggregate_id and e.seq = s.sent_seq + 1"
            " where s.tenant_id = %s and s.sent_seq < s.head_seq and s.parked_reason is null",
            (self._tenant_id,),
        ).fetchone()
        return row["oldest"] if row else None

    def forget_sent(self, before: datetime, limit: int) -> int:
        """Delete up to `limit` events that left before an instant; their streams keep the count. Return how many went."""
        return self._connection.execute(
            "delete from outbox_events e using (select o.destination, o.aggregate_id, o.seq from outbox_events o"
            " join outbox_streams s on s.tenant_id = o.tenant_id and s.destination = o.destination and s.aggregate_id = o.aggregate_id"
            " where o.tenant_id = %(t)s and o.created_at < %(before)s and o.seq <= s.sent_seq limit %(limit)s) old"
            " where e.tenant_id = %(t)s and e.destination = old.destination and e.aggregate_id = old.aggregate_id and e.seq = old.seq",
            {"t": self._tenant_id, "before": before, "limit": limit},
        ).rowcount

    def forget_consumed(self, before: datetime, limit: int) -> int:
        """Delete up to `limit` marks of events consumed before an instant; return how many went."""
        return self._connection.execute(
            "delete from consumed_events c using (select consumer, event_id from consumed_events"
            " where tenant_id = %(t)s and consumed_at < %(before)s limit %(limit)s) old"
            " where c.tenant_id = %(t)s and c.consumer = old.consumer and c.event_id = old.event_id",
            {"t": self._tenant_id, "before": before, "limit": limit},
        ).rowcount

    def _owed(self, destination: str, aggregate_id: UUID, sent_seq: int) -> tuple[tuple[int, Mapping[str, Any]], ...]:
        rows = self._connection.execute(
            "select seq, event_id, type, payload from outbox_events"
            " where tenant_id = %s and destination = %s and aggregate_id = %s and seq > %s order by seq limit 20",
            (self._tenant_id, destination, aggregate_id, sent_seq),
        ).fetchall()
        return tuple((row["seq"], self._message(row, aggregate_id)) for row in rows)

    def _message(self, row: Mapping[str, Any], aggregate_id: UUID) -> Mapping[str, Any]:
        head = {"event_id": str(row["event_id"]), "tenant_id": str(self._tenant_id), "type": row["type"], "aggregate_id": str(aggregate_id)}
        return row["payload"] | head | {"seq": row["seq"]}


def due_tenants(connection: Connection, work: DueWork, at: datetime) -> Sequence[UUID]:
    """Return the tenants that have work of a kind due, from a transaction of nobody."""
    return [row["id"] for row in connection.execute("select tenants_with_due_work(%s, %s) as id", (work, at)).fetchall()]
