"""GET escalations: the engineers' queue."""

from __future__ import annotations

from casework.entry.http import Answer, Reply, endpoint
from casework.faces.l1.doors import ESCALATIONS
from casework.faces.l1.requests import EscalationsQuery
from casework.identity.model import Actor
from casework.identity.permissions import Permission
from casework.walks.rows import walk_of
from casework.walks.views import EscalationPage, escalation_view
from casework.wiring import App


@endpoint(
    "GET /l1/escalations",
    allow=Permission.WALKS_TAKE_OVER,
    capability="api_reader",
    answers={200: Answer("A page of handed-over sessions.", EscalationPage, ESCALATIONS)},
)
def handler(query: EscalationsQuery, actor: Actor, app: App) -> Reply:
    """List the sessions that were handed over, the newest step first.

    Of the caller's account; contacts are masked.
    """
    page = app.walks.escalated(actor, query.limit, query.cursor)
    return Reply(body={"items": [escalation_view(walk_of(row), row) for row in page.items], "next_cursor": page.next_cursor})
