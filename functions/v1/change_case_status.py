"""POST cases/{case_id}/status: one of the five words."""

from __future__ import annotations

from casework.cases.usecases.keep_case import edit_own
from casework.entry.http import CALLER, Answer, Reply, endpoint
from casework.faces.v1.doors import BLOCKED, CASE, FAULTY, NOT_FOUND, STALE, UNKNOWN_CALLER, answer_with, desk_of, naming, render_own
from casework.faces.v1.errors import V1
from casework.faces.v1.requests import ChangeStatusBody, driven_to
from casework.faces.v1.views import V1Case
from casework.identity.model import Actor
from casework.wiring import App


@endpoint(
    "POST /api/v1/cases/{case_id}/status",
    allow=CALLER,
    face=V1,
    answers={
        200: Answer("The case in its new status.", V1Case, CASE), 400: BLOCKED, 401: UNKNOWN_CALLER, 404: NOT_FOUND, 412: STALE,
        422: FAULTY,
    },
    view=render_own,
)  # fmt: skip
def handler(case_id: str, body: ChangeStatusBody, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Move a case of the caller's to `active`, `investigating`, `resolved`, `archived` or `closed`.

    Every word may follow every other: the shortest legal way through the lifecycle is walked. `resolved_at` is set on `resolved` and
    cleared when the case leaves it.
    """
    with naming(case_id):
        return answer_with(edit_own(case_id, driven_to(body.status), if_match=if_match, actor=actor, desk=desk_of(app)))
