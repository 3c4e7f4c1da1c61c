"""POST /internal/case-escalations/send: our own services hint at an action's mails and may add recipients."""

from __future__ import annotations

from casework.entry.http import INTERNAL, Answer, Reply, Request, endpoint
from casework.escalations.internal import InternalSendBody, InternalSentBody, render_results
from casework.escalations.usecases import PostRoom, requeue_action
from casework.faces.internal import INTERNAL_FACE
from casework.wiring import App

_EXAMPLE = {
    "case_id": "case_5e0c9a1b2d3f",
    "results": [
        {
            "target_id": 4, "email": "roads@district.example.net", "status": "queued", "delivery_source": "area_contact",
            "provider": "sendgrid", "provider_message_id": None, "sent_at": None, "error": None,
        }
    ],
}  # fmt: skip
_UNKNOWN_ACTION = {
    "type": "/problems/action-not-found", "title": "Not found", "status": 404, "detail": "unknown action",
    "instance": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "error": "unknown action", "code": "action-not-found",
}  # fmt: skip


@endpoint(
    "POST /internal/case-escalations/send",
    allow=INTERNAL,
    face=INTERNAL_FACE,
    answers={
        202: Answer("Queued; a repetition changes nothing.", InternalSentBody, _EXAMPLE),
        401: Answer("No internal token."),
        404: Answer("No such action.", None, _UNKNOWN_ACTION),
        413: Answer("The body is larger than 1 MiB."),
        503: Answer("No internal token is configured."),
    },
)
def handler(body: InternalSendBody, request: Request, app: App) -> Reply:
    """Hint again at an action's queued mails and queue one for each new recipient.

    Idempotent on `action_id`: what is stored decides, the text is the action's own. The tenant is that of `X-Tenant`, else the default one.
    """
    tenant_id = app.tenant_of_service(request.header("x-tenant"))
    room = PostRoom(app.unit_of_work, app.clock, app.post, app.mail_limits, app.case_settings.public_base_url)
    alias, request_id = requeue_action(body.action_id, body.case_id, body.addressees(), tenant_id=tenant_id, room=room)
    return Reply(202, render_results(alias, app.escalations.of_requests(tenant_id, [request_id])["deliveries"], body))
