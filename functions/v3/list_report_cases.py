"""GET reports/cases?seq=: the cases that a report is linked to."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3.case_views import ReportCasesBody, report_case_body
from casework.faces.v3.errors import V3
from casework.faces.v3.requests import MissingField, ReportQuery
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "GET /api/v3/reports/cases",
    "GET /api/v4/reports/cases",
    allow=Permission.CASES_READ,
    capability="api_reader",
    face=V3,
    answers={
        200: Answer("The cases, newest update first.", ReportCasesBody, {"seq": 41, "cases": []}),
        400: Answer("No seq, or none that could be one.", ErrorBody, {"error": "seq is required", "code": "missing-field"}),
    },
)
def handler(query: ReportQuery, actor: Actor, app: App) -> Reply:
    """List the cases that a report is linked to; an unknown report has none."""
    if not query.seq:
        raise MissingField("seq")
    seq = query.positive_seq()
    return Reply(body={"seq": seq, "cases": [report_case_body(row) for row in app.cases.of_report(actor.tenant_id, seq)]})
