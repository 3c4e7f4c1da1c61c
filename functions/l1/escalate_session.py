"""POST sessions/{session_id}/escalate."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import SESSION, render_session, session_ref
from casework.faces.l1.leaving import exit_of
from casework.faces.l1.requests import EscalateBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.usecases.ending import escalate_walk
from casework.walks.views import SessionView
from casework.wiring import App


@endpoint(
    "POST /l1/sessions/{session_id}/escalate",
    allow=Permission.WALKS_WALK,
    urgent=True,
    view=render_session,
    answers={
        200: Answer("The session, handed over; `warning` where nobody could be told.", SessionView, SESSION | {"status": "escalated"})
    },
)
def handler(session_id: str, body: EscalateBody, actor: Actor, app: App) -> Reply:
    """Hand a walk over to the engineers.

    The account's recipients are told by mail, else the tenant's. With `open_case` a case is opened too, which waits for a review.
    """
    escalate_walk(session_ref(session_id), body.hand_off, actor=actor, ways=exit_of(app))
    return Reply(resource=session_id)
