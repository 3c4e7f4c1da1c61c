"""Every night: delete what was kept only for a while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta
from uuid import UUID

from casework.entry.idempotency import KEPT_FOR
from casework.entry.schedule import schedule
from casework.postgres.idempotency import forget
from casework.wiring import App, Work

EVENTS_KEPT_FOR = timedelta(days=30)
_AT_ONCE = 1000


@schedule("retention", "cron(30 2 * * ? *)", capability="janitor")
def handler(app: App) -> Mapping[str, int]:
    """Delete keys older than a day, events older than 30 days that were published or consumed, and title counters of past days."""
    keys_before, events_before = app.clock.now() - KEPT_FOR, app.clock.now() - EVENTS_KEPT_FOR
    yesterday = keys_before.astimezone(UTC).date()
    steps: dict[str, Callable[[Work], int]] = {
        "keys": lambda work: forget(work.connection, work.tenant_id, keys_before, _AT_ONCE),
        "sent": lambda work: work.outbox.forget_sent(events_before, _AT_ONCE),
        "counters": lambda work: work.cases.forget_title_counters(yesterday, _AT_ONCE),
        "consumed": lambda work: work.outbox.forget_consumed(events_before, _AT_ONCE),
    }
    counts = Counter[str](tenants=0)
    for tenant_id in app.due_tenants("retention", keys_before):
        counts["tenants"] += 1
        counts.update({name: _repeat(step, tenant_id, app) for name, step in steps.items()})
    return counts


def _repeat(step: Callable[[Work], int], tenant_id: UUID, app: App) -> int:
    """Delete in short transactions until nothing is left; return how many rows went."""
    gone = 0
    while True:
        with app.unit_of_work(tenant_id) as work:
            count = step(work)
            work.commit()
        gone += count
        if count < _AT_ONCE:
            return gone
