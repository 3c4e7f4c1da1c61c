"""POST sessions/{session_id}/resolve."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import SESSION, render_session, session_ref
from casework.faces.l1.requests import ResolveBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.usecases.ending import resolve_walk
from casework.walks.views import SessionView
from casework.wiring import App


@endpoint(
    "POST /l1/sessions/{session_id}/resolve",
    allow=Permission.WALKS_WALK,
    view=render_session,
    answers={200: Answer("The resolved session.", SessionView, SESSION | {"status": "resolved"})},
)
def handler(session_id: str, body: ResolveBody, actor: Actor, app: App) -> Reply:
    """End a walk well.

    A built walk that helped becomes a proposal, which an engineer may publish as a flow.
    """
    resolve_walk(
        session_ref(session_id),
        helpful=body.helpful,
        notes=body.resolution_notes,
        actor=actor,
        unit_of_work=app.unit_of_work,
        clock=app.clock,
    )
    return Reply(resource=session_id)
