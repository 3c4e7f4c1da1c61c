"""SQS `mail` → one attempt to send one mail. The only function that holds the provider's key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from casework.entry.consumer import consumer
from casework.entry.metrics import put_metric
from casework.entry.observability import logger
from casework.kernel.ids import DeliveryId, TenantId
from casework.messages.ports import Refused
from casework.messages.usecases import Stationery, send_mail
from casework.wiring import App


@consumer("MailQueue", capability="mail_sender")
def handler(message: Mapping[str, Any], app: App) -> None:
    """Send the delivery that the hint names, if it is due; raise the alarm where the provider refuses us."""
    delivery_id, tenant_id = DeliveryId(UUID(message["delivery_id"])), TenantId(UUID(message["tenant_id"]))
    answer = send_mail(
        delivery_id,
        tenant_id,
        unit_of_work=app.unit_of_work,
        mailer=app.mailer,
        clock=app.clock,
        stationery=Stationery(app.mail_settings.public_base_url, app.opt_out_footer),
    )
    if isinstance(answer, Refused) and answer.alarm:
        logger.error("mail.provider_refuses", extra={"delivery_id": str(delivery_id), "slug": answer.code})
        put_metric("MailProviderRefusals", 1)
