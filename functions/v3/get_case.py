"""GET cases/{case_id}: a case with all that hangs on it."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3.case_answers import DETAIL, NOT_FOUND, render_detail
from casework.faces.v3.case_views import CaseDetail
from casework.faces.v3.errors import V3
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "GET /api/v3/cases/{case_id}",
    "GET /api/v4/cases/{case_id}",
    allow=Permission.CASES_READ,
    capability="api_reader",
    face=V3,
    answers={200: Answer("The case.", CaseDetail, DETAIL), 404: Answer("No such case.", ErrorBody, NOT_FOUND)},
)
def handler(case_id: str, actor: Actor, app: App) -> Reply:
    """Read a case with its reports, snapshots, targets, mails, signals and audit trail.

    Reading writes nothing. `case_id` may also be the UUID or the case number.
    """
    return render_detail(case_id, actor, app)
