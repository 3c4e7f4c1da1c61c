"""POST cases/merge: several cases become one."""

from __future__ import annotations

from casework.cases.usecases.merge_cases import merge_cases
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.v3.case_answers import DETAIL, NOT_FOUND, render_detail
from casework.faces.v3.case_requests import MergeCasesBody
from casework.faces.v3.case_views import CaseDetail
from casework.faces.v3.errors import V3
from casework.faces.v3.requests import MissingField
from casework.faces.v3.views import ErrorBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "POST /api/v3/cases/merge",
    "POST /api/v4/cases/merge",
    allow=Permission.CASES_MERGE,
    face=V3,
    answers={
        200: Answer("The target with what it took over.", CaseDetail, DETAIL),
        404: Answer("One of the cases does not exist; nothing was merged.", ErrorBody, NOT_FOUND),
        409: Answer("One of the cases was merged before.", ErrorBody, {"error": "the case was merged into another", "code": "case-merged"}),
    },
    view=render_detail,
)
def handler(body: MergeCasesBody, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Merge cases into one: links are copied, targets, mails and signals move, each source ends as `merged`.

    All or nothing. A case cannot be merged into itself, nor twice. `If-Match` is about the target.
    """
    if not body.target_case_id or not body.source_case_ids:
        raise MissingField("target_case_id and source_case_ids", are=True)
    alias = merge_cases(
        body.target_case_id, body.source_case_ids, if_match=if_match, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock,
        pepper=app.location_pepper,
    )  # fmt: skip
    return Reply(resource=alias)
