"""SQS `relay` → publish now what a tenant owes, a minute before the sweep would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from casework.entry.consumer import consumer
from casework.outbox.usecases import relay_tenant
from casework.wiring import App


@consumer("RelayQueue", capability="outbox_relay")
def handler(message: Mapping[str, Any], app: App) -> None:
    """Publish what the tenant of the hint owes."""
    relay_tenant(UUID(message["tenant_id"]), unit_of_work=app.unit_of_work, publisher=app.publisher, clock=app.clock)
