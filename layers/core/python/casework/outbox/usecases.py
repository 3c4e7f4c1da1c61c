"""The relay: claim streams, publish in order, record how far each came.

Between claim and record no transaction is open. A relay that dies leaves its lease to expire; the next one publishes again, which
consumers survive. A lease lost meanwhile (fencing token) makes the record a no-op.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from casework.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from casework.kernel.clock import Clock
    from casework.outbox.ports import Publisher, UnitOfWork
    from casework.outbox.store import Stream

STREAMS_AT_ONCE = 50
LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=1)


def relay_tenant(tenant_id: UUID, *, unit_of_work: UnitOfWork, publisher: Publisher, clock: Clock) -> int:
    """Publish all that this tenant owes; return how many events left. A destination that fails backs off alone."""
    published = 0
    while True:
        with unit_of_work(tenant_id) as work:
            streams = work.outbox.claim(STREAMS_AT_ONCE, clock.now(), clock.now() + LEASE)
            work.commit()
        if not streams:
            return published
        sent = {destination: _publish(destination, group, publisher) for destination, group in _by_destination(streams).items()}
        with unit_of_work(tenant_id) as work:
            for stream in streams:
                prefix = sent[stream.destination][stream.aggregate_id]
                published += prefix
                if prefix:
                    work.outbox.advance(stream, stream.events[prefix - 1][0])
                else:
                    work.outbox.back_off(stream, clock.now() + min(LONGEST_WAIT, timedelta(seconds=2 ** min(stream.attempts, 12))))
            work.commit()


def oldest_debt(tenants: Iterable[UUID], *, unit_of_work: UnitOfWork, clock: Clock) -> timedelta:
    """Return the age of the oldest event that any of the tenants still owes; zero where none owes anything."""
    owed: list[datetime] = []
    for tenant_id in tenants:
        with unit_of_work(tenant_id) as work:
            since = work.outbox.owed_since()
        owed += [since] if since else []
    return max(timedelta(), clock.now() - min(owed)) if owed else timedelta()


def _by_destination(streams: Sequence[Stream]) -> Mapping[str, list[Stream]]:
    groups: defaultdict[str, list[Stream]] = defaultdict(list)
    for stream in streams:
        groups[stream.destination].append(stream)
    return groups


def _publish(destination: str, streams: Sequence[Stream], publisher: Publisher) -> Mapping[UUID, int]:
    """Return how many events of each stream were taken, counted from its first; an event behind a refused one does not count."""
    messages: list[tuple[UUID, Mapping[str, Any]]] = [(stream.aggregate_id, message) for stream in streams for _, message in stream.events]
    prefix = {stream.aggregate_id: 0 for stream in streams}
    try:
        taken = publisher.publish(destination, [message for _, message in messages])
    except Unavailable:
        return prefix
    broken: set[UUID] = set()
    for (aggregate_id, _), ok in zip(messages, taken, strict=True):
        if not ok:
            broken.add(aggregate_id)
        elif aggregate_id not in broken:
            prefix[aggregate_id] += 1
    return prefix
