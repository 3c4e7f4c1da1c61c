"""Record on a case what became of the mails that it ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from casework.entry.consumer import consumer
from casework.escalations.usecases import record_outcome
from casework.identity.model import SYSTEM
from casework.kernel.ids import TenantId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.wiring import App


@consumer("CaseEventsQueue", capability="api_writer")
def handler(message: Mapping[str, Any], app: App) -> None:
    """Hear that a delivery is settled; record the request's outcome once all of them are."""
    record_outcome(
        UUID(message["case_id"]), UUID(message["request_id"]), actor_id=SYSTEM, tenant_id=TenantId(UUID(message["tenant_id"])),
        unit_of_work=app.unit_of_work, clock=app.clock,
    )  # fmt: skip
