"""POST sessions/{session_id}/step."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import SESSION, render_session, session_ref
from casework.faces.l1.requests import StepBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.usecases.stepping import take_step
from casework.walks.views import SessionView
from casework.wiring import App


@endpoint(
    "POST /l1/sessions/{session_id}/step",
    allow=Permission.WALKS_WALK,
    view=render_session,
    answers={200: Answer("The session with the step.", SessionView, SESSION)},
)
def handler(session_id: str, body: StepBody, actor: Actor, app: App) -> Reply:
    """Record an answer.

    On a flow the walk goes on along its tree; an answer to another node than the current one is refused, so two technicians never lose a
    step. A free walk takes every step.
    """
    take_step(session_ref(session_id), body.heard, actor=actor, unit_of_work=app.unit_of_work, clock=app.clock)
    return Reply(resource=session_id)
