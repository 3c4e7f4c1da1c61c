"""POST cases/{case_id}/escalations/draft: the mail as it would leave, without sending it."""

from __future__ import annotations

from typing import Any

from casework.cases.model import CaseNotFound
from casework.entry.http import Answer, Reply, endpoint
from casework.escalations.targets import choose_recipients
from casework.escalations.usecases import Subject, draft_for
from casework.faces.v3.case_answers import NOT_FOUND
from casework.faces.v3.case_views import DraftedBody, target_body
from casework.faces.v3.errors import V3
from casework.faces.v3.mail_requests import DraftBody
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App

_EXAMPLE: dict[str, Any] = {
    "case_id": "case_5e0c9a1b2d3f", "subject": "CleanApp escalation: Blocked drain", "body": "…", "html": "<!doctype html>…",
    "language": "en",
    "cc_emails": [], "targets": [], "linked_count": 1,
}  # fmt: skip


@endpoint(
    "POST /api/v3/cases/{case_id}/escalations/draft",
    "POST /api/v4/cases/{case_id}/escalations/draft",
    allow=Permission.ESCALATIONS_DRAFT,
    capability="api_reader",
    face=V3,
    body_required=False,
    answers={
        200: Answer("The draft.", DraftedBody, _EXAMPLE),
        404: Answer("No such case.", ErrorBody, NOT_FOUND),
        422: Answer("No language that a draft is written in.", ErrorBody, {
            "error": "language must be one of th, en, zh, de, fr, it, es, pt", "code": "unacceptable-value",
        }),
    },
)  # fmt: skip
def handler(case_id: str, body: DraftBody, actor: Actor, app: App) -> Reply:
    """Draft the mail about a case in Thai, English, Chinese, German, French, Italian, Spanish or Portuguese.

    Nothing is stored and nothing is sent. An empty body drafts to all targets that can be mailed.
    """
    mailing = body.mailing()
    found = app.cases.find(actor.tenant_id, case_id, ("linked_reports",))
    if found is None:
        raise CaseNotFound
    row, children = found
    rows = app.escalations.targets(actor.tenant_id, row["id"])
    draft = draft_for(Subject(row, children["linked_reports"]), rows, mailing, app.case_settings.public_base_url)
    chosen = {target.id for target in choose_recipients(rows, mailing.target_ids)}
    targets = [
        target_body(row["alias"], target)
        for target in app.escalations.of_case(actor.tenant_id, row["id"])["targets"]
        if target["id"] in chosen
    ]
    return Reply(
        body={
            "case_id": row["alias"], "subject": draft.subject, "body": draft.body, "html": draft.html, "language": draft.language,
            "cc_emails": list(draft.cc_emails), "targets": targets, "linked_count": row["linked_report_count"],
        }
    )  # fmt: skip
