"""GET one report by its number."""

from __future__ import annotations

from casework.entry.http import ANY_OF, Answer, Reply, endpoint
from casework.faces.v3 import answers
from casework.faces.v3.errors import V3
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.kernel.errors import NotFound
from casework.reports.views import ReportWithAnalysis
from casework.wiring import App


class ReportNotFound(NotFound):
    """No report that this caller may see."""

    slug = "report-not-found"


@endpoint(
    "GET /api/v3/reports/{seq}",
    "GET /api/v4/reports/{seq}",
    allow=ANY_OF(Permission.REPORTS_READ, Permission.REPORTS_READ_OWN),
    capability="api_reader",
    face=V3,
    answers={
        200: Answer("The report and its readings.", ReportWithAnalysis, answers.REPORT),
        400: Answer(
            "The number is none.",
            ErrorBody,
            {"error": "/seq: Input should be a valid integer", "code": "invalid-parameters"},
        ),
        404: Answer("No such report.", ErrorBody, {"error": "report not found", "code": "report-not-found"}),
    },
)
def handler(seq: int, actor: Actor, app: App) -> Reply:
    """Read one report.

    Staff see every visible report of their tenant, with its exact position; others see those that they sent themselves.
    """
    reporter = None if actor.may(Permission.REPORTS_READ) else actor.id
    report = app.reports.find(actor.tenant_id, seq, reporter)
    if report is None:
        raise ReportNotFound("report not found")
    return Reply(body=report.view)
