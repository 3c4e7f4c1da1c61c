"""Every hour: abandon walks that nobody has stepped through for three days."""

from __future__ import annotations

from collections.abc import Mapping

from casework.entry.schedule import schedule
from casework.walks.usecases.ending import IDLE, abandon_idle
from casework.wiring import App


@schedule("idle-walks", "rate(1 hour)", capability="janitor")
def handler(app: App) -> Mapping[str, int]:
    """Abandon walks without a step for 72 hours and put their tickets back into the queue."""
    tenants = app.due_tenants("walks", app.clock.now() - IDLE)
    return abandon_idle(tenants, unit_of_work=app.unit_of_work, clock=app.clock)
