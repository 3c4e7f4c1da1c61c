"""Every minute: look after deliveries that nobody is working on."""

from __future__ import annotations

from collections.abc import Mapping

from casework.entry.schedule import schedule
from casework.messages.usecases import sweep_mail
from casework.wiring import App


@schedule("mail-sweep", "rate(1 minute)", capability="janitor")
def handler(app: App) -> Mapping[str, int]:
    """End leases and reconciliation windows that have run out, and hint again at mails that wait."""
    tenants = app.due_tenants("mail", app.clock.now())
    return sweep_mail(tenants, unit_of_work=app.unit_of_work, publisher=app.publisher, clock=app.clock)
