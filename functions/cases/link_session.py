"""Link a further session to a case."""

from __future__ import annotations

from casework.cases.requests import LinkSessionBody
from casework.cases.usecases.keep_case import link_session
from casework.cases.views import CaseView
from casework.entry.http import Answer, Reply, endpoint
from casework.faces.canonical import CASE_EXAMPLE, render_case
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.wiring import App


@endpoint(
    "POST /api/cases/{case_id}/sessions",
    allow=Permission.CASES_WRITE,
    answers={
        200: Answer("The case had the session already.", CaseView, CASE_EXAMPLE),
        201: Answer("The session was linked.", CaseView, CASE_EXAMPLE),
    },
    view=render_case,
    location="cases/{}",
)
def handler(case_id: str, body: LinkSessionBody, actor: Actor, app: App) -> Reply:
    """Link a further session to a case.

    A case outlives the sessions that work on it. v1 shows the first; its list of a session finds the case by any.
    """
    alias, is_new = link_session(case_id, body.session_id, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock)
    return Reply(201 if is_new else 200, resource=alias)
