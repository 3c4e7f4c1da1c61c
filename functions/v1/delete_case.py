"""DELETE cases/{case_id}: erase one of the caller's own."""

from __future__ import annotations

from casework.cases.usecases.keep_case import delete_own
from casework.entry.http import CALLER, Answer, Reply, endpoint
from casework.faces.v1.doors import BLOCKED, NOT_FOUND, STALE, UNKNOWN_CALLER, desk_of, naming
from casework.faces.v1.errors import V1
from casework.identity.model import Actor
from casework.wiring import App


@endpoint(
    "DELETE /api/v1/cases/{case_id}",
    allow=CALLER,
    capability="case_eraser",
    face=V1,
    answers={204: Answer("The case is gone."), 400: BLOCKED, 401: UNKNOWN_CALLER, 404: NOT_FOUND, 412: STALE},
)
def handler(case_id: str, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Delete a case of the caller's for good.

    Its rows, its contacts and what its events said are erased; that there were events, and in which order, stays provable. A case that
    mails or merged cases hang on cannot be deleted.
    """
    with naming(case_id):
        delete_own(case_id, if_match=if_match, actor=actor, desk=desk_of(app))
    return Reply(204)
