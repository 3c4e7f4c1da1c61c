"""POST /webhooks/sendgrid: what became of our mails, signed by the provider over the raw bytes."""

from __future__ import annotations

from casework.entry.auth import SIGNED_BY
from casework.entry.body import BodyTooLarge
from casework.entry.http import Answer, Reply, Request, endpoint
from casework.messages.usecases import hear_events
from casework.vendors.sendgrid_webhook import read_events
from casework.wiring import App

_LIMIT = 1024 * 1024


@endpoint(
    "POST /webhooks/sendgrid",
    allow=SIGNED_BY("sendgrid"),
    capability="webhook_receiver",
    answers={
        200: Answer("Heard. Strangers' events are ignored.", dict[str, int], {"accepted": 2, "ignored": 0}),
        400: Answer("Signed, but no list of events."),
        401: Answer("The signature does not hold, or is older than ten minutes."),
        413: Answer("More than 1 MiB."),
    },
)
def handler(request: Request, app: App) -> Reply:
    """Hear the provider's events.

    Repetitions count as accepted and change nothing. Ignored are events of no delivery of ours and unreadable items.
    """
    if len(request.body) > _LIMIT:
        raise BodyTooLarge(f"the body is larger than {_LIMIT} bytes")
    batch = read_events(request.body, app.clock.now())
    heard = hear_events(batch.events, tenants_of=app.mail.tenants_of, unit_of_work=app.unit_of_work, clock=app.clock)
    return Reply(200, {"accepted": heard.accepted, "ignored": heard.ignored + batch.unreadable})
