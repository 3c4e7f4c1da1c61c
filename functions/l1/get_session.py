"""GET sessions/{session_id}."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import SESSION, render_session
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.views import SessionView
from casework.wiring import App


@endpoint(
    "GET /l1/sessions/{session_id}",
    allow=Permission.WALKS_WALK,
    capability="api_reader",
    answers={200: Answer("The session.", SessionView, SESSION)},
)
def handler(session_id: str, actor: Actor, app: App) -> Reply:
    """Return a session of the account.

    Any technician of the account may walk on with it, unless the account keeps sessions to their creators.
    """
    return render_session(session_id, actor, app)
