"""POST cases/{case_id}/escalations/send: order the mails of a case."""

from __future__ import annotations

from casework.cases.model import CaseNotFound
from casework.entry.http import Answer, Reply, endpoint
from casework.escalations.usecases import PostRoom, Subject, send_escalation
from casework.faces.v3.case_answers import NOT_FOUND, SENT, render_sent, sent_resource
from casework.faces.v3.case_views import SentBody
from casework.faces.v3.errors import V3
from casework.faces.v3.mail_requests import SendBody
from casework.faces.v3.views import ErrorBody
from casework.faces.v3.waiting import wait_for_truth
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "POST /api/v3/cases/{case_id}/escalations/send",
    "POST /api/v4/cases/{case_id}/escalations/send",
    allow=Permission.ESCALATIONS_SEND,
    face=V3,
    urgent=True,
    answers={
        200: Answer("`Prefer: wait` was met: every mail has its first answer.", SentBody, SENT),
        202: Answer("Stored and queued; GET escalations tells the truth as it comes.", SentBody, SENT),
        400: Answer("Nobody to write to.", ErrorBody, {
            "error": "no email-capable escalation targets selected", "code": "no-email-targets",
        }),
        404: Answer("No such case.", ErrorBody, NOT_FOUND),
        422: Answer("No language that a draft is written in.", ErrorBody, {
            "error": "language must be one of th, en, zh, de, fr, it, es, pt", "code": "unacceptable-value",
        }),
        429: Answer("The day's mails are spent; nothing was stored.", ErrorBody, {
            "error": "at most 200 mails may leave a day", "code": "daily-mail-cap",
        }),
    },
    view=render_sent,
    then=wait_for_truth,
)  # fmt: skip
def handler(case_id: str, body: SendBody, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Order the mails of a case: an action per target, a delivery per address, copies included.

    The same text goes from one case to one target once, however often it is asked for; `resend` repeats it on purpose. `Prefer: wait=20`
    waits up to that many seconds for the first answer of the provider.
    """
    found = app.cases.find(actor.tenant_id, case_id, ("linked_reports",))
    if found is None:
        raise CaseNotFound
    room = PostRoom(app.unit_of_work, app.clock, app.post, app.mail_limits, app.case_settings.public_base_url)
    subject, mailing = Subject(found[0], found[1]["linked_reports"]), body.mailing(resend=body.resend)
    sent = send_escalation(subject, mailing, if_match=if_match, actor=actor, room=room)
    return Reply(202, resource=sent_resource(*sent))
