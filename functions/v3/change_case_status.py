"""POST cases/{case_id}/status: one of the six words."""

from __future__ import annotations

from casework.cases.lifecycle import V3Status, statuses_of
from casework.cases.usecases.change_status import ChangeStatus, drive_status
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3.case_answers import DETAIL, NOT_FOUND, render_detail
from casework.faces.v3.case_requests import ChangeStatusBody, stored_status
from casework.faces.v3.case_views import CaseDetail
from casework.faces.v3.errors import V3
from casework.faces.v3.requests import MissingField
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "POST /api/v3/cases/{case_id}/status",
    "POST /api/v4/cases/{case_id}/status",
    allow=Permission.CASES_WRITE,
    face=V3,
    answers={
        200: Answer("The case in its new status.", CaseDetail, DETAIL),
        404: Answer("No such case.", ErrorBody, NOT_FOUND),
        409: Answer("No legal way there, a gate is in the way, or the case was merged.", ErrorBody, {
            "error": "the case was merged into another", "code": "case-merged",
        }),
        422: Answer("No status of this face.", ErrorBody, {"error": "status must be one of open, …", "code": "unacceptable-value"}),
    },
    view=render_detail,
)  # fmt: skip
def handler(case_id: str, body: ChangeStatusBody, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Change a case's status to `open`, `investigating`, `escalated`, `resolved` or `closed`.

    The shortest legal way through the lifecycle is walked, one event per step; the audit trail shows one change with what was asked for.
    The word a case already has changes nothing. The actor is the token's.
    """
    if not body.status:
        raise MissingField("status")
    target, same_word = stored_status(body.status), tuple(statuses_of(V3Status(body.status)))
    command = ChangeStatus(target=target, summary=body.summary.strip(), payload=body.payload, stays_in=same_word)
    alias = drive_status(case_id, command, if_match=if_match, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock)
    return Reply(resource=alias)
