"""GET cases: the caller's own, newest first."""

from __future__ import annotations

from casework.entry.http import CALLER, Answer, Reply, endpoint
from casework.faces.v1.doors import FAULTY, PAGE, UNKNOWN_CALLER, slice_of
from casework.faces.v1.errors import V1
from casework.faces.v1.requests import ListQuery, in_status
from casework.faces.v1.views import V1Page, v1_page
from casework.identity.model import Actor
from casework.wiring import App


@endpoint(
    "GET /api/v1/cases",
    allow=CALLER,
    capability="api_reader",
    face=V1,
    answers={200: Answer("A page of cases.", V1Page, PAGE), 401: UNKNOWN_CALLER, 422: FAULTY},
)
def handler(query: ListQuery, actor: Actor, app: App) -> Reply:
    """List the caller's cases, newest first.

    Numbered pages reach a million cases deep; `next_cursor` goes on from any page at the cost of a first one, and loses nothing while
    cases are being added. Page and total come of one snapshot.
    """
    part = slice_of(query, app)
    statuses = in_status(query.status) if query.status else []
    page, total = app.own_cases.page(actor.tenant_id, actor.id, statuses, part)
    return Reply(body=v1_page(page.items, total, query.page, part.limit, page.next_cursor))
