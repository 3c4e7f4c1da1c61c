"""POST cases/{case_id}/reports: link reports by hand."""

from __future__ import annotations

from casework.cases.usecases.link_reports import link_reports
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3.case_answers import DETAIL, render_detail
from casework.faces.v3.case_requests import LinkReportsBody
from casework.faces.v3.case_views import CaseDetail
from casework.faces.v3.errors import V3
from casework.faces.v3.requests import MissingField
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "POST /api/v3/cases/{case_id}/reports",
    "POST /api/v4/cases/{case_id}/reports",
    allow=Permission.CASES_WRITE,
    face=V3,
    answers={
        200: Answer("The case, measured anew.", CaseDetail, DETAIL),
        404: Answer("No such case, or no such reports: then nothing was linked.", ErrorBody, {
            "error": "unknown reports: 7", "code": "unknown-reports",
        }),
    },
    view=render_detail,
)  # fmt: skip
def handler(case_id: str, body: LinkReportsBody, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Link reports to a case; its counts, severity, anchor and times follow at once.

    A repetition changes nothing; another reason or confidence overwrites the link's. `confidence` of 0 or less counts as 1.
    """
    if not body.report_seqs:
        raise MissingField("report_seqs", are=False)
    alias = link_reports(
        case_id, body.report_seqs, reason=body.link_reason or "manual", confidence=min(body.confidence,
        1.0) if body.confidence > 0 else 1.0,
        if_match=if_match, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock, pepper=app.location_pepper,
    )  # fmt: skip
    return Reply(resource=alias)
