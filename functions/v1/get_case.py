"""GET cases/{case_id}: one of the caller's own."""

from __future__ import annotations

from casework.entry.http import CALLER, Answer, Reply, endpoint
from casework.faces.v1.doors import CASE, NOT_FOUND, UNKNOWN_CALLER, render_own
from casework.faces.v1.errors import V1
from casework.faces.v1.views import V1Case
from casework.identity.model import Actor
from casework.wiring import App


@endpoint(
    "GET /api/v1/cases/{case_id}",
    allow=CALLER,
    capability="api_reader",
    face=V1,
    answers={200: Answer("The case; its version is the ETag.", V1Case, CASE), 401: UNKNOWN_CALLER, 404: NOT_FOUND},
)
def handler(case_id: str, actor: Actor, app: App) -> Reply:
    """Return a case of the caller's.

    `case_id` may also be its UUID or its case number. Another person's case is not there.
    """
    return render_own(case_id, actor, app)
