"""POST cases, POST cases/upsert-from-cluster: a case from a selection, new or joined."""

from __future__ import annotations

from casework.cases.usecases.selection import case_from_selection
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3.case_answers import DETAIL, NOT_FOUND, render_detail
from casework.faces.v3.case_commands import desk_of, selection_command
from casework.faces.v3.case_views import CaseDetail
from casework.faces.v3.create_requests import CreateCaseBody
from casework.faces.v3.errors import V3
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "POST /api/v3/cases",
    "POST /api/v4/cases",
    "POST /api/v3/cases/upsert-from-cluster",
    "POST /api/v4/cases/upsert-from-cluster",
    allow=Permission.CASES_CREATE,
    face=V3,
    answers={
        200: Answer("The selection joined a case that was open.", CaseDetail, DETAIL),
        201: Answer("A new case; `Location` names it.", CaseDetail, DETAIL),
        400: Answer("No title, a bad geometry, an unknown anchor.", ErrorBody, {"error": "title is required", "code": "missing-field"}),
        404: Answer("`existing_case_id` names no case.", ErrorBody, NOT_FOUND),
        409: Answer("The case to join was merged, or `merged` was asked for.", ErrorBody, {
            "error": "the case was merged into another", "code": "case-merged",
        }),
        422: Answer("Unknown reports, classification or status.", ErrorBody, {"error": "unknown reports: 7", "code": "unknown-reports"}),
    },
    view=render_detail,
    location="cases/{}",
)  # fmt: skip
def handler(body: CreateCaseBody, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Create a case from a selection of reports, or join an open one.

    A selection that matches an open case (score of at least 0.58, see `cases/match-cluster`) joins it unless `force_new_case` is set; then
    the answer is 200 with that case. What the caller saw is kept as a snapshot, without positions of reports. `If-Match` is about the case
    of `existing_case_id`.
    """
    outcome = case_from_selection(selection_command(body, if_match, actor, app), actor=actor, desk=desk_of(app))
    return Reply(201 if outcome.is_new else 200, resource=outcome.alias)
