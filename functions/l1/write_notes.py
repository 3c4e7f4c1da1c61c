"""POST sessions/{session_id}/notes."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import SESSION, render_session, session_ref
from casework.faces.l1.requests import NotesBody
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.usecases.stepping import write_notes
from casework.walks.views import SessionView
from casework.wiring import App


@endpoint(
    "POST /l1/sessions/{session_id}/notes",
    allow=Permission.WALKS_WALK,
    view=render_session,
    answers={200: Answer("The session with the notes.", SessionView, SESSION)},
)
def handler(session_id: str, body: NotesBody, actor: Actor, app: App) -> Reply:
    """Replace the notes of a session.

    Notes are no step: they do not keep a session from being abandoned.
    """
    write_notes(session_ref(session_id), body.texts, actor=actor, unit_of_work=app.unit_of_work)
    return Reply(resource=session_id)
