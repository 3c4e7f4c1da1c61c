"""GET sessions/active: what the caller is walking."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import SESSIONS
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.views import SessionList, session_view
from casework.wiring import App


@endpoint(
    "GET /l1/sessions/active",
    allow=Permission.WALKS_WALK,
    capability="api_reader",
    answers={200: Answer("The sessions.", SessionList, SESSIONS)},
)
def handler(actor: Actor, app: App) -> Reply:
    """List the caller's own active sessions, the newest step first.

    At most twenty.
    """
    return Reply(body={"items": [session_view(walk) for walk in app.walks.active(actor)]})
