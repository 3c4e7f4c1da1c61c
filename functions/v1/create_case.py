"""POST cases: open a case of the caller's own."""

from __future__ import annotations

from casework.cases.usecases.keep_case import open_plain
from casework.entry.http import CALLER, Answer, Reply, endpoint
from casework.faces.v1.doors import CASE, FAULTY, NOT_FOUND, UNKNOWN_CALLER, answer_with, desk_of, render_own
from casework.faces.v1.errors import V1
from casework.faces.v1.requests import CreateCaseBody
from casework.faces.v1.views import Detail, V1Case
from casework.identity.model import Actor
from casework.wiring import App


@endpoint(
    "POST /api/v1/cases",
    allow=CALLER,
    face=V1,
    answers={
        201: Answer("The new case.", V1Case, CASE),
        401: UNKNOWN_CALLER,
        404: Answer("A repetition by Idempotency-Key, of a case that was deleted since.", Detail, NOT_FOUND.example),
        422: FAULTY,
    },
    view=render_own,
    location="cases/{}",
)
def handler(body: CreateCaseBody, actor: Actor, app: App) -> Reply:
    """Open a case.

    Everything may be left out: the case is then `active`, of severity `medium` and category `other`, and titled `Case-MMDD-N`, where N
    counts the caller's automatic titles of the UTC day. An `Idempotency-Key` makes a repetition return the first case.
    """
    return answer_with(open_plain(body.command(), actor=actor, desk=desk_of(app)), 201)
