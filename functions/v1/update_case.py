"""PUT cases/{case_id}: change what is named."""

from __future__ import annotations

from casework.cases.usecases.keep_case import edit_own
from casework.entry.http import CALLER, Answer, Reply, endpoint
from casework.faces.v1.doors import BLOCKED, CASE, FAULTY, NOT_FOUND, STALE, UNKNOWN_CALLER, answer_with, desk_of, naming, render_own
from casework.faces.v1.errors import V1
from casework.faces.v1.requests import UpdateCaseBody
from casework.faces.v1.views import V1Case
from casework.identity.model import Actor
from casework.wiring import App


@endpoint(
    "PUT /api/v1/cases/{case_id}",
    allow=CALLER,
    face=V1,
    answers={
        200: Answer("The case as it is now.", V1Case, CASE), 400: BLOCKED, 401: UNKNOWN_CALLER, 404: NOT_FOUND, 412: STALE, 422: FAULTY,
    },
    view=render_own,
)  # fmt: skip
def handler(case_id: str, body: UpdateCaseBody, if_match: int | None, actor: Actor, app: App) -> Reply:
    """Change a case of the caller's.

    What is null or left out stays. `metadata` is merged (a null in it removes its name), `tags` are replaced, `status` moves as
    `POST …/status` does. With `If-Match` a change that somebody else overtook is refused.
    """
    with naming(case_id):
        return answer_with(edit_own(case_id, body.command(), if_match=if_match, actor=actor, desk=desk_of(app)))
