"""Every minute: publish what is owed, whoever forgot to say so, and tell how old the oldest debt is."""

from __future__ import annotations

from collections.abc import Mapping

from casework.entry.metrics import MetricUnit, put_metric
from casework.entry.schedule import schedule
from casework.outbox.usecases import oldest_debt, relay_tenant
from casework.wiring import App


@schedule("outbox-sweep", "rate(1 minute)", capability="outbox_relay")
def handler(app: App) -> Mapping[str, int]:
    """Publish every tenant's events; what still is owed afterwards shows in OutboxOldestSeconds."""
    tenants = app.due_tenants("outbox", app.clock.now())
    published = sum(
        relay_tenant(tenant_id, unit_of_work=app.unit_of_work, publisher=app.publisher, clock=app.clock) for tenant_id in tenants
    )
    age = oldest_debt(tenants, unit_of_work=app.unit_of_work, clock=app.clock)
    put_metric("OutboxOldestSeconds", age.total_seconds(), MetricUnit.Seconds)
    return {"tenants": len(tenants), "published": published}
