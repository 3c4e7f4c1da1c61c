"""GET cases/session/{session_id}: the caller's own cases of a session."""

from __future__ import annotations

from casework.entry.http import CALLER, Answer, Reply, endpoint
from casework.faces.v1.doors import FAULTY, PAGE, UNKNOWN_CALLER, slice_of
from casework.faces.v1.errors import V1, NoSuchPath
from casework.faces.v1.requests import PageQuery
from casework.faces.v1.views import Detail, V1Page, v1_page
from casework.identity.model import Actor
from casework.wiring import App


@endpoint(
    "GET /api/v1/cases/session/{session_id}",
    allow=CALLER,
    capability="api_reader",
    face=V1,
    answers={
        200: Answer("A page of cases; empty for a session that nobody knows.", V1Page, PAGE), 401: UNKNOWN_CALLER,
        404: Answer("A coded slash in the session: there is no such path.", Detail, {"detail": "Not Found"}), 422: FAULTY,
    },
)  # fmt: skip
def handler(session_id: str, query: PageQuery, actor: Actor, app: App) -> Reply:
    """List the caller's cases that are linked to a session, newest first.

    Page and total count the caller's cases alone, whoever else works in the session.
    """
    if "/" in session_id:  # a coded slash parts no path, so there is none with this many parts
        raise NoSuchPath
    part = slice_of(query, app)
    page, total = app.own_cases.session_page(actor.tenant_id, actor.id, session_id, part)
    return Reply(body=v1_page(page.items, total, query.page, part.limit, page.next_cursor))
